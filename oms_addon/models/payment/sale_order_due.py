"""What an order is owed: what was delivered and kept, and what is still to be delivered."""

from odoo import fields, models

from odoo.addons.oms_addon.tools.payment_terms import PREPAID


class SaleOrder(models.Model):
    _inherit = "sale.order"

    oms_balance_due = fields.Monetary(
        "Balance Due",
        compute="_compute_oms_payment",
        store=True,
        copy=False,
        help="Value of the items delivered or still to deliver, less the amount captured "
        "and not refunded. Negative if a refund is due.",
    )

    def _oms_amount_owed(self, paid, refunded):
        """Return what one order costs by what the customer keeps or is still to get.

        Items that were cancelled or returned are not owed. Money refunded beyond their value,
        and beyond what was paid too much, makes the rest cheaper.

        :param float paid: what was captured so far
        :param float refunded: what was given back of it
        :return: the amount that paid money, less refunds, is compared with
        :rtype: float
        """
        self.ensure_one()
        if self.state == "cancel":
            return self.amount_total
        refunds = self.sudo().oms_refund_ids
        if refunds and self._oms_terms() not in PREPAID:
            # What is refunded before the customer pays is paper: the customer pays so much less.
            told = refunds.filtered(
                lambda r: (
                    r.kind == "refund" and r.state in ("waiting", "done") and not r.is_withdrawn
                )
            )
            refunded = max(refunded, sum(told.mapped("amount")))
        gone = taken_off = gone_units = 0.0
        for line in self.order_line.filtered(lambda l: not l.display_type):
            gone += line._oms_gone_value()
            gone_units += line._oms_gone_units()
            if line.oms_reduced_qty:
                # Of orders of before only the units are known.
                taken_off += line.oms_reduced_total or line._oms_value_of(line.oms_reduced_qty)
                gone_units += line.oms_reduced_qty
        too_much = max(paid - self.amount_total - taken_off, 0.0)
        # What a channel kept of the price of items it took back is owed.
        kept = sum(refunds.mapped("kept"))
        of_gone = refunded - taken_off - too_much + kept
        if 0 < gone - of_gone < self.currency_id.rounding * gone_units + 1e-9:
            # Given back piece by piece, the price and its tax each rounded for itself. Of items
            # taken off the order the rest can be a cent too cheap: no price makes that total.
            gone = of_gone
        gone = self.currency_id.round(gone)
        goodwill = max(of_gone - gone, 0.0)
        return max(self.currency_id.round(self.amount_total - gone - goodwill + kept), 0.0)


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _oms_gone_value(self):
        """:return: the value, in the ordered quantity of one line, of units that were cancelled
        after they had left or been invoiced, or were returned
        """
        gone = self._oms_gone_units()
        return self._oms_exact_total() * gone / self.product_uom_qty if gone else 0.0

    def _oms_gone_units(self):
        """:return: such units; see ``_oms_gone_value``"""
        self.ensure_one()
        cancelled = self.oms_cancelled_qty - self.oms_reduced_qty
        return max(min(max(cancelled, self._oms_returned_qty()), self.product_uom_qty), 0.0)

    def _oms_returned_qty(self):
        """:return: the units of one line that came back and are not sent again"""
        self.ensure_one()
        if self.product_id.type != "consu" or self.state != "sale":
            return 0.0
        back = self._oms_units(
            lambda move: move.state == "done" and move.location_id.usage == "customer"
        )
        if not back:
            return 0.0
        coming = self._oms_units(
            lambda move: (
                move.state not in ("done", "cancel") and move.location_dest_id.usage == "customer"
            )
        )
        return max(min(back, self.product_uom_qty - self.qty_delivered - coming), 0.0)

    def _oms_units(self, condition):
        """:return: the units in the moves of one line for which a condition holds; of a kit,
        whose moves are its parts, the whole ones
        """
        kits = self.env["oms.kits"]
        if kits._lines(self.move_ids):
            return kits._brought(self, self.move_ids.filtered(condition))
        moves = self.move_ids.filtered(
            lambda move: move.product_id == self.product_id and condition(move)
        )
        return sum(
            move.product_uom._compute_quantity(
                move.product_uom_qty if move.state != "done" else move.quantity,
                self.product_uom_id,
            )
            for move in moves
        )
