"""Lots whose time is over: sold and delivered no more, without anybody's doing."""

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
    """Looks at lots when their removal date comes, where `product_expiry` is installed.

    What can be sold of their items is counted again. Deliveries that were to take them take
    others or wait; of what somebody has in hands already a person decides.
    """

    _name = "oms.lot.expiry"
    _description = "Expired Lots"

    # === THE LANE === #

    @api.model
    def _process(self, limit=1000):
        """Look at the lots whose removal date came since the last time.

        :param int limit: how many stock rows at most
        :return: how many stock rows were looked at
        :rtype: int
        """
        if not self.env["oms.stock"]._has_dates():
            return 0
        self.env["stock.quant"].flush_model(["removal_date"])
        rows = self.env.execute_query(SQL(EXPIRED, now=self._now(), limit=limit))
        if not rows:
            return 0
        # Of two that look at once the second begins again.
        quant_id, _lot_id, moment = rows[-1]
        self.env["oms.lot.expiry.cursor"]._advance(moment, quant_id)
        self._recompute(self.env["stock.lot"].browse({row[1] for row in rows if row[1]}))
        return len(rows)

    @api.model
    def _now(self):
        """:return: the moment up to which a transaction sees all that was reserved"""
        return min(self.env.cr.now(), fields.Datetime.now())

    @api.model
    def _recompute(self, lots):
        """Have what can be sold counted again, and take deliveries off lots that are too old.

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
        """Look at what is too old of products, of which lots have dates from now on, or none.

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
        """:return: the open lines that are to bring items of lots to customers"""
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
        """Give back lots that deliveries have reserved, so that others are taken; nobody's work
        is undone.

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
        """Take the locks of deliveries, days and stock, in the order of whoever rejects items."""
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
        """:return: the lines of deliveries that somebody works on"""
        started = lines.picking_id._oms_started()
        return lines.filtered(
            lambda line: line.picking_id in started or line.picked or line._oms_is_packed()
        )

    @api.model
    def _release(self, lines):
        """Give back what lines have reserved; when together fails, find out which cannot.

        :return: why a line keeps its lot, by line
        :rtype: dict
        """
        kept = {}
        lines = lines.with_context(**sealed(stock_locked=True))
        for part, _result, error in in_halves(self.env, lines, lambda part: part.unlink()):
            if error:
                _logger.warning("Line %s keeps its expired lot", part.id, exc_info=error)
                kept[part] = str(error)
        return kept

    # === WORDS === #

    @api.model
    def _text(self, line):
        """:return: which items of which delivery are too old"""
        return self.env._(
            "%(quantity)s × %(product)s of lot %(lot)s in %(delivery)s.",
            quantity=f"{line.quantity:g}",
            product=line.product_id.display_name,
            lot=line.lot_id.name,
            delivery=line.picking_id.name or line.move_id.reference or "",
        )

    @api.model
    def _show(self, orders, kept, texts):
        """Ask a person about items that are too old and in somebody's hands."""
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
        """Put orders whose items are too old back into the queue, and look at their promises.

        :param moves: ``stock.move`` records that gave items back
        """
        told = {
            order: " ".join(texts[line] for line in of_order if line not in kept)
            for order, of_order in orders.items()
            if order
        }
        told = {order: text for order, text in told.items() if text}
        reason = self.env._("Past the removal date")
        self.env["oms.event"]._log(
            self.env["sale.order"].concat(*told),
            "stock.expired",
            {order.id: f"{reason}: {text}" for order, text in told.items()},
        )
        ours = moves.filtered("sale_line_id")
        ours.sale_line_id.oms_is_expired = True
        self.env["oms.promise.review"]._ask(
            [(move.product_id, move.company_id, reason) for move in ours]
        )
        # What no order is for, no queue serves.
        (moves - ours)._action_assign()
        moves._oms_wake_allocator("location_id")
        self.env["sale.order"].concat(*orders)._oms_run()
