"""Stock to show on each channel, and stock shown."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.oms_addon.models.stock.before_commit import collect

#: A lower figure counted by the channel may be an order not received yet: Odoo waits this long
#: before pushing its own figure.
GRACE_SECONDS = 300


class OmsChannelStock(models.Model):
    """One row per listing and stock location of a channel.

    ``wanted`` is the available quantity, ``shown`` the last one known on the channel: pushed and
    accepted, or reported by the channel. A row is due when they differ, so a change that is
    reversed before the sync costs nothing, and many changes cost one call.
    """

    _name = "oms.channel.stock"
    _description = "Channel Stock"
    _rec_name = "listing_id"
    _order = "channel_id, listing_id, id"
    # One row per listing, written in bulk: every index and foreign key costs time.
    _log_access = False

    channel_id = fields.Many2one(
        "oms.channel", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    listing_id = fields.Many2one(
        "oms.channel.listing", required=True, readonly=True, ondelete="cascade"
    )
    location_id = fields.Many2one(
        "oms.channel.location",
        "Channel Location",
        readonly=True,
        ondelete="cascade",
        index="btree_not_null",
    )
    product_id = fields.Many2one(related="listing_id.product_id")
    wanted = fields.Integer("Available to Sell", readonly=True)
    shown = fields.Integer("Stock on the Channel", readonly=True)
    is_shown = fields.Boolean("Stock on the Channel Known", readonly=True)
    changed_at = fields.Datetime("Changed On", readonly=True)
    pushed_at = fields.Datetime("Last Sync", readonly=True)
    due_at = fields.Datetime("Retry At", readonly=True)
    doubt_until = fields.Datetime(
        "In Doubt Until",
        readonly=True,
        help="Time until which an interrupted call may still arrive and change the quantity.",
    )
    message_id = fields.Many2one(
        "oms.channel.message",
        "Outbound Message",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    tries = fields.Integer("Failed Attempts", readonly=True)
    error = fields.Char(readonly=True)
    is_due = fields.Boolean("To Sync", compute="_compute_is_due", search="_search_is_due")

    _row_uniq = models.UniqueIndex("(listing_id, COALESCE(location_id, 0))")
    _due_idx = models.Index(
        "(channel_id) WHERE message_id IS NULL AND (wanted <> shown OR NOT is_shown)"
    )

    @api.depends("wanted", "shown", "is_shown")
    def _compute_is_due(self):
        for row in self:
            row.is_due = not row.is_shown or row.wanted != row.shown

    def _search_is_due(self, operator, value):
        if operator != "in":
            return NotImplemented
        self.flush_model(["wanted", "shown", "is_shown"])
        return Domain.custom(to_sql=self._is_due_to_sql)

    @staticmethod
    def _is_due_to_sql(_model, alias, _query):
        row = SQL.identifier(alias)
        return SQL("(%s.wanted <> %s.shown OR NOT %s.is_shown)", row, row, row)

    # === CHANGES === #

    @api.model
    def _touch(self, product_ids):
        """Queue products whose stock changed; written once, before the commit.

        :param product_ids: ids of ``product.product``
        """
        collect(self, "_queue_changed", product_ids)

    @api.model
    def _queue_changed(self, product_ids):
        """Queue products whose stock changed, if any channel needs them.

        :param product_ids: ids of ``product.product``
        """
        asking = self.env["oms.availability.state"]._watching
        if not product_ids or not (self._pushing_channels(limit=1) or asking(limit=1)):
            return
        self.env["oms.stock.change"]._add(product_ids)
        self.env.ref("oms_addon.oms_lane_stock")._wake()

    @api.model
    def _touch_channels(self, channels):
        """Queue all products of channels, after changes of policy, locations and the like."""
        for channel in channels:
            self._touch(
                self.env["oms.channel.listing"]
                .search([("channel_id", "=", channel.id)])
                ._stock_products()
                .ids
            )

    @api.model
    def _pushing_channels(self, limit=None):
        """:return: the live channels with stock sync"""
        able = [
            code
            for code, name in self.env["oms.channel"]._adapters().items()
            if self.env[name]._can_push_stock
        ]
        Channel = self.env["oms.channel"]
        return Channel.search(
            Domain("state", "=", "live")
            & Domain("adapter", "in", able)
            & Channel._synced_domain("stock"),
            limit=limit,
        )

    # === BACKGROUND JOB === #

    @api.model
    def _process(self):
        """Recompute changed products and queue due rows for the channels.

        :return: number of products, messages and expired reservations
        :rtype: int
        """
        ended = (
            self.env["oms.cart.reservation"]._clean() + self.env["oms.channel.reserve"]._expire()
        )
        self.env["oms.channel"]._recompute_incoming()
        product_ids = self.env["oms.kits"]._with_kits(
            self.env["oms.stock.change"]._claim_products()
        )
        channels = self._pushing_channels()
        if product_ids:
            for channel in channels | self.env["oms.availability.state"]._watching():
                self._recompute_available(channel, product_ids, channel in channels)
        return ended + len(product_ids) + sum(self._queue(channel) for channel in channels)

    @api.model
    def _recompute_available(self, channel, product_ids, is_told):
        """Recompute the available quantities of changed products on a live channel.

        :param bool is_told: whether stock is synced to the channel
        """
        state = self.env["oms.availability.state"]
        listings = self.env["oms.channel.listing"]._of_products(channel, product_ids)
        listings._release_imported()
        products = state._products_of(channel, product_ids, listings)
        needs = listings._stock_needs() if is_told else {}
        reported, numbers = self._count(channel, needs, products.ids)
        self._update_wanted(channel, reported)
        if is_told:
            endless = {listing_id for (listing_id, _place), n in reported.items() if n is None}
            self._drop(endless | (set(listings.ids) - needs.keys()))
        state._note(channel, numbers)

    @api.model
    def _drop(self, listing_ids):
        """Delete the rows of listings without stock sync."""
        if listing_ids:
            self.search([("listing_id", "in", list(listing_ids))]).unlink()

    @api.model
    def _update_wanted(self, channel, available):
        """Store changed available quantities, with one statement.

        A new row starts with the quantity the channel last reported.
        """
        available = {key: number for key, number in available.items() if number is not None}
        if not available:
            return
        self.flush_model()
        self.env["oms.channel.listing"].flush_model(["told_quantities"])
        listing_ids, location_ids, counts = zip(
            *((l, p or None, count) for (l, p), count in available.items()), strict=True
        )
        self.env.cr.execute(
            SQL(
                """INSERT INTO oms_channel_stock AS row (channel_id, company_id, listing_id,
                       location_id, wanted, shown, is_shown, changed_at, tries)
                   SELECT %s, %s, told.listing_id, told.location_id, told.wanted,
                       COALESCE(seen.quantity, 0), seen.quantity IS NOT NULL, %s, 0
                   FROM unnest(%s::int[], %s::int[], %s::int[])
                       AS told (listing_id, location_id, wanted)
                   JOIN oms_channel_listing listing ON listing.id = told.listing_id
                   LEFT JOIN oms_channel_location place ON place.id = told.location_id
                   CROSS JOIN LATERAL (
                       SELECT (listing.told_quantities ->> COALESCE(place.ref, ''))::int
                   ) AS seen (quantity)
                   ORDER BY told.listing_id, told.location_id
                   ON CONFLICT (listing_id, COALESCE(location_id, 0)) DO UPDATE
                       SET wanted = excluded.wanted, changed_at = excluded.changed_at,
                           due_at = NULL, tries = 0
                       WHERE row.wanted <> excluded.wanted""",
                *(channel.id, channel.company_id.id, fields.Datetime.now()),
                *(list(listing_ids), list(location_ids), list(counts)),
            )
        )
        self.invalidate_model(flush=False)

    @api.model
    def _get_due_domain(self, channel):
        """:return: the domain of a channel's rows to push now"""
        return (
            Domain("channel_id", "=", channel.id)
            & Domain("message_id", "=", False)
            & Domain("is_due", "=", True)
            & (Domain("due_at", "=", False) | Domain("due_at", "<=", fields.Datetime.now()))
            & Domain("listing_id.external_ref", "!=", False)
            & Domain("listing_id.status", "!=", "deleted")
            & Domain("listing_id.state", "=", "matched")
            & Domain("listing_id.stock_mode", "not in", ("parent", "none"))
        )

    @api.model
    def _note_seen(self, channel, seen):
        """Store quantities that a channel reports: as confirmation of a sync, or as its own count.

        :param list seen: tuples (listing, location ref or '', quantity)
        """
        locations = {location.ref: location.id for location in channel.location_ids}
        rows = {
            (row.listing_id.id, row.location_id.id or False): row
            for row in self.search(
                [("listing_id", "in", [listing.id for listing, _ref, _quantity in seen])]
            )
        }
        soon = fields.Datetime.add(fields.Datetime.now(), seconds=GRACE_SECONDS)
        changed = False
        for listing, ref, quantity in seen:
            row = rows.get((listing.id, locations.get(ref, False)))
            quantity = int(quantity)
            if not row or row.message_id or row.is_shown and row.shown == quantity:
                continue
            if quantity == row.wanted and row._is_in_doubt():
                continue
            changed |= quantity != row.wanted
            row.write(
                {
                    "shown": quantity,
                    "is_shown": True,
                    # A lower count is most likely an order not received yet. A negative count is
                    # corrected without waiting.
                    "due_at": soon if 0 <= quantity < row.wanted else False,
                }
            )
        if changed:
            # Run now for due rows, and again when the waiting time of the others ends.
            lane = self.env.ref("oms_addon.oms_lane_stock").sudo()
            lane._wake()
            for cron in lane.cron_ids:
                cron._trigger(at=soon)
