"""Changes made on the channel after the order was confirmed in Odoo."""

from collections import defaultdict
from dataclasses import replace
from typing import NamedTuple

from odoo import api, models
from odoo.fields import Command

from odoo.addons.oms_addon.documents.problems import HoldReason
from odoo.addons.oms_addon.tools.sealed_context import sealed

from .oms_order_difference import Difference


class Plan(NamedTuple):
    """The reported state of an order compared with its lines."""

    #: values of new lines
    fresh: list
    #: reported units by order line
    reported: dict
    #: values as they would be created now, by order line
    prices: dict
    #: reallocated amount of order discounts, by order line
    moved: dict
    #: additional and removed units of existing lines
    difference: Difference = Difference({}, {})


class OmsOrderAmender(models.AbstractModel):
    """Amends confirmed orders: added, removed and new lines, and the address.

    Added units are procured and get a promised date; for removed units, stock is released or
    a stop requested from the warehouse. A different price or product needs a user's decision.
    """

    _name = "oms.order.amender"
    _description = "Order Amender"

    @api.model
    def _amend(self, order, document):
        """Apply a change on the channel to a confirmed order, unless a user has to decide.

        :param order: one ``sale.order``
        :param document: ``OrderDocument``
        :return: whether the change was applied, possibly pending an answer of the warehouse to
            a stop request
        :rtype: bool
        """
        channel, builder = order.oms_channel_id, self.env["oms.order.builder"]
        known = replace(
            builder._find_referenced(channel, [document]), lines=builder._known_parts(order)
        )
        if builder._problems(channel, document, known, order.partner_id):
            return False
        plan = self._plan(order, document, builder._prepare_lines(channel, document, known))
        if plan is None:
            return False
        self._change_address(order, document)
        more, fewer = plan.difference
        self.env["oms.order.difference"]._remember(plan.reported)
        if fewer:
            self.env["oms.order.canceller"].with_context(**sealed(from_channel=True))._cancel_units(
                fewer, self.env._("Changed on the channel.")
            )
        if plan.fresh or more:
            changes = [
                Command.update(
                    line.id, self._prepare_added_values(line, quantity, plan.prices[line])
                )
                for line, quantity in more.items()
            ]
            changes += [
                Command.update(line.id, self._prepare_moved(line, plan.prices[line], amount))
                for line, amount in plan.moved.items()
            ]
            order.order_line = [*changes, *(Command.create(vals) for vals in plan.fresh)]
            self._start_again(order)
        self._log(order, plan.fresh, more, fewer)
        self._prove(order, document)
        return True

    # === LINES === #

    @api.model
    def _plan(self, order, document, values):
        """Compare the lines of an order with the document.

        :param document: the ``OrderDocument``
        :param list values: the values of its lines as they would be created now
        :return: the changes to apply; ``None`` if a price or product differs, which a user has
            to review
        :rtype: Plan
        """
        unnamed = [vals for vals in values if self._is_unnamed(vals)]
        matched = self._match(order, [vals for vals in values if not self._is_unnamed(vals)])
        adjusted = self._adjusted(order, unnamed, len(values))
        if matched is None or adjusted is None:
            return None
        found = self.env["oms.order.difference"]._compare(order, document, matched.reported)
        changed = found and [*found.more, *found.fewer]
        if found is None or any(l.oms_kind != "product" or l.oms_share_moved for l in changed):
            return None
        fresh = matched.fresh + adjusted
        if matched.moved:
            fresh = self._with_moved(fresh, matched.moved)
        return None if fresh is None else matched._replace(fresh=fresh, difference=found)

    @api.model
    def _match(self, order, values):
        """Match reported lines that have a channel line id to order lines.

        :param list values: the values of such lines as they would be created now
        :return: the new, reported and reallocated lines; ``None`` if a price or product differs
        :rtype: Plan
        """
        mine = defaultdict(list)
        for line in order.order_line.filtered(lambda l: l.oms_line_ref and not l.display_type):
            mine[line.oms_line_ref, line.product_id.id].append(line)
        refs = {ref for ref, _product in mine}
        by_hand = order.oms_manual_qty or {}
        plan = Plan([], {}, {}, {})
        for vals in values:
            ref = vals.get("oms_line_ref")
            lines = mine.get((ref, vals["product_id"]))
            if not lines:
                if not ref or ref in refs:
                    return None
                if by_hand.get(ref) != vals["oms_channel_qty"]:
                    plan.fresh.append(vals)
                continue
            line = lines.pop(0)
            if self._is_other_price(line, vals):
                if not self._is_other_share(line, vals):
                    return None
                plan.moved[line] = self._moved(line, vals)
            plan.reported[line], plan.prices[line] = vals["product_uom_qty"], vals
        plan.reported.update((line, 0.0) for lines in mine.values() for line in lines)
        return plan

    @api.model
    def _is_unnamed(self, line):
        """:param line: an order line or the values of one
        :return: whether it is a fee, shipping or discount line without an id on the channel
        """
        return not line["oms_line_ref"] and line["oms_kind"] not in ("product", "rounding", False)

    @api.model
    def _adjusted(self, order, values, count):
        """Compare lines without a channel line id by total amount per kind.

        :param list values: the values of such lines as they would be created now
        :param int count: number of lines of the document, each rounded individually
        :return: the values of lines for rounding differences; ``None`` if a difference exceeds
            rounding
        """
        ours = order.order_line.filtered(self._is_unnamed)
        amounts = defaultdict(float)
        for sign, lines in ((1, values), (-1, ours)):
            for line in lines:
                part = 1 - (line["discount"] or 0.0) / 100
                amounts[line["oms_kind"]] += (
                    sign * line["price_unit"] * line["product_uom_qty"] * part
                )
        currency, fresh = order.currency_id, []
        for kind, amount in amounts.items():
            if currency.is_zero(amount):
                continue
            alike = [line for line in values if line["oms_kind"] == kind]
            if not alike or currency.compare_amounts(abs(amount), currency.rounding * count) > 0:
                return None
            price = {"product_uom_qty": 1.0, "price_unit": amount, "discount": 0.0}
            fresh.append({**alike[0], **price})
        return fresh

    @api.model
    def _is_other_price(self, line, vals):
        """:return: whether the unit price of a line differs. Tolerated are rounding of the amounts
        if the quantity changed, and the rounding differences left by removed units
        """
        # Removing units may have changed the Odoo price by cents, see ``_fit_price``; and a user
        # may have set it to the channel's price.
        known = {
            line.price_unit * (1 - (line.discount or 0.0) / 100),
            *([line.oms_channel_price] if line.oms_channel_price else []),
        }
        coin = line.currency_id.rounding
        quantities = self.env["oms.order.difference"]._reported_units(line), vals["product_uom_qty"]
        if line.oms_reduced_qty and line.product_uom_qty > 0 and not line.oms_channel_price:
            # Created before the channel price was stored: it is not known.
            slack = coin * (1 + line.oms_reduced_qty / line.product_uom_qty) + coin * 1e-4
        elif not line.product_uom_id.compare(*quantities):
            slack = coin * 0.999 / max(quantities[0], 1.0)
        else:
            halves = sum(coin / 2 / quantity for quantity in quantities if quantity > 0)
            slack = min(halves, coin) + coin * 1e-4
        return all(abs(price - vals["oms_channel_price"]) > slack for price in known)

    @api.model
    def _prepare_added_values(self, line, quantity, vals):
        """:return: the values of a line with added units; the exact channel price is set only if
        its quantity equals the reported one
        """
        total = line.product_uom_qty + quantity
        prices = {"price_unit": vals["price_unit"], "discount": vals.get("discount") or 0.0}
        is_whole = not line.product_uom_id.compare(total, vals["product_uom_qty"])
        return {
            "product_uom_qty": total,
            "oms_channel_price": vals["oms_channel_price"],
            **(prices if is_whole else {}),
        }

    @api.model
    def _start_again(self, order):
        """Restart the steps of an order with new items: allocate, invoice, ship."""
        if order.oms_step:
            order.write({"oms_step": "allocate", "oms_cursor": "allocate", "oms_status": "running"})

    @api.model
    def _log(self, order, fresh, more, fewer):
        """Log the changed quantities on the order."""
        Product = self.env["product.product"]
        texts = [
            *(
                f"+{vals['product_uom_qty']:g} × {Product.browse(vals['product_id']).display_name}"
                for vals in fresh
            ),
            *(f"+{quantity:g} × {line.product_id.display_name}" for line, quantity in more.items()),
            *(
                f"−{quantity:g} × {line.product_id.display_name}"
                for line, quantity in fewer.items()
            ),
        ]
        if texts:
            self.env["oms.event"]._log(
                order,
                "order.amended",
                self.env._("Changed on the channel: %(what)s", what=", ".join(texts)),
            )

    @api.model
    def _prove(self, order, document):
        """Compare the order with the channel's total and open exceptions for differences."""
        if document.total is None:
            return
        order.oms_channel_total = float(document.total)
        self.env["oms.hold"]._open(
            order, self.env["oms.order.importer"]._prove(order.oms_channel_id, order, document)
        )

    @api.model
    def _problems(self, labelled, left):
        """:return: problems of deliveries labeled with, or shipped to, the old address"""
        problems = []
        if labelled:
            problems.append(
                HoldReason(
                    code="ADDRESS_CHANGED",
                    message=self.env._(
                        "The label of %(deliveries)s has the old address. Cancel it with the "
                        "carrier, "
                        "print a new label, then release the order.",
                        deliveries=", ".join(labelled.mapped("name")),
                    ),
                )
            )
        if left:
            problems.append(
                HoldReason(
                    code="ADDRESS_TOO_LATE",
                    message=self.env._(
                        "%(deliveries)s was shipped to the old address. Ask the carrier to "
                        "redirect "
                        "it, or refuse the change on the channel.",
                        deliveries=", ".join(left.mapped("name")),
                    ),
                )
            )
        return problems
