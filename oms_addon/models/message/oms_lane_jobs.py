"""One batch of each background job, and the number of records waiting for it."""

from odoo import api, models


class OmsLane(models.Model):
    _inherit = "oms.lane"

    # === ORDERS === #

    @api.model
    def _run_fetch(self, run):
        return self.env["oms.channel"]._run_fetch()

    @api.model
    def _count_fetch(self):
        Channel = self.env["oms.channel"]
        return Channel.search_count(Channel._get_fetch_domain())

    @api.model
    def _run_inbox(self, run):
        return self.env["oms.channel.message"]._process_inbox()

    @api.model
    def _count_inbox(self):
        return self._count_messages("in")

    @api.model
    def _run_orders(self, run):
        return self.env["oms.order.flow"]._process("orders")

    @api.model
    def _count_orders(self):
        return self._count_running("orders")

    @api.model
    def _run_fulfilment(self, run):
        """Advance orders; when none is left, process partial deliveries that wait for items."""
        return (
            self.env["oms.order.flow"]._process("fulfilment")
            or self.env["oms.combined.shipment"]._part_blocked()
        )

    @api.model
    def _count_fulfilment(self):
        return self._count_running("fulfilment")

    @api.model
    def _count_running(self, code):
        """:return: the number of orders at a step of a background job"""
        lanes = self.env["oms.order.flow"]._lanes()
        steps = [step for step, of_lane in lanes.items() if of_lane == code]
        return self.env["sale.order"].search_count(
            [("oms_cursor", "in", steps), ("oms_status", "=", "running")]
        )

    # === STOCK === #

    @api.model
    def _run_allocator(self, run):
        return self.env["oms.backorder"]._serve_backorders()

    @api.model
    def _run_stock(self, run):
        """Queue changed stock and prices for the channels, after processing expired lots."""
        expired = self.env["oms.lot.expiry"]._process()
        if expired:
            # Commit first, so that its locks are not held while Available to Sell is computed.
            return expired
        return self.env["oms.channel.stock"]._process() + self.env["oms.channel.price"]._process()

    @api.model
    def _run_check(self, run):
        return self.env["oms.stock.check"]._process()

    @api.model
    def _run_promises(self, run):
        return self.env["oms.promise.review"]._process()

    @api.model
    def _count_promises(self):
        return self.env["oms.promise.review"].search_count([])

    @api.model
    def _run_sample(self, run):
        """Pick, pack, ship and deliver the orders of the sample warehouse."""
        warehouse = self.env["oms.sample.warehouse"]
        return warehouse._process() + warehouse._carry()

    # === CHANNELS === #

    @api.model
    def _run_outbox(self, run):
        return self.env["oms.channel.message"]._process_outbox(run)

    @api.model
    def _count_outbox(self):
        return self._count_messages("out")

    @api.model
    def _count_messages(self, direction):
        """:return: the number of messages of a direction that can be processed now"""
        Message = self.env["oms.channel.message"]
        return Message.search_count(Message._get_todo_domain(direction))

    @api.model
    def _run_care(self, run):
        """Check the channels, then verify tax numbers: each calls an external server."""
        return self.env["oms.channel"]._run_care() or self.env["oms.customer.creator"]._verify_one()

    @api.model
    def _count_care(self):
        Channel = self.env["oms.channel"]
        return Channel.search_count(
            Channel._get_care_domain() | Channel._get_gap_domain()
        ) + self.env["res.partner"].search_count([("oms_is_vies_due", "=", True)])

    @api.model
    def _run_backfill(self, run):
        return self.env["oms.channel.backfill"]._process()

    @api.model
    def _count_backfill(self):
        Backfill = self.env["oms.channel.backfill"]
        return Backfill.search_count(Backfill._get_todo_domain())

    @api.model
    def _run_listings(self, run):
        return self.env["oms.channel"]._run_listings()

    @api.model
    def _count_listings(self):
        Channel = self.env["oms.channel"]
        return Channel.search_count(Channel._get_listings_domain())

    # === PAYMENTS AND HISTORY === #

    @api.model
    def _run_receipts(self, run):
        return self.env["oms.invoice.poster"]._send_receipts()

    @api.model
    def _run_slow(self, run):
        """Seal the audit trail, cancel expired orders that are unpaid or unserved, book payments
        outside the order flow, and delete secrets of abandoned wizards.
        """
        left = self.env["oms.channel.connect"]._forget_left_secrets()
        booked = self.env["oms.payment.collector"]._book_left()
        late = self.env["oms.allocation.expiry"]._expire_unserved()
        unpaid = self.env["oms.order.expiry"]._expire_unpaid()
        return self.env["oms.event"]._seal() + unpaid + (booked or 0) + late + left
