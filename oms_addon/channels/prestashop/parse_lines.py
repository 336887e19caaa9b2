"""The lines of PrestaShop's orders: products, services, taxes and discounts."""

from dataclasses import replace
from decimal import Decimal

from odoo.addons.oms_addon.documents.order import (
    Line,
    Tax,
)
from odoo.addons.oms_addon.documents.values import (
    to_decimal,
)
from odoo.addons.oms_addon.tools.shares import rounded, spread_signed, spread_within

from .parse_items import HUNDRED, ZERO, is_ecotax, item_line, split_ecotax
from .parse_people import carrier_name
from .parse_values import money, text


class LinesReader:
    """Parses the lines of a composed order, see ``parse_orders``."""

    # --- lines ---

    def lines(self):
        """:return: the lines; discounts are deducted from the lines they belong to"""
        rows = [part for row in self.rows() for part in split_ecotax(row)]
        amounts = self.amounts(rows)
        rates = [self.taxes(row) for row in rows]
        services = self.services(rows, rates)
        shares, left = self.discounts(amounts, rates, services)
        lines = [
            item_line(row, amount, self.with_amounts(row, amount - share, taxes), share)
            for row, amount, taxes, share in zip(
                rows, amounts, rates, shares[: len(rows)], strict=True
            )
        ]
        lines += [
            Line(
                ref=ref,
                name=name,
                kind=kind,
                quantity=Decimal(1),
                unit_price=amount,
                discount=share,
                taxes=self.shared_tax(taxes, tax, amount, amount - share),
            )
            for (ref, kind, name, amount, taxes, tax), share in zip(
                services, shares[len(rows) :], strict=True
            )
        ]
        if left:
            names = ", ".join(text(rule, "name") for rule in self.rules())
            lines.append(
                Line(
                    ref="discount",
                    name=names,
                    kind="discount",
                    quantity=Decimal(1),
                    unit_price=-left,
                    taxes=(),
                )
            )
        return lines

    def rows(self):
        """:return: the items, with all details where available, else from the order itself"""
        details = self.data.get("details")
        if details:
            return details
        return (self.order.get("associations") or {}).get("order_rows") or []

    def amounts(self, rows):
        """:return: the price of each row in whole coins, so that all add up to the order's total

        The shop rounds by unit, row or order, up, down or half to even; its rows may not add up to
        its subtotal, nor its subtotals to its total.
        """
        exact = [
            money(row, "total_price_tax_incl")
            or money(row, "unit_price_tax_incl") * money(row, "product_quantity")
            for row in rows
        ]
        amounts = [rounded(amount, self.coin) for amount in exact]
        lacking = self.items_total(amounts) - sum(amounts)
        if lacking and abs(lacking) <= self.roundings(amounts):
            coin = self.coin.copy_sign(lacking)
            # First the rows that were rounded most in the other direction.
            by_error = sorted(range(len(amounts)), key=lambda i: (amounts[i] - exact[i]) * coin)
            for number in range(int(lacking / coin)):
                amounts[by_error[number % len(by_error)]] += coin
        return amounts

    def roundings(self, amounts):
        """:return: the maximum rounding difference of the shop's sums"""
        return self.coin * (len(amounts) + len(self.rules()) + 1)

    def items_total(self, amounts):
        """:return: the price of the items before discounts, derived from the order's total; the
        shop's subtotal where that differs by more than rounding
        """
        reported = rounded(money(self.order, "total_products_wt"), self.coin)
        rest = sum(
            rounded(money(self.order, f"{name}_tax_incl"), self.coin) * sign
            for name, sign in (
                ("total_shipping", 1),
                ("total_wrapping", 1),
                ("total_discounts", -1),
            )
        )
        of_total = rounded(money(self.order, "total_paid_tax_incl"), self.coin) - rest
        return of_total if abs(of_total - reported) <= self.roundings(amounts) else reported

    def taxes(self, row):
        """:return: the taxes of a row, by their rates, else from its two prices"""
        if is_ecotax(row):
            rate = money(row, "ecotax_tax_rate")
            return (Tax(rate=rate.normalize() + 0),) if rate else ()
        reported = (row.get("associations") or {}).get("taxes")
        known = self.data.get("taxes") or {}
        if reported and all(text(tax, "id") in known for tax in reported):
            found = [
                Tax(ref=text(tax, "id"), rate=to_decimal(known[text(tax, "id")], "taxes"))
                for tax in reported
            ]
        else:
            prices = money(row, "unit_price_tax_incl"), money(row, "unit_price_tax_excl")
            found = [Tax(rate=self.implied_rate(*prices))]
        return tuple(replace(tax, rate=tax.rate.normalize() + 0) for tax in found if tax.rate)

    def with_amounts(self, row, left, taxes):
        """:return: the taxes of a row with their amounts for ``left``, its price after discounts"""
        gross, net = money(row, "total_price_tax_incl"), money(row, "total_price_tax_excl")
        return self.shared_tax(taxes, gross - net if gross and net else None, gross, left)

    def shared_tax(self, taxes, tax, gross, left):
        """:param tax: the whole tax of ``gross``, ``None`` when unknown
        :return: the taxes with their shares of it, in proportion of ``left`` to ``gross``
        """
        if tax is None or not gross or not taxes:
            return taxes
        whole = rounded(tax * left / gross, self.coin)
        rates = [tax.rate for tax in taxes]
        shares = spread_signed(whole, rates, self.coin)
        return tuple(replace(t, amount=share) for t, share in zip(taxes, shares, strict=True))

    def implied_rate(self, gross, net):
        """:return: the rate between two prices: a rate of the shop, else the roundest"""
        if net <= 0 or gross <= net:
            return ZERO
        rate = (gross / net - 1) * HUNDRED
        slack = self.coin * HUNDRED / net + Decimal("0.01")
        known = [r for r in self.rates if abs(r - rate) <= slack]
        if known:
            return min(known, key=lambda r: abs(r - rate))
        for step in (Decimal(1), Decimal("0.1")):
            if abs(rate.quantize(step) - rate) <= slack:
                return rate.quantize(step)
        return rate.quantize(Decimal("0.01"))

    def services(self, rows, rates):
        """:param list rates: the taxes of each row
        :return: (ref, kind, name, amount, taxes, tax) of shipping and wrapping, if charged
        """
        goods = {}
        for row, taxes in zip(rows, rates, strict=True):
            rate = sum((tax.rate for tax in taxes), ZERO)
            goods[rate] = goods.get(rate, ZERO) + money(row, "total_price_tax_incl")
        found = []
        for ref, kind, name in (
            ("shipping", "shipping", carrier_name(self.data.get("carrier") or {}) or "Shipping"),
            ("wrapping", "fee", "Gift wrapping"),
        ):
            gross = rounded(money(self.order, f"total_{ref}_tax_incl"), self.coin)
            if not gross:
                continue
            net = self.order.get(f"total_{ref}_tax_excl")
            tax = None if net in (None, "") else gross - money(self.order, f"total_{ref}_tax_excl")
            parts = self.service_parts(gross, tax, ref, goods)
            for number, (amount, rate) in enumerate(parts):
                own = f"{ref}:{rate:f}" if number else ref
                taxes = (Tax(rate=rate),) if rate else ()
                found.append((own, kind, name, amount, taxes, tax if len(parts) == 1 else None))
        return found

    def service_parts(self, gross, tax, name, goods):
        """Find the rate of charges besides items; where the shop taxes them at the average of the
        items' rates (``PS_ATCP_SHIPWRAP``), they are split by these rates.

        :param dict goods: the price of the items, by rate
        :return: pairs (amount with tax, rate), the highest rate first
        :rtype: list[tuple[Decimal, Decimal]]
        """
        net = gross - (tax or ZERO)
        reported = money(self.order, "carrier_tax_rate") if name == "shipping" else ZERO
        rate = (
            reported or self.implied_rate(gross, money(self.order, f"total_{name}_tax_excl"))
        ) + 0
        slack = 2 * self.coin
        is_known = not rate or rate in self.rates or not self.rates
        if tax is None or is_known and abs(net * (1 + rate / HUNDRED) - gross) <= slack:
            return [(gross, rate.normalize() + 0)]
        shared = sorted(((r, cost) for r, cost in goods.items() if cost > 0), reverse=True)
        amounts = spread_signed(gross, [cost for _rate, cost in shared], self.coin)
        parts = [(a, r) for a, (r, _cost) in zip(amounts, shared, strict=True) if a]
        of_parts = sum((a * r / (HUNDRED + r) for a, r in parts), ZERO)
        if not parts or abs(of_parts - tax) > slack * len(parts):
            return [(gross, rate.normalize() + 0)]
        return parts

    def rules(self):
        """:return: the vouchers of the order"""
        return [r for r in self.data.get("cart_rules") or () if text(r, "deleted") != "1"]

    def discounts(self, amounts, rates, services):
        """Deduct the shop's discounts from the lines they were given for.

        Free shipping is deducted from shipping; a voucher with the tax of some items from those;
        the rest from all items, then from all lines.

        :return: the share of each row and service, and the amount that exceeds them
        """
        left = rounded(money(self.order, "total_discounts_tax_incl"), self.coin)
        limits = [*amounts, *(service[3] for service in services)]
        shipping = [
            number
            for number, service in enumerate(services, len(amounts))
            if service[1] == "shipping"
        ]
        shares = [ZERO] * len(limits)
        if not left:
            return shares, left
        goods = range(len(amounts))
        for rule in self.rules():
            value = min(rounded(money(rule, "value"), self.coin), left)
            left -= value
            if text(rule, "free_shipping") == "1":
                value = self.spread(value, limits, shares, shipping)
            value = self.spread(value, limits, shares, self.meant(rule, rates))
            left += self.spread(value, limits, shares, goods)
        left = self.spread(left, limits, shares, goods)
        return shares, self.spread(left, limits, shares, range(len(limits)))

    def meant(self, rule, rates):
        """:return: the rows with the voucher's tax"""
        gross, net = money(rule, "value"), money(rule, "value_tax_excl")
        if len({taxes[0].rate if taxes else ZERO for taxes in rates}) < 2:
            return range(len(rates))
        return [
            index
            for index, taxes in enumerate(rates)
            if abs(net * (1 + sum(t.rate for t in taxes) / HUNDRED) - gross) <= 2 * self.coin
        ]

    def spread(self, value, limits, shares, indexes):
        """Distribute a value over lines. :return: the amount that exceeds them"""
        if not value or not indexes:
            return value
        room = [limits[i] - shares[i] for i in indexes]
        parts, left = spread_within(value, room, self.coin)
        for index, part in zip(indexes, parts, strict=True):
            shares[index] += part
        return left
