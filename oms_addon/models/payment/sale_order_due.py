"""Amount due of an order for items delivered and kept or still to be delivered."""

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
        """Compute the amount due for what the customer keeps or will still receive.

        Cancelled or returned items are not due. Refunds beyond their value and beyond an
        overpayment reduce the price of the rest.

        :param float paid: captured amount
        :param float refunded: refunded part of it
        :return: the amount that payments less refunds should equal
        :rtype: float
        """
        self.ensure_one()
        if self.state == "cancel":
            return self.amount_total
        refunds = self.sudo().oms_refund_ids
        if refunds and self._oms_terms() not in PREPAID:
            # Refunds before the customer pays reduce the amount to pay.
            reported = refunds.filtered(
                lambda r: (
                    r.kind == "refund" and r.state in ("waiting", "done") and not r.is_withdrawn
                )
            )
            refunded = max(refunded, sum(reported.mapped("amount")))
        gone = taken_off = gone_units = 0.0
        # Not filtered: a filtered recordset would read the moves of each order by itself.
        for line in self.order_line:
            if line.display_type:
                continue
            units = line._oms_unbilled_units()
            gone += line._oms_returned_value(units)
            gone_units += units
            if line.oms_reduced_qty:
                # Older orders store the units only.
                taken_off += line.oms_reduced_total or line._oms_value_of(line.oms_reduced_qty)
                gone_units += line.oms_reduced_qty
        too_much = max(paid - self.amount_total - taken_off, 0.0)
        # Retained parts of the price of returned items are due.
        kept = sum(refunds.mapped("kept"))
        of_gone = refunded - taken_off - too_much + kept
        if 0 < gone - of_gone < self.currency_id.rounding * gone_units + 1e-9:
            # Refunded unit by unit, price and tax each rounded. The rest of a reduced line may be
            # a cent too low, as no price results in that total.
            gone = of_gone
        gone = self.currency_id.round(gone)
        goodwill = max(of_gone - gone, 0.0)
        return max(self.currency_id.round(self.amount_total - gone - goodwill + kept), 0.0)


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _oms_returned_value(self, units):
        """:return: the value of units of one line, see ``_oms_unbilled_units``"""
        return self._oms_exact_total() * units / self.product_uom_qty if units else 0.0

    def _oms_unbilled_units(self):
        """:return: the units, within the ordered quantity of one line, that were returned, or
        cancelled after they were shipped or invoiced
        """
        self.ensure_one()
        cancelled = self.oms_cancelled_qty - self.oms_reduced_qty
        return max(min(max(cancelled, self._oms_returned_qty()), self.product_uom_qty), 0.0)

    def _oms_returned_qty(self):
        """:return: the units of one line that were returned and are not sent again"""
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
        """:return: the units in the moves of one line that meet a condition; for a kit, whose moves
        are its components, the complete kits
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
