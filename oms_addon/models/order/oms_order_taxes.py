"""Mapping of channel taxes to Odoo taxes, and comparison of tax amounts."""

from collections import Counter, defaultdict
from decimal import Decimal

from odoo import api, models

from odoo.addons.oms_addon.documents.order import TAX_ROUNDINGS
from odoo.addons.oms_addon.documents.problems import HoldReason
from odoo.addons.oms_addon.tools.tax_choice import TaxBook, TaxOption, Value

from .lookups import Lookups

#: tax rounding setting of the channel by the value in documents
WAYS = dict(
    zip(TAX_ROUNDINGS[1:], ("round_per_unit", "round_per_line", "round_globally"), strict=True)
)


class OmsOrderBuilder(models.AbstractModel):
    _inherit = "oms.order.builder"

    # === MAPPING === #

    @api.model
    def _find_taxes(self, channel):
        """:return: the company's sales taxes and the channel's tax mappings
        :rtype: TaxBook
        """
        taxes = self.env["account.tax"].search(
            [
                ("company_id", "=", channel.company_id.id),
                ("type_tax_use", "=", "sale"),
                ("amount_type", "=", "percent"),
            ]
        )
        mappings = channel.mapping_ids.filtered(lambda m: m.kind == "tax" and m.tax_id)
        options = [
            self._tax_option(place, tax)
            for place, tax in enumerate((taxes | mappings.tax_id).sorted())
        ]
        by_rate, mapped = {}, {}
        for mapping in mappings:
            mapped[mapping.key] = mapping.tax_id.id
            if rate := mapping._tax_rate():
                by_rate[rate, bool(mapping.tax_id.price_include)] = mapping.tax_id.id
        return TaxBook(options, mapped, by_rate)

    @api.model
    def _tax_option(self, place, tax):
        positions = tax.fiscal_position_ids
        countries = positions.country_id | tax.country_id.filtered(lambda _c: not positions)
        return TaxOption(
            id=tax.id,
            name=tax.name,
            rate=Decimal(str(tax.amount)).normalize(),
            included=bool(tax.price_include),
            affects=tax.include_base_amount,
            affected=tax.is_base_affected,
            place=place,
            countries=frozenset(countries.mapped("code")),
        )

    @api.model
    def _tax_ids_of(self, document, line, known):
        """:return: the ids of the Odoo taxes for the taxes of a line, see ``TaxBook.choose``"""
        if not line.taxes:
            return ()
        value = None
        if any(tax.rate is None for tax in line.taxes):
            coin = self._smallest_unit(document, known) if document.currency else Decimal("0.01")
            # Amounts of shipping and fees may be sums of amounts rounded per item.
            pieces = line.quantity if line.kind == "product" else Decimal(len(document.lines))
            value = Value(line.subtotal, pieces, coin)
        return known.taxes.choose(
            line.taxes, document.prices_include_tax, document.shipping.country, value
        )

    @api.model
    def _taxes(self, channel, document, line, product, known):
        """:return: ids of the line's taxes, else of the channel's default or the product's taxes"""
        if line.taxes is not None:
            return [tax_id for tax_id in self._tax_ids_of(document, line, known) or () if tax_id]
        taxes = channel.default_tax_ids or product.taxes_id._filter_taxes_by_company(
            channel.company_id
        )
        return taxes.ids

    @api.model
    def _tax_problems(self, document, known):
        if not known.pricelists.get(document.currency):
            # Reported separately; tax amounts cannot be checked without a currency.
            return []
        found = {}
        for line in document.lines:
            if line.taxes and self._tax_ids_of(document, line, known) is None:
                text = self._unknown_tax_text(line, document.prices_include_tax)
                found[text] = HoldReason(code="UNKNOWN_TAX", message=text)
        return [found[text] for text in sorted(found)]

    @api.model
    def _unknown_tax_text(self, line, included):
        """:return: the message with the missing taxes"""
        mode = self.env._("including tax") if included else self.env._("excluding tax")
        if any(not tax.rate for tax in line.taxes if tax.amount or tax.rate is None):
            return self.env._(
                "%(line)s has a tax of %(amount)s without a rate, and no single sales tax with "
                "prices %(mode)s results in that amount. Create the tax, or map it on the "
                "channel.",
                line=line.name or line.sku or line.kind,
                amount=", ".join(f"{tax.amount or 0:f}" for tax in line.taxes),
                mode=mode,
            )
        rates = [f"{tax.rate.normalize():f}" for tax in line.taxes if tax.rate]
        if len(rates) == 1:
            return self.env._(
                "There is no sales tax of %(rate)s %% with prices %(mode)s. Create the tax, or "
                "map it on the channel.",
                rate=rates[0],
                mode=mode,
            )
        return self.env._(
            "There are no sales taxes for %(taxes)s with prices %(mode)s that combine as "
            "on the channel. Create them with Connect a Channel, or map them on the "
            "channel.",
            taxes=" + ".join(
                self.env._("%(name)s %(rate)s %% (compound)", name=tax.name, rate=f"{tax.rate:f}")
                if tax.compound
                else self.env._("%(name)s %(rate)s %%", name=tax.name, rate=f"{tax.rate:f}")
                for tax in line.taxes
                if tax.rate
            ),
            mode=mode,
        )

    # === AMOUNTS === #

    @api.model
    def _tax_difference(self, channel, order, document, known=None):
        """Compare the taxes of an order with the channel's, by tax.

        :param known: the return value of ``_find_referenced``, if available
        :return: a problem for ``oms.hold._open``; empty if they agree within rounding
        :rtype: list[HoldReason]
        """
        told, pairs, is_whole = self._sum_channel_taxes(channel, document, known)
        if told is None:
            return []
        coin = Decimal(str(order.currency_id.rounding))
        lines = Counter(tax.id for line in order.order_line for tax in line.tax_ids)
        pairs = {tax_id: max(pairs.get(tax_id, 0), lines[tax_id]) for tax_id in {*pairs, *lines}}
        changed = self.env["oms.order.difference"]._changed_units(order)
        booked = self._booked_taxes(order, changed) if changed else None
        booked_total = Decimal(str(order.amount_tax)) if booked is None else sum(booked.values())
        total = document.total_tax
        if total is None and is_whole:
            total = sum(told.values(), Decimal(0))
        way = self._rounding_way(channel, document)
        limit = self._tax_limit(channel, way, coin, sum(pairs.values()))
        agrees = total is None or abs(total - booked_total) <= limit
        if agrees and is_whole and len(told) < 2 and len(order.order_line.tax_ids) < 2:
            return []
        if booked is None:
            booked = self._booked_taxes(order, {})
        if not is_whole:
            booked = {tax_id: amount for tax_id, amount in booked.items() if tax_id in told}
        agrees = agrees and all(
            abs(told.get(tax_id, Decimal(0)) - booked.get(tax_id, Decimal(0)))
            <= self._tax_limit(channel, way, coin, pairs.get(tax_id, 1))
            for tax_id in {*told, *booked}
        )
        if agrees:
            return []
        return [
            HoldReason(
                code="TAX_MISMATCH",
                message=self.env._(
                    "The taxes differ: %(told)s on the channel, %(booked)s in Odoo. Correct the "
                    "taxes of the lines or map them on the channel, or release the order to "
                    "continue with the taxes in Odoo.",
                    told=self._tax_table(order, told, total),
                    booked=self._tax_table(order, booked, booked_total),
                ),
            )
        ]

    @api.model
    def _sum_channel_taxes(self, channel, document, known=None):
        """Sum the tax amounts of a document.

        :return: amounts by Odoo tax id, ``None`` if the channel reports no amounts; number of
            roundings by tax id; and whether the amounts cover the whole order
        :rtype: tuple[dict | None, dict, bool]
        """
        lines = [line for line in document.lines if line.taxes is not None]
        is_told = any(tax.amount is not None for line in lines for tax in line.taxes)
        if not is_told and document.total_tax is None:
            return None, {}, False
        if known is None:
            known = Lookups(
                taxes=self._find_taxes(channel),
                pricelists={document.currency: channel._get_pricelist(document.currency)},
            )
        told, pairs, silent = defaultdict(Decimal), defaultdict(int), set()
        way = self._rounding_way(channel, document)
        for line in lines:
            ids = self._tax_ids_of(document, line, known) or ()
            for tax, tax_id in zip(line.taxes, ids, strict=False):
                if tax_id and tax.amount is None:
                    silent.add(tax_id)
                elif tax_id:
                    told[tax_id] += tax.amount
                    pairs[tax_id] += self._roundings(way, line)
        is_whole = len(lines) == len(document.lines) and not silent
        return {i: told[i] for i in told if i not in silent}, pairs, is_whole

    @api.model
    def _rounding_way(self, channel, document):
        """:return: the tax rounding of a document: a value of ``oms.channel`` ``tax_rounding``; ''
        if unknown
        """
        told = WAYS.get(document.tax_rounding)
        return told or channel.tax_rounding or channel._adapter()._tax_rounding

    @api.model
    def _roundings(self, way, line):
        """:return: how often the tax of a line was rounded on the channel"""
        return max(1, int(line.quantity)) if way == "round_per_unit" else 1

    @api.model
    def _tax_limit(self, channel, way, coin, roundings):
        """:return: the tolerated tax difference: the smallest coin per rounding; if both sides
            round globally, half a coin per reported line plus one for the sum
        :rtype: Decimal
        """
        method = channel.company_id.tax_calculation_rounding_method
        if way == method == "round_globally":
            return coin * (1 + roundings // 2)
        return coin * max(roundings, 1)

    @api.model
    def _booked_taxes(self, order, changed):
        """:param dict changed: units reported by the channel that differ from Odoo, by order line
        :return: the tax amounts of an order by tax id, rounded as on the order
        :rtype: dict
        """
        lines = order.order_line.filtered(lambda line: not line.display_type)
        base_lines = [
            line._prepare_base_line_for_taxes_computation(
                quantity=changed.get(line, line.product_uom_qty),
                **(
                    {"price_unit": line.oms_channel_price, "discount": 0.0}
                    if line in changed and line.oms_share_moved and line.oms_channel_price
                    else {}
                ),
            )
            for line in lines
        ]
        AccountTax = self.env["account.tax"]
        AccountTax._add_tax_details_in_base_lines(base_lines, order.company_id)
        AccountTax._round_base_lines_tax_details(base_lines, order.company_id)
        booked = defaultdict(Decimal)
        for base_line in base_lines:
            for tax_data in base_line["tax_details"]["taxes_data"]:
                tax = tax_data["group"] or tax_data["tax"]
                booked[tax.id] += Decimal(str(tax_data["tax_amount_currency"]))
        return booked

    @api.model
    def _tax_table(self, order, amounts, total):
        """:return: taxes with their amounts, as text"""
        taxes = self.env["account.tax"].browse(amounts)
        parts = [f"{tax.name} {order.currency_id.format(float(amounts[tax.id]))}" for tax in taxes]
        if total is not None and (len(parts) != 1):
            parts.append(
                self.env._("total %(amount)s", amount=order.currency_id.format(float(total)))
            )
        return ", ".join(parts)
