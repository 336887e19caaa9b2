"""What a customer changes on the channel after the order was confirmed here."""

from collections import defaultdict
from dataclasses import replace
from typing import NamedTuple

from odoo import api, models
from odoo.fields import Command

from odoo.addons.oms_addon.documents.problems import HoldReason
from odoo.addons.oms_addon.tools.sealed_context import sealed

from .oms_order_difference import Difference


class Plan(NamedTuple):
    """What the channel reports of an order now, compared with its lines."""

    #: values of new lines
    fresh: list
    #: units that are reported, by order line
    reported: dict
    #: the values as they would be created today, by order line
    prices: dict
    #: what of the order's discounts moved off a line
    moved: dict
    #: more and fewer units of the lines that are there
    difference: Difference = Difference({}, {})


class OmsOrderAmender(models.AbstractModel):
    """Changes what can be changed of a confirmed order: more, fewer, other lines; the address.

    More is procured and promised, fewer frees its stock or asks the warehouse to stop. Another
    price, or another product in a line, is a decision for a person.
    """

    _name = "oms.order.amender"
    _description = "Order Amender"

    @api.model
    def _amend(self, order, document):
        """Bring a confirmed order in line with its channel, as far as nobody has to decide.

        :param order: one ``sale.order``
        :param document: ``OrderDocument``
        :return: whether the order is as the channel tells it now, or will be when the
            warehouse has answered
        :rtype: bool
        """
        channel, builder = order.oms_channel_id, self.env["oms.order.builder"]
        known = replace(builder._look_up(channel, [document]), lines=builder._known_parts(order))
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
                Command.update(line.id, self._prepare_more(line, quantity, plan.prices[line]))
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
        """Compare the lines of an order with what its channel reports.

        :param document: the ``OrderDocument``
        :param list values: the values of its lines as they would be created today
        :return: what is to be changed; ``None`` when a person has to decide, as a price or a
            product is another
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
        """Find the order line of each line that the channel reports under an id of its own.

        :param list values: the values of such lines as they would be created today
        :return: what is new, reported and moved; ``None`` when a price or a product is another
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
        :return: whether it has no id on the channel and is no product, as what rounding leaves
        """
        return not line["oms_line_ref"] and line["oms_kind"] not in ("product", "rounding", False)

    @api.model
    def _adjusted(self, order, values, count):
        """Compare what has no id on the channel by its amount, as there is nothing else to
        recognize it by.

        :param list values: the values of such lines as they would be created today
        :param int count: how many lines the document has, each rounded for itself
        :return: the values of a line for the cents by which it is another amount now; ``None``
            when it is more than rounding explains
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
        """:return: whether a piece of a line costs something else now; where there are more or
        fewer, by more than the cents by which the amounts of both quantities are rounded; where
        units were taken off, what stays took the cents that were left
        """
        # What was taken off may have changed the price here by cents, see ``_fit_price``; and a
        # person may have changed it to what the channel says.
        known = {
            line.price_unit * (1 - (line.discount or 0.0) / 100),
            *([line.oms_channel_price] if line.oms_channel_price else []),
        }
        coin = line.currency_id.rounding
        quantities = self.env["oms.order.difference"]._reported_units(line), vals["product_uom_qty"]
        if line.oms_reduced_qty and line.product_uom_qty > 0 and not line.oms_channel_price:
            # An order of before: what it cost on the channel is not known.
            slack = coin * (1 + line.oms_reduced_qty / line.product_uom_qty) + coin * 1e-4
        elif not line.product_uom_id.compare(*quantities):
            slack = coin * 0.999 / max(quantities[0], 1.0)
        else:
            halves = sum(coin / 2 / quantity for quantity in quantities if quantity > 0)
            slack = min(halves, coin) + coin * 1e-4
        return all(abs(price - vals["oms_channel_price"]) > slack for price in known)

    @api.model
    def _prepare_more(self, line, quantity, vals):
        """:return: the values of a line of which there are more units; they cost what the channel
        says to the cent, where just its quantity is left
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
        """Send an order with new items through the path again: allocate, invoice, ship."""
        if order.oms_step:
            order.write({"oms_step": "allocate", "oms_cursor": "allocate", "oms_status": "running"})

    @api.model
    def _log(self, order, fresh, more, fewer):
        """Append what changed to the timeline."""
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
        """Compare the order with the channel to the cent."""
        if document.total is None:
            return
        order.oms_channel_total = float(document.total)
        self.env["oms.hold"]._open(
            order, self.env["oms.order.importer"]._prove(order.oms_channel_id, order, document)
        )

    @api.model
    def _problems(self, labelled, left):
        """:return: what a person has to do about parcels with the old address"""
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
