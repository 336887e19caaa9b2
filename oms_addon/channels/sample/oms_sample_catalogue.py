"""The sample shop's products and stock, made from what its customers will order."""

from odoo import api, models
from odoo.fields import Command

# Of the demand the extract brings, what lies in the first and second warehouse. Some
# orders have to be split, and of every 40th product there is too little.
SHARES = (0.8, 0.3)
SCARCE_EVERY = 40
SCARCE_SHARE = 0.15


class OmsSampleCatalogue(models.AbstractModel):
    _name = "oms.sample.catalogue"
    _description = "Sample Catalogue"

    @api.model
    def _prepare(self, channel, invoices):
        """Make products, warehouses and stock for invoices; what is there is left alone.

        A SKU that is never sold for money is not in the catalogue: orders of it wait, as
        they would in a real shop.

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
        """:return: the company's first warehouse and a second one, both run by the OMS"""
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
        """:return: units, title and price by SKU key, of what is sold for money"""
        key_of = self.env["oms.channel.listing"]._key
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
        """:return: the products by SKU key; those missing are made"""
        Listing = self.env["oms.channel.listing"]
        found = Listing._search_by_reference(
            self.env["product.product"], list(demand), [("company_id", "in", (False, company.id))]
        )
        known = {Listing._key(product.default_code): product for product in found}
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
        """Put the opening stock of the products into the warehouses.

        Set as it is, not counted in: thousands of inventory moves would tell nothing.
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
