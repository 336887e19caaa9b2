"""Creation of products from listings and order lines, with the stock the channel reports."""

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class OmsChannelListing(models.Model):
    _inherit = "oms.channel.listing"

    is_virtual = fields.Boolean(
        "Virtual",
        readonly=True,
        help="The channel ships nothing for the listing: a product created from it is a service.",
    )
    is_stock_pending = fields.Boolean(
        "Stock to Import",
        readonly=True,
        help="The product was created from this listing and has no stock in Odoo yet. No stock "
        "is synced until the stock of the channel is imported or entered in Odoo.",
    )

    # === ACTION METHODS === #

    def action_create_product(self):
        """Create and link a product for each unlinked listing, and offer to import the channel's
        stock.
        """
        self.check_access("write")
        self.env["product.product"].check_access("create")
        may_import = self.env["oms.channel.stock.import"].has_access("create")
        self = self.sudo()
        todo = self.filtered_domain(self._get_open_domain())
        products = (
            self.env["product.product"]
            .with_context(tracking_disable=True)
            .create([listing._prepare_product() for listing in todo])
        )
        # Set before linking: the new product has no stock, and the channel must not be set to 0.
        todo.filtered(lambda l: l._shows_stock() and not l.is_virtual).is_stock_pending = True
        for listing, product in zip(todo, products, strict=True):
            listing._set_product(product, 1.0, "hand")
        todo._after_mapping()
        pending = todo.filtered("is_stock_pending")
        if may_import and pending.filtered("told_quantities"):
            return pending.action_import_stock()
        return True

    def action_import_stock(self):
        """Open the import of the stock that the channel reports."""
        self.check_access("write")
        self.env["oms.channel.stock.import"].check_access("create")
        preview = self.env["oms.channel.stock.import"].create({})
        preview._fill(self)
        if not preview.line_ids:
            return self.channel_id[:1]._notify(
                self.env._(
                    "The channel reported no stock for these listings. Fetch the listings, or "
                    "count the products in Odoo."
                ),
                "warning",
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import Stock"),
            "res_model": preview._name,
            "res_id": preview.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
        }

    def action_skip_import(self):
        """Sync the stock in Odoo as it is, without importing the channel's."""
        self.check_access("write")
        self = self.sudo()
        self.filtered("is_stock_pending").is_stock_pending = False
        return True

    # === BUSINESS METHODS === #

    def _shows_stock(self):
        """:return: whether the channel may show stock of the listing that must not be replaced
        by 0
        """
        self.ensure_one()
        reported = self.told_quantities or {}
        return self.channel_id.can_push_stock and (
            not reported or any(quantity > 0 for quantity in reported.values())
        )

    def _release_imported(self):
        """Start the stock sync of listings whose products have stock in Odoo by now."""
        pending = self.filtered("is_stock_pending")
        if not pending:
            return
        rows = (
            self.env["stock.quant"]
            .sudo()
            ._read_group(
                [
                    ("product_id", "in", pending._stock_products().ids),
                    ("location_id.usage", "=", "internal"),
                    ("quantity", ">", 0),
                ],
                ["product_id"],
            )
        )
        there = self.env["product.product"].concat(*[product for (product,) in rows])
        pending.filtered(lambda l: l._stock_products() & there).is_stock_pending = False

    def _prepare_product(self):
        """:return: the values of a product created from the listing"""
        self.ensure_one()
        sku, _barcode = self._own_names()
        return {
            "name": self.name or self.sku or self.external_ref,
            # "id:" marks a placeholder for listings without SKU.
            "default_code": False if sku.startswith("id:") else sku or False,
            "barcode": self._free_barcode(),
            "list_price": self._price_in_company(self.price, self.currency_id),
            **self._prepare_kind(),
            "company_id": False,
        }

    def _prepare_kind(self):
        """:return: the product type values: storable, or a service invoiced as ordered"""
        if self.is_virtual:
            return {"type": "service", "invoice_policy": "order"}
        return {"is_storable": True}

    def _price_in_company(self, price, currency):
        """:return: a channel price in the company's currency
        :raise UserError: when Odoo has no rate of the currency
        """
        company = self.company_id
        if not price or not currency or currency == company.currency_id:
            return price
        rates = self.env["res.currency.rate"].sudo()
        of_currency = Domain("currency_id", "=", currency.id)
        if not rates.search_count(
            of_currency & Domain("company_id", "in", (False, company.root_id.id)), limit=1
        ):
            raise UserError(
                self.env._(
                    "%(listing)s costs %(price)s on the channel, but Odoo has no exchange rate "
                    "for %(currency)s. Enter one in Invoicing, then create the product.",
                    listing=self.display_name,
                    price=currency.format(price),
                    currency=currency.name,
                )
            )
        return currency._convert(
            price, company.currency_id, company, self.env.cr.now().date(), round=True
        )

    def _free_barcode(self):
        """:return: the listing's barcode, False if a product has it already"""
        barcode = self._own_names()[1]
        taken = barcode and self._find_barcodes(self.company_id, {barcode})
        return False if taken else barcode or False
