"""Expired lots: no longer sold or delivered, without any user action."""

import logging

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.oms_addon.documents.problems import HoldReason
from odoo.addons.oms_addon.tools.batches import in_halves
from odoo.addons.oms_addon.tools.sealed_context import sealed

_logger = logging.getLogger(__name__)

EXPIRED = """
    SELECT quant.id, quant.lot_id, quant.removal_date
    FROM oms_lot_expiry_cursor looked, stock_quant quant
    WHERE (quant.removal_date, quant.id) > (looked.moment, looked.quant_id)
      AND quant.removal_date <= %(now)s
    ORDER BY quant.removal_date, quant.id
    LIMIT %(limit)s"""


class OmsLotExpiry(models.AbstractModel):
    """Processes lots that reach their removal date, if `product_expiry` is installed.

    Their Available to Sell is recomputed. Deliveries that reserved them reserve other lots or wait;
    an exception is opened for lots already picked.
    """

    _name = "oms.lot.expiry"
    _description = "Expired Lots"

    # === BACKGROUND JOB === #

    @api.model
    def _process(self, limit=1000):
        """Process the lots whose removal date was reached since the last run.

        :param int limit: maximum number of stock rows
        :return: number of stock rows processed
        :rtype: int
        """
        if not self.env["oms.stock"]._has_dates():
            return 0
        self.env["stock.quant"].flush_model(["removal_date"])
        rows = self.env.execute_query(SQL(EXPIRED, now=self._now(), limit=limit))
        if not rows:
            return 0
        # Of two concurrent transactions the second is retried.
        quant_id, _lot_id, moment = rows[-1]
        self.env["oms.lot.expiry.cursor"]._advance(moment, quant_id)
        self._recompute(self.env["stock.lot"].browse({row[1] for row in rows if row[1]}))
        return len(rows)

    @api.model
    def _now(self):
        """:return: the latest time for which this transaction sees all reservations"""
        return min(self.env.cr.now(), fields.Datetime.now())

    @api.model
    def _recompute(self, lots):
        """Recompute Available to Sell and unreserve expired lots from deliveries.

        :param lots: ``stock.lot`` records
        """
        self.env["oms.channel.stock"]._touch(lots.product_id.ids)
        now = self._now()
        lines = self._lines(
            lots.filtered(
                lambda lot: (
                    lot.product_id.use_expiration_date
                    and lot.removal_date
                    and lot.removal_date <= now
                )
            )
        )
        if lines:
            self._unreserve(lines)

    @api.model
    def _recompute_products(self, products):
        """Process the expired lots of products whose use of expiration dates was switched on or
        off.

        :param products: ``product.product`` records
        """
        self.env["oms.channel.stock"]._touch(products.ids)
        self._recompute(
            self.env["stock.lot"].search(
                [("product_id", "in", products.ids), ("removal_date", "<=", self._now())]
            )
        )

    # === DELIVERIES === #

    @api.model
    def _lines(self, lots):
        """:return: the open move lines that deliver these lots to customers"""
        if not lots:
            return self.env["stock.move.line"]
        lines = self.env["stock.move.line"].search(
            [
                ("product_id", "in", lots.product_id.ids),
                ("lot_id", "in", lots.ids),
                ("move_id", "!=", False),
                "|",
                ("state", "=", False),
                ("state", "not in", ("done", "cancel")),
            ]
        )
        return lines.filtered(
            lambda line: (
                line.quantity
                and line.location_id._oms_guarded()
                and "customer"
                in (line.move_id.location_dest_id.usage, line.move_id.location_final_id.usage)
            )
        )

    @api.model
    def _unreserve(self, lines):
        """Unreserve lots from deliveries so that others are reserved; deliveries that have been
        started keep theirs.

        :param lines: ``stock.move.line`` records
        """
        self._lock(lines)
        started = self._started(lines)
        texts = {line: self._text(line) for line in lines}
        moves, orders = (lines - started).move_id, {}
        for line in lines:
            orders.setdefault(line.move_id.sale_line_id.order_id, []).append(line)
        stuck = self._release(lines - started)
        for line, error in stuck.items():
            texts[line] = f"{texts[line]} {error}"
        kept = started.concat(*stuck)
        self._show(orders, kept, texts)
        self.env["oms.kits"]._release_parts(moves)
        self._serve_again(moves, orders, kept, texts)

    @api.model
    def _lock(self, lines):
        """Lock deliveries, days and stock, in the same order as pick exceptions."""
        lines.picking_id._oms_lock_all()
        self.env["oms.allocation.day"]._lock_companies(lines.company_id)
        kits = self.env["oms.kits"]._lines(lines.move_id)
        places = lines.location_id | kits.move_ids.location_id
        stock = self.env["oms.stock"]
        locations = stock._locations(places.warehouse_id)
        stock._lock(
            locations.keys() | set(places.ids), (lines.product_id | kits.move_ids.product_id).ids
        )

    @api.model
    def _started(self, lines):
        """:return: the lines of deliveries that have been started"""
        started = lines.picking_id._oms_started()
        return lines.filtered(
            lambda line: line.picking_id in started or line.picked or line._oms_is_packed()
        )

    @api.model
    def _release(self, lines):
        """Delete move lines; if that fails for all together, find the ones that cannot be deleted.

        :return: the reason why a line keeps its lot, by line
        :rtype: dict
        """
        kept = {}
        lines = lines.with_context(**sealed(stock_locked=True))
        for part, _result, error in in_halves(self.env, lines, lambda part: part.unlink()):
            if error:
                _logger.warning("Line %s keeps its expired lot", part.id, exc_info=error)
                kept[part] = str(error)
        return kept

    # === EXCEPTIONS AND EVENTS === #

    @api.model
    def _text(self, line):
        """:return: the expired items of a delivery, for display"""
        return self.env._(
            "%(quantity)s × %(product)s of lot %(lot)s in %(delivery)s.",
            quantity=f"{line.quantity:g}",
            product=line.product_id.display_name,
            lot=line.lot_id.name,
            delivery=line.picking_id.name or line.move_id.reference or "",
        )

    @api.model
    def _show(self, orders, kept, texts):
        """Open exceptions for expired items that have been picked."""
        self.env["oms.hold"]._open_many(
            [
                (
                    order,
                    HoldReason(
                        code="LOT_EXPIRED",
                        message=self.env._(
                            "Past the removal date and already picked: %(goods)s",
                            goods=" ".join(texts[line] for line in of_order if line in kept),
                        ),
                    ),
                )
                for order, of_order in orders.items()
                if order and kept & kept.concat(*of_order)
            ]
        )

    @api.model
    def _serve_again(self, moves, orders, kept, texts):
        """Return orders with expired items to the queue and schedule the review of their promised
        dates.

        :param moves: ``stock.move`` records whose lots were unreserved
        """
        reported = {
            order: " ".join(texts[line] for line in of_order if line not in kept)
            for order, of_order in orders.items()
            if order
        }
        reported = {order: text for order, text in reported.items() if text}
        reason = self.env._("Past the removal date")
        self.env["oms.event"]._log(
            self.env["sale.order"].concat(*reported),
            "stock.expired",
            {order.id: f"{reason}: {text}" for order, text in reported.items()},
        )
        ours = moves.filtered("sale_line_id")
        ours.sale_line_id.oms_is_expired = True
        self.env["oms.promise.review"]._schedule(
            [(move.product_id, move.company_id, reason) for move in ours]
        )
        # Moves without an order are not in the backorder queue.
        (moves - ours)._action_assign()
        moves._oms_wake_allocator("location_id")
        self.env["sale.order"].concat(*orders)._oms_run()
