"""Sourcing of items added to confirmed orders."""

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.oms_addon.tools.sealed_context import unsealed


class OmsSourcing(models.AbstractModel):
    _inherit = "oms.sourcing"

    @api.model
    def _source_added(self, lines, before, by_person=False):
        """Choose the warehouses of items added to confirmed orders.

        Warehouses with open deliveries of the order are preferred; otherwise the rules decide,
        within the remaining limits.

        :param lines: ``sale.order.line`` records to be procured
        :param dict before: the previous quantities by line id
        :param bool by_person: whether a user adds the items and gets an error if no rule serves
            them
        :return: the lines whose promised date does not cover the added quantity
        :raise UserError: when a user adds items that no rule serves
        """
        more = self._added_quantities(lines, before)
        if not more:
            return lines.browse()
        candidates = self._base_candidates(lines.browse().concat(*more).order_id)
        more = {line: units for line, units in more.items() if candidates[line.order_id]}
        if not more:
            return lines.browse()
        goods = lines.browse().concat(*more)
        decisions = self.env["oms.allocation.matrix"]._decide(goods, candidates, more=more)
        if by_person:
            self._refuse_unserved(decisions)
        of_order = goods.grouped("order_id")
        said = {order: order.oms_allocation_text or "" for order in of_order}
        self._write_decisions(decisions, of_order, more)
        self._write_shares(decisions, of_order)
        self._reserve_slots(decisions, candidates, keeps=True)
        self._log_added(said)
        self._queue(decisions)
        return goods.filtered(lambda line: self._breaks_promise(line, before, decisions))

    @api.model
    def _added_quantities(self, lines, before):
        """:return: the quantity of each line that is not procured yet, in the product's unit
        :rtype: dict
        """
        # has_warehouse: the lines are sourced by the caller
        if unsealed(self.env, "has_warehouse"):
            return {}
        more = {}
        for line in lines:
            order = line.order_id
            if (
                line.product_uom_qty <= before.get(line.id, 0.0)
                or not line._oms_is_sourced()
                or order.oms_by_channel
                or not (order.oms_channel_id or order.warehouse_id.oms_managed)
            ):
                continue
            missing = line.product_uom_qty - line._get_qty_procurement(before)
            units = line.product_uom_id._compute_quantity(
                missing, line.product_id.uom_id, rounding_method="HALF-UP"
            )
            if line.product_id.uom_id.compare(units, 0) > 0:
                more[line] = units
        return more

    @api.model
    def _write_shares(self, decisions, of_order):
        """Write the warehouses of added quantities on lines; existing quantities are unchanged."""
        for order, (decision, _run, _routing) in decisions.items():
            if not decision.plan:
                continue
            for line in of_order[order]:
                share = decision.plan.shares[line.id]
                if not line.move_ids:
                    main = decision.plan.main
                    line.warehouse_id = main if main in share else next(iter(share))
                is_usual = list(share) == line.warehouse_id.ids
                line.oms_plan = False if is_usual else {str(w): q for w, q in share.items()}

    @api.model
    def _refuse_unserved(self, decisions):
        """:raise UserError: when no rule serves some of the added items"""
        refused = [order for order, (found, _run, _routing) in decisions.items() if not found.plan]
        if refused:
            raise UserError(
                "\n".join(
                    self.env._(
                        "%(order)s was not changed: %(why)s Assign the order to a warehouse on "
                        "the board first, or create a new order for the added items.",
                        order=order.name,
                        why=self._queue_text(decisions[order][0]),
                    )
                    for order in refused
                )
            )

    @api.model
    def _log_added(self, said):
        """Log the warehouses of added items in the timeline.

        :param dict said: the previous explanation of each order
        """
        for order, text in said.items():
            added = order.oms_allocation_text.removeprefix(text).strip()
            self.env["oms.event"]._log(order, "order.sourced_more", added)

    @api.model
    def _breaks_promise(self, line, before, decisions):
        """:return: whether the added quantity of a line cannot leave with the promised one, because
        that has left or items are missing
        """
        plan = decisions[line.order_id][0].plan
        has_left = line.product_uom_id.compare(line.qty_delivered, before.get(line.id, 0.0)) >= 0
        return bool(
            line.oms_promised_at and plan and (has_left or plan.missing[line.product_id.id])
        )

    @api.model
    def _promise_added(self, lines):
        """Compute a new promised date for lines whose date does not cover the added quantity."""
        why = self.env._("quantity increased")
        for order, of_order in lines.grouped("order_id").items():
            self.env["oms.promise.review"]._recompute_promise(order, why, of_order)
