"""Creation of products for unknown SKUs of orders."""

from odoo import api, models


class OmsHold(models.Model):
    _inherit = "oms.hold"

    @api.model
    def _plain_amount(self, amount, code):
        """:param str code: a currency code, which may not exist in Odoo
        :return: an amount of a message as ``12.50 GBP``; '' if ``amount`` is ``None``
        """
        if amount is None:
            return ""
        currency = (
            self.env["res.currency"]
            .with_context(active_test=False)
            .search([("name", "=", code)], limit=1)
        )
        digits = currency.decimal_places if currency else 2
        return f"{amount:.{max(digits, -amount.as_tuple().exponent)}f} {code or ''}".strip()

    def action_create_product(self):
        """Create the missing products of UNKNOWN_SKU exceptions and link them to listings."""
        self.check_access("write")
        Listing = self.env["oms.channel.listing"].sudo()
        listings = Listing
        for hold in self.filtered(lambda h: h.state == "open" and h.reason_code == "UNKNOWN_SKU"):
            listing = Listing._of_hold(hold)
            listings |= listing or Listing.create(hold._prepare_listing())
        return listings.sudo(self.env.su).action_create_product()

    def _document_line(self):
        """:return: the document and the line of it that caused the exception; ``None`` for each
        that cannot be determined
        """
        self.ensure_one()
        message = self.message_id.sudo()
        if not message or not self.channel_id:
            return None, None
        try:
            document = self.channel_id._adapter()._parse(
                self.channel_id, message.topic, message._raw_payload()
            )
        except Exception:  # noqa: BLE001 - a message that cannot be parsed prefills nothing
            return None, None
        lines = [line for line in getattr(document, "lines", ()) if self._names_line(line)]
        return document, lines[0] if lines else None

    def _prepare_listing(self):
        """:return: the values of the listing of an exception, from the order line"""
        values = self.env["oms.channel.listing"]._prepare_of_hold(self)
        document, line = self._document_line()
        if line:
            currency = (
                self.env["res.currency"]
                .with_context(active_test=False)
                .search([("name", "=", document.currency)])
            )
            values |= {
                "sku": line.sku or values["sku"],
                "name": line.name,
                "barcode": line.barcode or False,
                "price": float(line.unit_price),
                "currency_id": currency.id,
            }
        return values

    def _prepare_product(self):
        """:return: the values of the product to create for an exception"""
        self.ensure_one()
        Listing = self.env["oms.channel.listing"]
        listing = Listing._of_hold(self) or Listing.new(self._prepare_listing())
        return listing._prepare_product()
