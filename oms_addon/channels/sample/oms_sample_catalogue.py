"""The sample store's products and stock, created from its orders."""

from odoo import api, models
from odoo.fields import Command

# Shares of the extract's demand in stock in the first and second warehouse. Some orders have to be
# split, and every 40th product is short.
SHARES = (0.8, 0.3)
SCARCE_EVERY = 40
SCARCE_SHARE = 0.15


class OmsSampleCatalogue(models.AbstractModel):
    _name = "oms.sample.catalogue"
    _description = "Sample Catalogue"

    @api.model
    def _prepare(self, channel, invoices):
        """Create products, warehouses and stock for invoices; existing ones are not changed.

        SKUs that are never sold at a price are not in the catalogue: their orders are put on hold,
        as those of real stores.

        :param channel: the sample channel
        :param invoices: pairs (number, rows) of the extract
        """
        if channel.warehouse_ids:
            return
        company = channel.company_id
        warehouses = self._warehouses(company)
        channel.write(
            {
                "warehouse_ids": [Command.set(warehouses.ids)],
                "address_level": "country",
                "carrier_id": channel.carrier_id.id or self._carrier(company).id,
            }
        )
        demand, titles, prices = self._read_demand(invoices)
        products = self._products(company, demand, titles, prices)
        self._stock(warehouses, products, demand)

    @api.model
    def _warehouses(self, company):
        """:return: the company's first warehouse and a second one, both managed by the OMS"""
        Warehouse = self.env["stock.warehouse"]
        warehouses = Warehouse.search([("company_id", "=", company.id)], limit=2)
        if len(warehouses) < 2:
            warehouses += Warehouse.create(
                {
                    "name": self.env._("North"),
                    "code": "NORTH",
                    "company_id": company.id,
                    "sequence": 20,
                }
            )
        warehouses.oms_managed = True
        return warehouses

    @api.model
    def _carrier(self, company):
        """:return: a carrier for the parcels of the sample shop"""
        return self.env["delivery.carrier"].create(
            {
                "name": self.env._("Sample Parcel"),
                "product_id": self.env.ref("oms_addon.product_shipping").id,
                "delivery_type": "fixed",
                "company_id": company.id,
                "tracking_url": "https://example.com/track/<shipmenttrackingnumber>",
            }
        )

    @api.model
    def _read_demand(self, invoices):
        """:return: units, title and price by SKU key, of items sold at a price"""
        key_of = self.env["oms.channel.listing"]._normalize_sku
        demand, titles, prices = {}, {}, {}
        for number, rows in invoices:
            for row in rows:
                key, quantity, price = (
                    key_of(row["StockCode"]),
                    float(row["Quantity"]),
                    float(row["UnitPrice"]),
                )
                if number.startswith("C") or quantity <= 0 or price <= 0:
                    continue
                demand[key] = demand.get(key, 0) + quantity
                titles.setdefault(key, row["Description"].strip() or key)
                prices.setdefault(key, price)
        return demand, titles, prices

    @api.model
    def _products(self, company, demand, titles, prices):
        """:return: the products by SKU key; missing ones are created"""
        Listing = self.env["oms.channel.listing"]
        found = Listing._search_by_reference(
            self.env["product.product"], list(demand), [("company_id", "in", (False, company.id))]
        )
        known = {Listing._normalize_sku(product.default_code): product for product in found}
        missing = [key for key in demand if key not in known]
        created = (
            self.env["product.product"]
            .with_context(tracking_disable=True)
            .create(
                [
                    {
                        "default_code": key,
                        "name": titles[key],
                        "list_price": prices[key],
                        "is_storable": True,
                        "invoice_policy": "order",
                        "taxes_id": [Command.clear()],
                        "supplier_taxes_id": [Command.clear()],
                    }
                    for key in missing
                ]
            )
        )
        return {**known, **dict(zip(missing, created, strict=True))}

    @api.model
    def _stock(self, warehouses, products, demand):
        """Set the opening stock of the products in the warehouses.

        Quantities are set without inventory moves, of which there would be thousands.
        """
        vals_list = []
        for position, (key, product) in enumerate(sorted(products.items())):
            if key not in demand:
                continue
            shares = (SCARCE_SHARE, 0) if position % SCARCE_EVERY == 0 else SHARES
            for warehouse, share in zip(warehouses, shares, strict=True):
                if quantity := round(demand[key] * share):
                    vals_list.append(
                        {
                            "product_id": product.id,
                            "location_id": warehouse.lot_stock_id.id,
                            "quantity": quantity,
                        }
                    )
        self.env["stock.quant"].create(vals_list)
