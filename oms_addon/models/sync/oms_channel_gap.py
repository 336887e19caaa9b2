"""Reconciliation: compares the channel's orders with Odoo's and fetches missing ones."""

from datetime import timezone

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date, format_datetime

from odoo.addons.oms_addon.tools.sealed_context import sealed

#: maximum pages of one period, orders fetched per call, names shown in a sentence
MAX_PAGES = 400
CHUNK = 50
MAX_NAMED = 10


class OmsChannelGap(models.Model):
    """A period in which the channel's orders were compared with those in Odoo."""

    _name = "oms.channel.gap"
    _description = "Reconciliation"
    _inherit = ["oms.state.mixin"]
    _order = "date_from desc, id desc"
    _check_company_auto = True
    _rec_name = "text"

    # A check can be repeated from any state.
    _TRANSITIONS = {
        "draft": ("listing", "failed"),
        "listing": ("even", "gap", "failed"),
        "even": ("listing", "failed"),
        "gap": ("listing", "failed"),
        "failed": ("listing",),
    }

    channel_id = fields.Many2one("oms.channel", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="channel_id.company_id", store=True, index=True)
    date_from = fields.Datetime("Start Date", required=True)
    date_to = fields.Datetime("End Date", required=True)
    day = fields.Date(
        readonly=True,
        help="Day in the time zone of the channel's company, for nightly reconciliations.",
    )
    state = fields.Selection(
        [
            ("draft", "To Check"),
            ("listing", "Fetching Orders"),
            ("even", "Complete"),
            ("gap", "Missing Orders"),
            ("failed", "Failed"),
        ],
        default="draft",
        required=True,
        readonly=True,
    )
    theirs_count = fields.Integer("Orders on the Channel", readonly=True)
    ours_count = fields.Integer("Orders in Odoo", readonly=True)
    fetched_count = fields.Integer("Fetched", readonly=True)
    missing_refs = fields.Text("Missing", readonly=True, help="Channel order IDs, one per line.")
    text = fields.Char("Result", readonly=True)
    checked_at = fields.Datetime("Checked On", readonly=True)
    cursor = fields.Char(readonly=True)
    listed_refs = fields.Json(readonly=True)

    _window_order = models.Constraint(
        "CHECK (date_from < date_to)", "The end date must be after the start date."
    )

    # === ACTION METHODS === #

    def action_check(self):
        """Run the check now and show the result."""
        self.ensure_one()
        self.check_access("write")
        self = self.sudo()
        self.channel_id._check_gaps(self)
        return self.action_open()

    def action_open(self):
        """Show a check in a dialog."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reconciliation"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    # === CRUD METHODS === #

    @api.autovacuum
    def _gc_checked(self):
        """Delete checks older than the retention period."""
        limit = self.env["oms.retention"]._limit("inbound")
        if limit:
            self.search([("date_to", "<", limit)], limit=10000).unlink()

    # === BUSINESS METHODS === #

    def _compare(self):
        """List the channel's orders of the period and fetch those missing in Odoo.

        If the rate limit ends the run, the pages listed so far are kept for the next one.

        :raise UserError: when the channel returns too many pages of orders
        """
        self.ensure_one()
        self._list()
        theirs = list(dict.fromkeys(self.listed_refs or []))
        missing = self._missing(theirs)
        names, fetched = self._fetch_missing(missing)
        deleted = self._hold_deleted(theirs)
        changed = self._compare_content(theirs)
        self._set_state(
            "gap" if missing else "even",
            theirs_count=len(theirs),
            ours_count=len(theirs) - len(missing),
            fetched_count=fetched,
            missing_refs="\n".join(missing) or False,
            checked_at=fields.Datetime.now(),
            cursor=False,
            listed_refs=False,
            text=self._with_changed(
                self._result_text(len(theirs), missing, names, deleted), changed
            ),
        )

    def _list(self):
        """Fetch the channel's order ids page by page, continuing where the listing stopped."""
        channel, adapter = self.channel_id, self.channel_id._adapter()
        self._set_state("listing", cursor=False, listed_refs=[])
        for _page in range(MAX_PAGES):
            with self.env.cr.savepoint():
                refs, cursor = adapter._list_orders(
                    channel,
                    self.date_from.replace(tzinfo=timezone.utc),
                    self.date_to.replace(tzinfo=timezone.utc),
                    self.cursor or None,
                )
            self.write(
                {"listed_refs": [*(self.listed_refs or []), *refs], "cursor": cursor or False}
            )
            if not cursor:
                return
        raise UserError(
            self.env._(
                "There are more than %(pages)s pages of orders. Reconcile a shorter period.",
                pages=MAX_PAGES,
            )
        )

    def _missing(self, refs):
        """:return: the channel's order ids that have neither an order nor a message in Odoo, in any
        state; one statement
        """
        self.env["sale.order"].flush_model(["oms_channel_id", "oms_order_ref"])
        self.env["oms.channel.message"].flush_model(["channel_id", "order_ref", "waits_for"])
        rows = self.env.execute_query(
            SQL(
                """SELECT theirs.ref
                   FROM unnest(%(refs)s::varchar[]) WITH ORDINALITY AS theirs (ref, place)
                   WHERE NOT EXISTS (
                       SELECT FROM sale_order
                       WHERE oms_channel_id = %(channel)s AND oms_order_ref = theirs.ref)
                   AND NOT EXISTS (
                       SELECT FROM oms_channel_message
                       WHERE channel_id = %(channel)s AND order_ref = theirs.ref
                         AND direction = 'in' AND waits_for IS NULL)
                   ORDER BY theirs.place""",
                refs=refs,
                channel=self.channel_id.id,
            )
        )
        return [ref for (ref,) in rows]

    def _fetch_missing(self, refs):
        """Fetch orders into the inbox.

        :return: the order numbers for display, by the channel's id, and how many orders were
            fetched
        :rtype: tuple[dict, int]
        """
        channel, adapter = self.channel_id, self.channel_id._adapter()
        names = {}
        for position in range(0, len(refs), CHUNK):
            with self.env.cr.savepoint():
                events = adapter._fetch_orders(channel, refs[position : position + CHUNK])
                if events:
                    channel.with_context(**sealed(via="gap"))._receive_many(events)
            names.update({event[3]: channel._name_of(event) for event in events})
        return names, len(names.keys() & set(refs))

    def _result_text(self, theirs, missing, names, deleted):
        """:return: the result for display"""
        text = self._missing_text(theirs, missing, names)
        if not deleted:
            return text
        return self.env._(
            "%(result)s Deleted on the channel and on hold: %(orders)s.",
            result=text,
            orders=", ".join(deleted[:MAX_NAMED].mapped("oms_order_number")),
        )

    def _missing_text(self, theirs, missing, names):
        """:return: the orders that are on the channel and not in Odoo, for display"""
        values = {"window": self._window_text(), "theirs": theirs, "ours": theirs - len(missing)}
        if not missing:
            return self.env._("%(window)s: %(theirs)s on the channel, all in Odoo.", **values)
        shown = ", ".join(names.get(ref, ref) for ref in missing[:MAX_NAMED])
        if len(missing) > MAX_NAMED:
            shown = self.env._("%(names)s and more", names=shown)
        values["names"] = shown
        left = len(missing) - len(names.keys() & set(missing))
        if not left:
            return self.env._(
                "%(window)s: %(theirs)s on the channel, %(ours)s in Odoo; fetched: %(names)s.",
                **values,
            )
        return self.env._(
            "%(window)s: %(theirs)s on the channel, %(ours)s in Odoo; missing: %(names)s. The "
            "channel did not return %(left)s of them.",
            left=left,
            **values,
        )

    def _window_text(self):
        """:return: the period for display"""
        if self.day:
            return format_date(self.env, self.day)
        start, end = (
            format_datetime(self.env, moment, tz=self.channel_id._zone().key, dt_format="short")
            for moment in (self.date_from, self.date_to)
        )
        return f"{start} – {end}"

    def _bar(self):
        """:return: the orders of a day for display"""
        return {
            "label": format_date(self.env, self.day, date_format="d MMM"),
            "theirs": self.theirs_count,
            "ours": self.ours_count,
            "text": self.text,
        }
