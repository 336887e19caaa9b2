"""Changes of an order's lines since the channel last reported them."""

from typing import NamedTuple

from odoo import api, models


class Difference(NamedTuple):
    """Added and removed units by ``sale.order.line``, in the line's unit of measure."""

    more: dict
    fewer: dict


class OmsOrderDifference(models.AbstractModel):
    """Compares the reported lines of an order with those reported before.

    Channels report refunds apart from the lines and cancellations in various ways, so the
    quantity of a line alone does not give the units to deliver. A line changes only if its
    reported quantity does: refunded or cancelled units and changes made in Odoo are kept.
    ``oms_channel_qty`` of the order line stores the last reported quantity.
    """

    _name = "oms.order.difference"
    _description = "Order Difference"

    # === UNITS === #

    @api.model
    def _live_units(self, line):
        """Compute the units of an order line that are neither cancelled nor refunded, nor subject
        to an open stop request.

        :param line: one ``sale.order.line``
        :rtype: float
        """
        asked = self.env["oms.stop.request"]._get_stop_units(line)
        return line.product_uom_qty + line.oms_reduced_qty - line.oms_cancelled_qty - asked

    @api.model
    def _reported_units(self, line):
        """:return: the last reported units of an order line, including refunded ones
        :rtype: float
        """
        return line.oms_channel_qty * (line.oms_piece_units or 1.0)

    # === COMPARISON === #

    @api.model
    def _compare(self, order, document, reported):
        """Compare an order's lines with the reported units.

        A lower quantity removes live units only, as the channel may report an earlier
        cancellation made in Odoo. It is ambiguous if the order has a refund that is not in the
        document.

        :param order: one ``sale.order``
        :param document: the ``OrderDocument``
        :param dict reported: reported units by order line, including refunded ones; 0 for a
            line that is no longer in the document
        :return: the ``Difference``; ``None`` if it is ambiguous and a user has to decide
        """
        inside, outside = self._refunded_units(order, document)
        more, fewer = {}, {}
        for line, units in reported.items():
            unit = line.product_uom_id
            change = units - self._reported_units(line)
            if unit.compare(change, 0) > 0:
                more[line] = change
            elif unit.compare(change, 0) < 0:
                live, refunded = self._live_units(line), inside.get(line, 0.0)
                least = min(-change, max(live - (units - refunded), 0.0))
                most = min(-change, max(live - (units - refunded - outside.get(line, 0.0)), 0.0))
                if unit.compare(least, most):
                    return None
                if unit.compare(least, 0) > 0:
                    fewer[line] = least
        return Difference(more, fewer)

    @api.model
    def _refunded_units(self, order, document):
        """Sum the units of the refunds applied to an order.

        Channels with a refund ledger never deduct refunds from lines. Channels that report the
        remainder have already deducted units cancelled in Odoo.

        :return: units by order line of refunds in the document, and of the others
        :rtype: tuple[dict, dict]
        """
        refs = {refund.ref for refund in document.refunds}
        has_ledger = order.oms_channel_id._adapter()._has_refund_ledger
        inside, outside = {}, {}
        tells_remainder = order.oms_channel_id._adapter()._tells_remainder
        for refund in order.oms_refund_ids:
            if tells_remainder and refund.kind == "cancellation":
                continue
            found = inside if has_ledger or refund.ref in refs else outside
            for line_id, units in (refund.units or {}).items():
                line = self.env["sale.order.line"].browse(int(line_id))
                found[line] = found.get(line, 0.0) + units
        return inside, outside

    @api.model
    def _units_of_pieces(self, order, lines):
        """Convert quantities of channel lines to units of order lines.

        :param list lines: dicts with ``line_ref``, ``sku`` and ``quantity`` in listing units
        :return: units by the ID of the order line, as text
        :rtype: dict[str, float]
        """
        units, find = {}, self.env["oms.order.canceller"]._channel_lines
        for line in lines:
            for order_line in next(iter(find(order, line["line_ref"], line["sku"])), ()):
                key = str(order_line.id)
                pieces = float(line["quantity"]) * (order_line.oms_piece_units or 1.0)
                units[key] = units.get(key, 0.0) + pieces
        return units

    @api.model
    def _product_lines(self, order, document):
        """Find the reported units of the product lines of an order by channel line id.

        :return: units by order line; empty if the document has no product line, which says
            nothing about the order's lines
        :rtype: dict
        """
        pieces = {
            line.ref: float(line.quantity) for line in document.lines if line.kind == "product"
        }
        if not pieces:
            return {}
        return {
            line: pieces.get(line.oms_line_ref, 0.0) * (line.oms_piece_units or 1.0)
            for line in order.order_line
            if line.oms_kind == "product" and line.oms_line_ref
        }

    @api.model
    def _changed_units(self, order):
        """Find the order lines whose quantity or share of a discount differs from the channel's
        because they were refunded, cancelled, changed or added in Odoo.

        :return: the reported units by order line; 0 for a line added in Odoo
        :rtype: dict
        """
        changed = {}
        for line in order.order_line:
            if line.display_type or line.oms_kind == "rounding" and not line.oms_share_moved:
                continue
            units = self._reported_units(line) if line.oms_kind else 0.0
            if line.oms_share_moved or line.product_uom_id.compare(units, line.product_uom_qty):
                changed[line] = units
        return changed

    @api.model
    def _reported_total(self, order):
        """Compute the total of an order with the quantities its channel reports.

        :return: the amount with taxes, and its tolerance for rounding
        :rtype: tuple[float, float]
        """
        changed = self._changed_units(order)
        total = order.amount_total + sum(
            self._value_of_missing(line, units - line.product_uom_qty)
            if line.oms_kind
            else -line.price_total
            for line, units in changed.items()
        )
        return order.currency_id.round(total), order.currency_id.rounding * len(changed)

    @api.model
    def _value_of_missing(self, line, units):
        """:return: the value of the units a channel reports in addition to those of an order line;
        the value of removed units is stored exactly
        :rtype: float
        """
        reduced = line.oms_reduced_qty
        if line.oms_channel_price:
            reported = line._oms_reported_value(line.product_uom_qty + units)
            return reported - line._oms_exact_total()
        if not line.oms_reduced_total or not 0 < reduced <= units:
            return line._oms_value_of(units)
        more = line._oms_value_of(units - reduced) if units > reduced else 0.0
        return line.oms_reduced_total + more

    # === REPORTED QUANTITIES === #

    @api.model
    def _remember(self, reported):
        """Store the reported quantities that were applied to order lines.

        :param dict reported: units by order line
        """
        for line, units in reported.items():
            pieces = units / (line.oms_piece_units or 1.0)
            if line.oms_channel_qty != pieces:
                line.oms_channel_qty = pieces

    @api.model
    def _defer(self, order, document):
        """Store the reported quantities until a user has reviewed the change."""
        order.oms_deferred_qty = {
            line.ref: float(line.quantity) for line in document.lines if line.ref
        }

    @api.model
    def _remember_deferred(self, orders):
        """Set the deferred quantities as applied, as a user released the exception."""
        for order in orders.filtered("oms_deferred_qty"):
            pieces = order.oms_deferred_qty
            lines = order.order_line.filtered("oms_line_ref")
            for line in lines:
                line.oms_channel_qty = pieces.get(line.oms_line_ref, 0.0)
            known = set(lines.mapped("oms_line_ref"))
            order.write(
                {
                    "oms_deferred_qty": False,
                    "oms_manual_qty": {
                        **(order.oms_manual_qty or {}),
                        **{ref: qty for ref, qty in pieces.items() if ref not in known},
                    },
                }
            )
