"""Cancellations: of whole orders or of some units, shipped or not."""

from odoo import api, models

from odoo.addons.oms_addon.documents.order import normalise_email
from odoo.addons.oms_addon.tools.contact_keys import Person, plain_words
from odoo.addons.oms_addon.tools.sealed_context import sealed, unsealed

#: how often a price is changed until a line costs what it shall
FITTING_TRIES = 4


class OmsOrderCanceller(models.AbstractModel):
    _name = "oms.order.canceller"
    _description = "Order Canceller"

    @api.model
    def _import_cancellations(self, channel, run):
        """Apply cancellations a channel tells; those whose order is not here wait for it.

        :param channel: the channel that sent them
        :param list run: pairs (message, ``CancellationDocument``), oldest first
        """
        for message, document in run:
            problems = document.problems()
            if problems:
                message._park([{"code": p.code, "message": p.message} for p in problems])
            elif document.order_ref:
                self._cancel_named(channel, message, document)
            else:
                self._cancel_matched(channel, message, document)

    # === THE ORDER IS NAMED === #

    @api.model
    def _cancel_named(self, channel, message, document):
        """Cancel the order a document names; keep a tombstone when it has not come yet."""
        message.order_ref = document.order_ref
        order = self.env["sale.order"].search(
            [("oms_channel_id", "=", channel.id), ("oms_order_ref", "=", document.order_ref)]
        )
        if not order:
            message._set_state(
                "parked",
                self.env._("The order has not come yet: it will be cancelled when it does."),
                waits_for="order",
            )
            return
        message.order_id = order
        reason = document.reason or self.env._("Cancelled on the channel.")
        if not document.lines:
            self._cancel_whole(order, reason)
            self.env["oms.order.reviver"]._check_newer(order, document)
            self.env["oms.order.remainder"]._give_back(order, document)
            message._set_state("done", self.env._("Order cancelled."))
            return
        matched, missing = self._match_lines(document.lines, order)
        if missing:
            message._park([self._unmatched(missing)])
            return
        self._cancel_units(matched, reason)
        message._set_state("done", self.env._("Units cancelled."))

    # === THE ORDER IS NOT NAMED === #

    @api.model
    def _cancel_matched(self, channel, message, document):
        """Cancel units of the customer's earlier orders, the latest first."""
        message.write({"customer_ref": document.customer.ref or False, "waits_for": "customer"})
        orders = self._earlier_orders(channel, document)
        matched, missing = self._match_lines(document.lines, orders)
        if missing or not matched:
            message._park(
                [
                    {
                        **self._unmatched(missing or document.lines),
                        "customer": document.customer.name,
                        "amount": self.env["oms.hold"]._plain_amount(
                            document.total, document.currency
                        ),
                    }
                ]
            )
            return
        self._cancel_units(matched, document.reason or self.env._("Cancelled on the channel."))
        message.write({"order_id": next(iter(matched)).order_id.id})
        message._set_state("done", self.env._("Matched to the customer's earlier order."))

    @api.model
    def _earlier_orders(self, channel, document, limit=50):
        """:return: the latest orders of the document's customer that were placed before it"""
        matcher, customer = self.env["oms.customer.matcher"], document.customer
        keys = matcher._keys(channel, customer)
        found = self.env["oms.customer.key"]._find(channel.company_id, keys)
        person = Person(plain_words(customer.name), email=normalise_email(customer.email))
        partner = matcher._recognise(keys, found, person)
        if not partner:
            return self.env["sale.order"]
        domain = [("oms_channel_id", "=", channel.id), ("partner_id", "=", partner.id)]
        if document.at:
            domain.append(
                ("oms_placed_at", "<=", self.env["oms.order.builder"]._naive(document.at))
            )
        return self.env["sale.order"].search(
            domain, order="oms_placed_at desc, id desc", limit=limit
        )

    @api.model
    def _match_lines(self, cancelled_lines, orders):
        """Find the order lines that cancelled units belong to: by the channel's line id, else
        by SKU and, where it is told, price. The channel counts pieces of its listings, the
        result is in units of our lines.

        :param cancelled_lines: ``CancelledLine`` or ``RefundLine`` tuple
        :param orders: where to look, best first
        :return: units by order line, and the cancelled lines that are nowhere
        :rtype: tuple[dict, list]
        """
        matched, missing = {}, []
        for cancelled in cancelled_lines:
            units, left = self._find_units(
                orders,
                cancelled.line_ref,
                cancelled.sku,
                cancelled.quantity,
                price=getattr(cancelled, "unit_price", None),
                taken=matched,
            )
            if left > 0:
                missing.append(cancelled)
                continue
            for line, quantity in units.items():
                matched[line] = matched.get(line, 0) + quantity
        return matched, missing

    @api.model
    def _unmatched(self, lines):
        """:return: the problem of cancelled lines that belong to no order here"""
        return {
            "code": "CANCEL_UNMATCHED",
            "message": self.env._(
                "No earlier order of this customer has %(lines)s: find the order and cancel it "
                "by hand, or set the message aside.",
                lines=", ".join(f"{line.quantity:f} × {line.sku}" for line in lines[:5]),
            ),
        }

    # === EFFECT === #

    @api.model
    def _cancel_whole(self, order, reason):
        """Cancel all of an order that did not leave yet; credit what was invoiced.

        A second cancellation changes nothing. Units that left stay shipped: they are
        credited, and the goods come back by a return.

        :param order: one ``sale.order``
        :param str reason: why, in words
        """
        if order.state == "cancel" or self._stop_picking(order, reason):
            return
        order = order.with_context(**sealed(from_channel=True))
        lines = order.order_line.filtered(lambda l: not l.display_type)
        quantities = {
            line: line.product_uom_qty + line.oms_reduced_qty - line.oms_cancelled_qty
            for line in lines
        }
        if any(line.qty_delivered for line in lines) or order.invoice_ids.filtered(
            lambda m: m.state == "posted"
        ):
            self.env["oms.order.reviver"]._note_cancelled(quantities)
            self._cancel_units({l: q for l, q in quantities.items() if q > 0}, reason)
            return
        order._action_cancel()
        self._close(order, reason)

    @api.model
    def _stop_picking(self, order, reason):
        """Ask the warehouse to stop, where somebody is picking the order's goods right now.

        Its answer decides: what is not packed goes back and the order is cancelled, what
        has left is shipped.

        :return: whether somebody has to answer first
        :rtype: bool
        """
        if unsealed(self.env, "stopped"):
            return False
        picking = (
            order._oms_pickings()
            ._oms_is_leaving()
            .filtered(lambda p: order._oms_moves(p)._oms_in_hand())
        )
        if not picking:
            return False
        self.env["oms.stop.request"]._ask(order, picking, reason)
        order._oms_run()
        return True

    @api.model
    def _cancel_units(self, quantities, reason, amounts=None, is_refunded=False):
        """Cancel units: those that did not leave are taken off, those invoiced credited.

        :param dict quantities: units to cancel by order line
        :param str reason: why, in words
        :param dict amounts: what is given back for them, with taxes, where it is not their share
            of what the line costs
        :param bool is_refunded: whether money was given back for them, so that units that were
            invoiced are meant
        :return: the units that were cancelled at once, by order line
        :rtype: dict
        """
        wanted, amounts = quantities, amounts or {}
        quantities = self._stop_units(quantities, reason)
        amounts = {l: a for l, a in amounts.items() if quantities.get(l) == wanted[l]}
        amounts = {**self._shares_of_bundles(quantities, amounts), **amounts}
        invoiced = {
            line: self._invoiced_units(line, quantity, is_refunded)
            for line, quantity in quantities.items()
        }
        for line, quantity in quantities.items():
            line.oms_cancelled_qty += quantity
        orders = self.env["sale.order.line"].concat(*quantities).order_id
        for order in orders:
            of_order = {l: q for l, q in quantities.items() if l.order_id == order}
            billed = {l: invoiced[l] for l in of_order if invoiced[l] > 0}
            notes = self.env["account.move"]
            if billed:
                notes = self.env["oms.invoice.poster"]._credit(
                    order, billed, reason, amounts=amounts
                )
            # What was credited of a line is what it costs less now, to the cent.
            credited = {
                line: amount
                for line, amount in self._credited_amounts(notes).items()
                if billed.get(line) == of_order.get(line)
            }
            self._take_off(order, of_order, {**amounts, **credited})
            self.env["oms.event"]._log(
                order,
                "order.units_cancelled",
                self.env._(
                    "%(units)s units cancelled: %(reason)s",
                    units=f"{sum(of_order.values()):g}",
                    reason=reason,
                ),
            )
        self.env["oms.payment.collector"]._look_at(orders)
        orders._oms_run()
        return quantities

    @api.model
    def _invoiced_units(self, line, quantity, is_refunded):
        """Count how many of some units of a line were invoiced, before they are cancelled: those
        that are not invoiced yet go first, unless money was given back.

        :rtype: float
        """
        live = line.product_uom_qty + line.oms_reduced_qty - line.oms_cancelled_qty
        open_units = 0.0 if is_refunded else max(live - max(line.qty_invoiced, 0.0), 0.0)
        return min(max(quantity - open_units, 0.0), max(line.qty_invoiced, 0.0))

    @api.model
    def _credited_amounts(self, notes):
        """:return: what credit notes gave back of each order line, with taxes
        :rtype: dict
        """
        credited = {}
        for note in notes.sudo():
            for note_line, amount in self.env["oms.invoice.poster"]._taxed_amounts(note).items():
                for line in note_line.sale_line_ids.with_env(self.env):
                    credited[line] = credited.get(line, 0.0) + float(amount.total)
        return credited

    @api.model
    def _stop_units(self, quantities, reason):
        """Ask the warehouse to stop the units that somebody picks right now.

        :return: the units that can be cancelled at once, by order line
        :rtype: dict
        """
        if unsealed(self.env, "stopped"):
            return quantities
        asked, at_once = {}, {}
        for line, quantity in quantities.items():
            picking = self._in_hand(line).picking_id
            free = min(self._not_in_hand(line), quantity) if picking else quantity
            if line.product_uom_id.compare(free, 0) > 0 or not picking:
                at_once[line] = free
            if line.product_uom_id.compare(quantity, free) > 0:
                units, pickings = asked.setdefault(line.order_id, ({}, picking.browse()))
                units[line] = quantity - free
                asked[line.order_id] = units, pickings | picking
        for order, (units, pickings) in asked.items():
            self.env["oms.stop.request"]._ask(order, pickings, reason, units)
            order._oms_run()
        return at_once

    @api.model
    def _in_hand(self, line):
        """:return: the moves of an order line whose goods somebody holds right now"""
        return line.move_ids.filtered(
            lambda m: m.picking_id.picking_type_code != "incoming" and m._oms_in_hand()
        )

    @api.model
    def _not_in_hand(self, line):
        """:return: how many units of an order line are in the stock still, or nowhere yet, and
        so come off before those that somebody holds
        """
        left = line.product_uom_qty - line.qty_delivered
        held = self._in_hand(line)
        if any(move.product_id != line.product_id for move in held):
            # Parts of a kit are held for all of it.
            return 0.0
        unit = line.product_uom_id
        for move in held:
            left -= move.product_uom._compute_quantity(
                move.product_uom_qty, unit, rounding_method="HALF-UP"
            )
        return max(left, 0.0)

    @api.model
    def _take_off(self, order, quantities, amounts):
        """Reduce ordered quantities by the units that did not leave, which frees their stock.

        What of them is not invoiced yet is no longer part of the channel's total either. The units
        that stay cost what is left of the line's price, to the cent.
        """
        if order.state not in ("draft", "sent", "sale"):
            return
        for line, quantity in quantities.items():
            less = min(quantity, line._oms_here())
            if less <= 0 or line.product_id.type == "service":
                continue
            unbilled = min(less, line.product_uom_qty - line.qty_invoiced)
            order.oms_channel_total -= line.price_total * max(unbilled, 0) / line.product_uom_qty
            before, ordered = line._oms_exact_total(), line.product_uom_qty
            left = before - amounts.get(line, line._oms_value_of(less))
            line.with_context(mail_notrack=True).write(
                {
                    "product_uom_qty": ordered - less,
                    "oms_reduced_qty": line.oms_reduced_qty + less,
                }
            )
            self._fit_price(line, left, ordered)
            line.oms_reduced_total += before - line._oms_exact_total()

    @api.model
    def _put_back_on(self, line, units):
        """Have a line want units again that were taken off it, at what they cost then."""
        units = min(units, line.oms_reduced_qty)
        if line.product_uom_id.compare(units, 0) <= 0:
            return
        before = line._oms_exact_total()
        back = line.oms_reduced_total * units / line.oms_reduced_qty
        line.with_context(mail_notrack=True).write(
            {
                "product_uom_qty": line.product_uom_qty + units,
                "oms_reduced_qty": line.oms_reduced_qty - units,
            }
        )
        self._fit_price(line, before + back, line.product_uom_qty)
        line.oms_reduced_total -= back

    @api.model
    def _fit_price(self, line, total, ordered):
        """Have a line of which units were taken off cost just so much, where it is off by cents
        alone.

        :param float total: with taxes
        :param float ordered: of how many units the price is a share
        """
        currency, quantity = line.currency_id, line.product_uom_qty
        part = 1 - (line.discount or 0.0) / 100
        is_exact = all(line.tax_ids.mapped("price_include"))
        # Parts of a cent count, too, where taxes are rounded over the order.
        exact = line.price_unit * part * quantity if is_exact else line.price_total
        off = abs(exact - total)
        if (
            not line.oms_kind
            or not line.price_total
            or quantity <= 0
            or off < currency.rounding * 1e-4
            or currency.compare_amounts(off, currency.rounding * max(ordered, 1.0)) > 0
        ):
            return
        line = line.with_context(mail_notrack=True)
        if is_exact:
            line.price_unit = currency.round(total) / quantity / part
            return
        net, step = line.price_subtotal / line.price_total, 0.0
        for _try in range(FITTING_TRIES):
            off = currency.round(total - line._oms_exact_total())
            if not off:
                return
            # Where net and tax are rounded apart, a price may miss it by a cent on either side.
            wanted = off * net / quantity / part
            step = -step / 2 if step * wanted < 0 else wanted
            line.price_unit += step
