"""Problems that prevent a document from becoming an order."""

from dataclasses import replace

from odoo import api, models

from odoo.addons.oms_addon.documents.order import address_problems
from odoo.addons.oms_addon.documents.problems import HoldReason


class OmsOrderBuilder(models.AbstractModel):
    _inherit = "oms.order.builder"

    @api.model
    def _problems(self, channel, document, known, customer=None):
        """Find the problems that prevent a document from becoming an order.

        :param known: the return value of ``_find_referenced``
        :param customer: the customer selected by a user, if any
        :return: problems for ``oms.hold._open``; empty if the order can be created
        :rtype: list[HoldReason]
        """
        found = [
            HoldReason(code=problem.code, message=problem.message)
            for problem in document.problems()
            if not self._is_tolerable(channel, problem, customer)
            and not self._is_known_line(document, problem, known)
        ]
        return found + [
            *self._sku_problems(document, known),
            *self._tax_problems(document, known),
            *self._currency_problems(channel, document, known),
        ]

    @api.model
    def _is_tolerable(self, channel, problem, customer):
        """:return: whether a problem does not prevent the order from being created"""
        if problem.code == "MISSING_CUSTOMER":
            return bool(customer or channel.guest_partner_id)
        # The order is created and put on hold, see the importer's ``_prove``.
        return problem.code in ("TOTAL_MISMATCH", "BAD_CHARGE")

    @api.model
    def _address_problems(self, channel, document, customer=None):
        """:param customer: the customer, if known; replaces a missing recipient name
        :return: the problems of the shipping address at the channel's check level
        """
        name = document.customer.name or document.billing.name
        if customer and "@" not in (customer.name or "@"):
            name = name or customer.name
        shipping = document.shipping
        shipping = replace(shipping, name=shipping.name or shipping.company or name)
        reported = {problem.code for problem in document.problems()}
        # Queried only if the postcode is missing.
        needs_postcode = bool(shipping.zip) or self._needs_postcode(shipping.country)
        found = address_problems(shipping, channel.address_level, needs_postcode=needs_postcode)
        return [problem for problem in found if problem.code not in reported]

    @api.model
    def _needs_postcode(self, code):
        """:return: whether addresses in a country need a postcode, as the country is set up"""
        country = self.env["res.country"].sudo().search([("code", "=", code)], limit=1)
        return country.zip_required if country else True

    @api.model
    def _sku_problems(self, document, known):
        key_of = self.env["oms.channel.listing"]._get_identifiers
        unknown = {
            key_of(line): line
            for line in document.lines
            if line.kind == "product" and any(key_of(line)) and not self._parts(line, known)
        }
        return [
            HoldReason(
                code="UNKNOWN_SKU",
                sku=line.sku or line.barcode or line.listing_ref,
                listing_ref=line.listing_ref,
                parent_ref=line.parent_ref,
                message=self._unknown_text(line),
            )
            for line in unknown.values()
        ]

    @api.model
    def _unknown_text(self, line):
        """:return: the message of an unlinked SKU or listing"""
        values = {
            "sku": line.sku or line.barcode,
            "name": line.name or "?",
            "listing": line.listing_ref,
        }
        if not values["sku"]:
            return self.env._(
                "Listing %(listing)s (%(name)s) is not linked to a product. Link it to "
                "continue all orders waiting for it.",
                **values,
            )
        if line.listing_ref and line.listing_ref != line.sku:
            return self.env._(
                "SKU %(sku)s (%(name)s, listing %(listing)s) is not linked to a product. Link "
                "it to continue all orders waiting for it.",
                **values,
            )
        if line.name:
            return self.env._(
                "SKU %(sku)s (%(name)s) is not linked to a product. Link it to continue all "
                "orders waiting for it.",
                **values,
            )
        return self.env._(
            "SKU %(sku)s is not linked to a product. Link it to continue all orders "
            "waiting for it.",
            **values,
        )

    @api.model
    def _currency_problems(self, channel, document, known):
        if pricelist := known.pricelists.get(document.currency):
            text = self.env["oms.exchange.rates"]._problem(
                channel, pricelist.currency_id, known.rates, document.placed_at.date()
            )
            return [HoldReason(code="NO_EXCHANGE_RATE", message=text)] if text else []
        return [
            HoldReason(
                code="UNKNOWN_CURRENCY",
                message=self.env._(
                    "Currency %(code)s is not active. Activate it in Invoicing, then retry.",
                    code=document.currency or "?",
                ),
            )
        ]
