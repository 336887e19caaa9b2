"""Review of promised dates when the supply of a product changes, in serving order."""

from collections import defaultdict

from odoo import api, fields, models

from odoo.addons.oms_addon.models.allocation.oms_allocator import OPEN_STATES
from odoo.addons.oms_addon.tools import promise
from odoo.addons.oms_addon.tools.promise import Supply


class OmsPromiseReview(models.Model):
    """A product whose promised dates have to be reviewed, and the reason."""

    _name = "oms.promise.review"
    _description = "Promised Date to Review"
    _order = "id"
    _rec_name = "product_id"

    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    reason = fields.Char(required=True, readonly=True)

    # === SCHEDULING === #

    @api.model
    def _schedule(self, rows):
        """Schedule the review of the promised dates of products after this transaction.

        :param list rows: tuples (product, company, reason for display)
        """
        if not rows:
            return
        self.sudo().create(
            [
                {"product_id": product.id, "company_id": company.id, "reason": reason}
                for product, company, reason in dict.fromkeys(rows)
            ]
        )
        self.env.ref("oms_addon.oms_lane_promises").sudo()._wake()

    @api.model
    def _process(self, limit=100):
        """Review promised dates, one batch of products.

        :param int limit: maximum number of rows
        :return: number of rows processed
        :rtype: int
        """
        rows = self.search([], limit=limit).try_lock_for_update()
        for company, of_company in rows.grouped("company_id").items():
            reasons = {}
            for row in of_company:
                reasons.setdefault(row.product_id, []).append(row.reason)
            self.with_company(company)._review(
                company,
                {product: "; ".join(dict.fromkeys(texts)) for product, texts in reasons.items()},
            )
        count = len(rows)
        rows.unlink()
        return count

    # === REVIEWING === #

    @api.model
    def _review(self, company, reasons):
        """Recompute the promised dates affected by a changed supply.

        :param company: company of the orders
        :param dict reasons: reason by product
        """
        products = self.env["product.product"].concat(*reasons)
        moves = self._waiting_moves(company, products)
        if not moves:
            return
        moments, unsure, never = self._moments_of(moves, products)
        lines = moves.sale_line_id
        fresh = self.env["oms.promise"]._compute_line_dates(lines, moments)
        changes = {}
        for line in lines:
            if line in unsure and line.oms_promised_at:
                continue
            change = self._change(line, fresh.get(line), line in never)
            if change:
                changes[line] = change
        self.env["oms.promise.notifier"]._promise_again(
            changes, {line: reasons[line.product_id] for line in changes}
        )

    @api.model
    def _recompute_promise(self, order, reason, only=None):
        """Recompute the promised dates of a confirmed order whose items take another route.

        :param order: one ``sale.order``
        :param str reason: the reason for display
        :param only: lines to recompute; ``None`` for all
        """
        promising = self.env["oms.promise"]
        products = promising._to_promise(order.order_line).product_id
        moves = self._waiting_moves(order.company_id, products)
        moments, unsure, never = self._moments_of(moves, products)
        lines = moves.sale_line_id.filtered(
            lambda line: (
                line.order_id == order and line not in unsure and (only is None or line in only)
            )
        )
        mine = {key: moment for key, moment in moments.items() if key[0] in lines}
        fresh = promising._compute_line_dates(lines, mine)
        changes = {}
        for line in lines:
            change = self._change(line, fresh.get(line), line in never, takes_another_way=True)
            if change:
                changes[line] = change
        self._leave_otherwise(
            order, {line: fresh[line] for line in fresh if line not in changes}, reason
        )
        self.env["oms.promise.notifier"]._promise_again(changes, dict.fromkeys(changes, reason))

    @api.model
    def _leave_otherwise(self, order, fresh, reason):
        """Change the ship date of lines whose promised date stays the same.

        :param dict fresh: the dates computed today, by order line
        """
        kept = {
            line: promise.Promise(dates.ship_before, line.oms_promised_at)
            for line, dates in fresh.items()
            if line.oms_ship_before != dates.ship_before
        }
        if not kept:
            return
        before = order._oms_day_text(order.oms_ship_before)
        self.env["oms.promise"]._write(kept)
        self.env["oms.event"]._log(
            order,
            "promise.kept",
            self.env._("Promised date unchanged, different ship date: %(why)s", why=reason),
            before=before,
            after=order._oms_day_text(order.oms_ship_before),
        )

    @api.model
    def _waiting_moves(self, company, products):
        """:return: the unshipped moves of orders that take items from stock, in serving order"""
        moves = self.env["stock.move"].search(
            [
                ("company_id", "=", company.id),
                ("product_id", "in", products.ids),
                ("state", "in", (*OPEN_STATES, "assigned")),
                ("sale_line_id", "!=", False),
                ("procure_method", "=", "make_to_stock"),
                ("move_orig_ids", "=", False),
                ("location_id.usage", "in", ("internal", "transit")),
                ("picking_type_id.warehouse_id.oms_managed", "=", True),
            ]
        )
        rank = {o: n for n, o in enumerate(moves.sale_line_id.order_id._oms_serving_order())}
        return moves.sorted(lambda m: (rank[m.sale_line_id.order_id], m.sequence, m.id))

    @api.model
    def _moments_of(self, moves, products):
        """Determine when the items of moves are available in full.

        :return: the time by (line, warehouse id), the lines waiting for overdue items, and the
            lines with items that are never available
        :rtype: tuple[dict, set, set]
        """
        served, missing = self._served(moves, products)
        now = fields.Datetime.now()
        moments, unsure, never = {}, set(), set()
        for move in moves:
            line = move.sale_line_id
            key = line, move.picking_type_id.warehouse_id.id
            if move in missing:
                never.add(line)
                continue
            rows = served.get(move, [])
            if any(row.ref and row.date <= now for row in rows):
                unsure.add(line)
            moments[key] = max([moments.get(key, now), *(row.date for row in rows)])
        return {k: m for k, m in moments.items() if k[0] not in never}, unsure, never

    @api.model
    def _served(self, moves, products):
        """Assign free stock and incoming items to waiting moves, in their order.

        :param moves: ``stock.move`` records, in serving order
        :return: the supply of each move, as ``promise.Supply`` rows, and the missing quantities
        :rtype: tuple[dict, dict]
        """
        warehouses = moves.picking_type_id.warehouse_id
        supplies = self._all_supplies(warehouses, products)
        claims = defaultdict(list)
        for move in moves:
            quantity, _wanted = self.env["oms.allocator"]._missing(move)
            claims[move.picking_type_id.warehouse_id.id, move.product_id.id].append(
                (move, quantity)
            )
        served, missing = {}, {}
        for key, of_key in claims.items():
            some, none = promise.serve(of_key, supplies[key])
            served.update(some)
            missing.update(none)
        return served, missing

    @api.model
    def _all_supplies(self, warehouses, products):
        """:return: unreserved stock and incoming items, including those needed by waiting moves, by
        (warehouse id, product id)
        """
        stock, supplies = self.env["oms.stock"], defaultdict(list)
        now = fields.Datetime.now()
        free = stock._free(warehouses, products)
        for key, quantity in stock._claimed(stock._locations(warehouses), products).items():
            free[key] += quantity
        for key, quantity in free.items():
            if quantity > 0:
                supplies[key].append(Supply(now, quantity))
        for arrival in self.env["oms.incoming"]._incoming(warehouses, products):
            supplies[arrival.warehouse_id, arrival.product_id].append(
                Supply(arrival.date, arrival.quantity, arrival.purchase_line_id or -1)
            )
        return supplies

    @api.model
    def _change(self, line, fresh, is_never, takes_another_way=False):
        """Compare a line's promised date with the one possible now.

        The date of fully reserved items may get earlier but not later, unless they take another
        route to the customer: a delay is then caused by the warehouse only.

        :return: ``(before, after)``, each a ``promise.Promise`` or ``None``; ``None`` if the
            customer's date is unchanged
        """
        before = (
            promise.Promise(line.oms_ship_before, line.oms_promised_at)
            if line.oms_promised_at
            else None
        )
        if is_never:
            return (before, None) if before else None
        if fresh is None:
            return None
        if before is None:
            return before, fresh
        zone = line.warehouse_id._oms_zone()
        was, will = (promise.local(p.arrive_before, zone).date() for p in (before, fresh))
        waits = line.move_ids.filtered(lambda m: m.state in OPEN_STATES)
        if was == will or will > was and not waits and not takes_another_way:
            return None
        return before, fresh
