"""Tracking events and the parcels they belong to."""

from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.oms_addon.documents.problems import HoldReason


class OmsTracking(models.AbstractModel):
    """Records tracking events in bulk.

    Each scan is recorded once. The state of a parcel is computed from its scans in the order
    in which they *happened*, regardless of the order in which they are received.
    """

    _name = "oms.tracking"
    _description = "Tracking"

    @api.model
    def _record_events(self, company, events):
        """Record events, update their parcels and continue their orders.

        :param company: the company of the parcels
        :param events: ``TrackingEvent`` iterable
        :return: ``recorded`` and ``repeated`` counts, ``unknown``: the events without a parcel,
            and ``errors``: sentences about them
        :rtype: dict
        """
        events = list(events)
        parcels = self._find_parcels(company, events)
        known = [(parcels[event], event) for event in events if event in parcels]
        unknown = [event for event in events if event not in parcels]
        ids = self._insert(known)
        changed = self._recompute_parcels(self.env["oms.parcel"].browse(ids), known)
        changed.order_ids.sudo()._oms_run()
        return {
            "recorded": len(ids),
            "repeated": len(known) - len(ids),
            "unknown": unknown,
            "errors": [
                self.env._(
                    "%(number)s (%(carrier)s): no parcel has this tracking number.",
                    number=event.number,
                    carrier=event.carrier or "?",
                )
                for event in unknown
            ],
        }

    @api.model
    def _import_documents(self, channel, run):
        """Apply tracking documents from the inbox.

        Messages about unknown parcels are put on hold until the parcels are created.

        :param channel: the channel that sent them
        :param list run: pairs (message, ``TrackingDocument``), oldest first
        """
        events = [event for _message, document in run for event in document.events]
        answer = self._record_events(channel.company_id, events)
        unknown = set(answer["unknown"])
        for message, document in run:
            numbers = {event.number for event in document.events if event in unknown}
            if numbers:
                message._park([self._unknown_problem(numbers)])
            else:
                message._set_state(
                    "done",
                    self.env._("%(count)s tracking events recorded.", count=len(document.events)),
                )

    @api.model
    def _unknown_problem(self, numbers):
        """:return: the problem of a message about unknown parcels"""
        return HoldReason(
            code="UNKNOWN_TRACKING",
            message=self.env._(
                "No parcel has tracking number %(numbers)s. The message waits for a matching "
                "parcel.",
                numbers=", ".join(sorted(numbers)),
            ),
        )

    @api.model
    def _release_waiting(self, parcels):
        """Retry the tracking messages on hold after parcels were created.

        :param parcels: the new ``oms.parcel`` records
        """
        self.env["oms.channel.message"].sudo().search(
            [
                ("direction", "=", "in"),
                ("topic", "=", "tracking"),
                ("state", "=", "parked"),
                ("company_id", "in", parcels.company_id.ids),
            ]
        )._requeue(self.env._("New parcels were created."))

    @api.model
    def _record_manually(self, parcels, state):
        """Record a state that a user entered manually.

        :param str state: the new state
        """
        parcels.check_access("write")
        now = fields.Datetime.now()
        text = self.env._("Recorded by %(user)s", user=self.env.user.name)
        rows = [(parcel, now, f"manual:{state}", state, text, None) for parcel in parcels]
        self._insert_rows(rows)
        changed = self._recompute_parcels(parcels, [])
        changed.order_ids.sudo()._oms_run()

    # === MATCHING === #

    @api.model
    def _find_parcels(self, company, events):
        """:return: the parcel of each event whose number and carrier match exactly one
        :rtype: dict
        """
        key_of = self.env["oms.parcel"]._normalize_number
        by_number = defaultdict(self.env["oms.parcel"].browse)
        for parcel in self.env["oms.parcel"].search(
            [
                ("company_id", "=", company.id),
                ("number_key", "in", list({key_of(event.number) for event in events} - {""})),
            ]
        ):
            by_number[parcel.number_key] |= parcel
        found = {}
        for event in events:
            parcels = by_number[key_of(event.number)]
            same = parcels.filtered(lambda p, e=event: self._is_carrier(p.carrier_id, e.carrier))
            match = same if len(same) == 1 else parcels
            if len(match) == 1:
                found[event] = match
        return found

    @api.model
    def _is_carrier(self, carrier, name):
        """:return: whether a name equals the carrier's name or provider code"""
        name = (name or "").strip().casefold()
        carrier = carrier.sudo()
        return name in {(carrier.name or "").casefold(), (carrier.delivery_type or "").casefold()}

    # === WRITING === #

    @api.model
    def _insert(self, known):
        """Insert the events that are not recorded yet.

        :param list known: pairs (parcel, event)
        :return: the parcel id of each inserted event
        :rtype: list[int]
        """
        return self._insert_rows(
            [
                (
                    parcel,
                    event.at.replace(tzinfo=None, microsecond=0),
                    event.code or event.state,
                    event.state,
                    event.text or None,
                    event.location or None,
                )
                for parcel, event in known
            ]
        )

    @api.model
    def _insert_rows(self, rows):
        """Insert events in one statement, ignoring those already recorded."""
        if not rows:
            return []
        now, uid = fields.Datetime.now(), self.env.uid
        self.env.cr.execute(
            SQL(
                """INSERT INTO oms_tracking_event (parcel_id, company_id, at, code, state, text,
                       location, create_uid, create_date, write_uid, write_date) VALUES %s
                   ON CONFLICT (parcel_id, at, COALESCE(code, '')) DO NOTHING
                   RETURNING parcel_id""",
                SQL(", ").join(
                    SQL(
                        "(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
                        *(parcel.id, parcel.company_id.id, *values, uid, now, uid, now),
                    )
                    for parcel, *values in rows
                ),
            )
        )
        self.env["oms.parcel"].invalidate_model(["event_ids"], flush=False)
        return [row[0] for row in self.env.cr.fetchall()]

    @api.model
    def _recompute_parcels(self, parcels, known):
        """Recompute the state and dates of parcels from all their events.

        :param list known: new pairs (parcel, event), checked for unknown statuses
        :return: the parcels whose state changed
        """
        parcels = parcels.browse(dict.fromkeys(parcels.ids))
        history = self._history(parcels)
        changed = self.env["oms.parcel"]
        for parcel in parcels:
            scans = history.get(parcel.id, [])
            state = parcel._state_after([scan[1] for scan in scans])
            if state != parcel.state and state in parcel._TRANSITIONS[parcel.state]:
                parcel._set_state(state)
                changed |= parcel
            parcel.sudo().write(self._prepare_dates(parcel, scans))
        self._flag_unclear(known)
        self._log(changed)
        return changed

    @api.model
    def _history(self, parcels):
        """:return: (time, state) of all events by parcel id, in chronological order"""
        rank = {
            state: place for place, (state, _label) in enumerate(parcels._fields["state"].selection)
        }
        history = defaultdict(list)
        for event in self.env["oms.tracking.event"].search_fetch(
            [("parcel_id", "in", parcels.ids)], ["parcel_id", "at", "state"]
        ):
            history[event.parcel_id.id].append((event.at, event.state))
        for scans in history.values():
            scans.sort(key=lambda scan: (scan[0], rank[scan[1]]))
        return history

    @api.model
    def _prepare_dates(self, parcel, scans):
        """:return: the date values of a parcel from its events"""
        values = {}
        if scans:
            values["last_event_at"] = scans[-1][0]
        arrived = [at for at, state in scans if state == "delivered"]
        if arrived and parcel.state in ("delivered", "returned"):
            values["delivered_at"] = arrived[0]
        return values

    @api.model
    def _flag_unclear(self, known):
        """Set Needs Attention on parcels with a carrier status that is unknown."""
        for parcel, event in known:
            if event.state == "pending" and not getattr(event, "is_known", False):
                parcel.sudo().look_reason = self.env._(
                    "The carrier reported the unknown status “%(words)s”. Check the parcel with "
                    "the carrier.",
                    words=event.text or event.code or event.state,
                )

    @api.model
    def _log(self, parcels):
        """Log the new states of parcels on their orders."""
        labels = dict(self.env["oms.parcel"]._fields["state"]._description_selection(self.env))
        for state, of_state in parcels.grouped("state").items():
            texts = {
                order.id: self.env._(
                    "Parcel %(parcel)s: %(state)s", parcel=p.display_name, state=labels[state]
                )
                for p in of_state
                for order in p.order_ids
            }
            orders = of_state.order_ids
            if orders:
                self.env["oms.event"]._log(orders, f"parcel.{state}", texts)
