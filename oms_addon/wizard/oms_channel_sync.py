"""Wizard: preview what a stock or price sync would change on a channel, and approve it."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import format_amount

#: maximum number of lines shown, largest changes first; totals include all lines
MOST_LINES = 2000
#: seconds that fetching listings may take while a user waits
FETCH_SECONDS = 20


class OmsChannelSync(models.TransientModel):
    """For each listing: the value on the channel, in Odoo, and after the sync. Nothing is pushed
    before a user approves it.
    """

    _name = "oms.channel.sync"
    _inherit = "oms.wizard"
    _description = "Sync Preview"

    channel_id = fields.Many2one("oms.channel", required=True, readonly=True, ondelete="cascade")
    kind = fields.Selection([("stock", "Stock"), ("price", "Prices")], required=True, readonly=True)
    is_on = fields.Boolean(compute="_compute_is_on")
    is_complete = fields.Boolean(readonly=True)
    problem = fields.Char(readonly=True)
    line_ids = fields.One2many("oms.channel.sync.line", "sync_id", readonly=True)
    listing_count = fields.Integer("Listings", readonly=True)
    change_count = fields.Integer("Will Change", readonly=True)
    zero_count = fields.Integer("Will Drop to 0", readonly=True)
    unknown_count = fields.Integer("Unknown on the Channel", readonly=True)
    skipped_count = fields.Integer("Not Synced", readonly=True)
    on_channel_total = fields.Float("Total on the Channel", readonly=True)
    in_odoo_total = fields.Float("Total in Odoo", readonly=True)
    will_become_total = fields.Float("New Total", readonly=True)

    @api.depends(
        "channel_id.push_stock",
        "channel_id.push_price",
        "channel_id.stock_agreed_at",
        "channel_id.price_agreed_at",
        "kind",
    )
    def _compute_is_on(self):
        for sync in self:
            sync.is_on = sync.channel_id._is_synced(sync.kind)

    # === ACTION METHODS === #

    def action_refresh(self):
        """Fetch the channel's listings and compare again."""
        self.ensure_one()
        self._check_records()
        self.channel_id.check_access("write")
        self._fetch()
        self._fill()
        return self._reopen()

    def action_agree(self):
        """Approve the preview and start the sync."""
        self.ensure_one()
        self._check_records()
        self._agree()
        return {"type": "ir.actions.act_window_close"}

    # === BUSINESS METHODS === #

    @api.model
    def _open(self, channel, kind):
        """:return: an empty preview of a channel, see ``_fill``"""
        self.check_access("create")
        channel.check_access("read")
        return self.sudo().create({"channel_id": channel.id, "kind": kind}).sudo(False)

    def _fetch(self):
        """Fetch the channel's listings, for at most ``FETCH_SECONDS``."""
        channel = self.channel_id._checked()
        problem = False
        if channel.can_fetch_listings:
            _count, problem = channel._fetch_all_listings(FETCH_SECONDS)
        self.sudo().problem = problem

    def _agree(self):
        """Start the sync that the user approved.

        :raise UserError: when the listings are not fetched completely
        """
        self.ensure_one()
        channel = self.channel_id._checked()
        if not self.is_complete:
            raise UserError(
                self.env._(
                    "The listings of %(channel)s are not fully fetched yet. Refresh the "
                    "preview, then approve it.",
                    channel=channel.name,
                )
            )
        channel._approve_sync(self.kind)
        if self.kind == "stock":
            channel._resolve_alert("stock_guard")
            self.env.ref("oms_addon.oms_lane_stock").sudo()._wake()
            text = self.env._(
                "Stock sync approved: %(changes)s of %(count)s listings change, %(zeros)s drop "
                "to 0",
                **self._figures(),
            )
        else:
            channel.prices_checked_at = False
            text = self.env._(
                "Price sync approved: %(changes)s of %(count)s listings change", **self._figures()
            )
        self.env["oms.event"]._log(channel, f"channel.sync_{self.kind}", text)

    def _figures(self):
        return {
            "changes": self.change_count,
            "count": self.listing_count,
            "zeros": self.zero_count,
        }

    def _fill(self):
        """Compare every listing of the channel; store the lines and their totals."""
        self.ensure_one()
        channel = self.channel_id
        listings = self.env["oms.channel.listing"].search(
            Domain("channel_id", "=", channel.id)
            & Domain("external_ref", "!=", False)
            & Domain("status", "!=", "deleted")
            & Domain("state", "!=", "ignored")
        )
        lines = getattr(self, f"_{self.kind}_lines")(listings)
        lines.sort(key=lambda line: line["rank"])
        of_kind = [line for line in lines if not line["is_skipped"]]
        self.sudo().write(
            {
                "line_ids": [
                    Command.clear(),
                    *[Command.create(self._prepare_line(line)) for line in lines[:MOST_LINES]],
                ],
                # Listings may be missing until all were fetched once.
                "is_complete": not channel.can_fetch_listings
                or bool(channel.listings_fetched_at and not channel.listing_cursor),
                "listing_count": len(listings),
                "change_count": sum(line["is_change"] for line in of_kind),
                "zero_count": sum(line["is_zero"] for line in of_kind),
                "unknown_count": sum(line["there"] is None for line in of_kind),
                "skipped_count": len(lines) - len(of_kind),
                "on_channel_total": sum(line["there"] or 0 for line in of_kind),
                "in_odoo_total": sum(line["here"] or 0 for line in of_kind),
                "will_become_total": sum(line["then"] or 0 for line in of_kind),
            }
        )

    def _prepare_line(self, line):
        """:return: the values to create a line"""
        shown = {
            name: self._shown(line[key], line["currency"])
            for name, key in (("on_channel", "there"), ("in_odoo", "here"), ("will_become", "then"))
        }
        return {
            "listing_id": line["listing"].id,
            "location_id": line["location"].id,
            "note": line["note"],
            "is_skipped": line["is_skipped"],
            "is_change": line["is_change"],
            "is_zero": line["is_zero"],
            **shown,
        }

    def _shown(self, number, currency):
        """:return: a formatted quantity or price; '' for ``None``"""
        if number is None:
            return ""
        return format_amount(self.env, number, currency) if currency else f"{number:g}"

    @api.model
    def _compared(self, listing, there, here, then, note=False, location=None, currency=None):
        """:return: a compared line; ``there``, ``here`` and ``then`` are the figures on the
        channel, in Odoo and after the sync, ``None`` when unknown or not synced
        """
        is_skipped = then is None
        is_change = not is_skipped and (there is None or there != then)
        is_zero = not is_skipped and not then and there != 0
        if is_skipped:
            rank = 3
        elif is_zero:
            rank = 0
        else:
            rank = 1 if is_change else 2
        return {
            "listing": listing,
            "location": location or self.env["oms.channel.location"],
            "currency": currency,
            "there": there,
            "here": here,
            "then": then,
            "note": note,
            "is_skipped": is_skipped,
            "is_change": is_change,
            "is_zero": is_zero,
            "rank": (rank, -abs((there or 0) - (then or 0)), listing.id),
        }

    # === HELPERS === #

    def _reopen(self):
        """:return: the action that opens the preview"""
        self.ensure_one()
        names = {"stock": self.env._("Sync Stock"), "price": self.env._("Sync Prices")}
        return {
            "type": "ir.actions.act_window",
            "name": names[self.kind],
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {**self.env.context, "dialog_size": "extra-large"},
        }
