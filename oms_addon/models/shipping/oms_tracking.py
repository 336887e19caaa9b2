"""Tracking events, whatever way they came, onto the parcels they are about."""

from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.oms_addon.documents.problems import HoldReason


class OmsTracking(models.AbstractModel):
    """Records events in bulk.

    A scan is recorded once. The state of a parcel is what its scans say in the order in
    which they *happened*, so it does not matter in which order they came.
    """

    _name = "oms.tracking"
    _description = "Tracking"

    @api.model
    def _record_events(self, company, events):
        """Record events, move their parcels, take their orders along.

        :param company: the company whose parcels they are about
        :param events: ``TrackingEvent`` iterable
        :return: ``recorded`` and ``repeated`` counts, ``errors``: sentences about events of
            parcels nobody knows, and ``unknown``: those events
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
        """Apply tracking documents that came through the inbox.

        Events of parcels nobody knows keep their message waiting until the parcels are made.

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
        """:return: the problem of a message about parcels nobody knows"""
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
        """Let messages go that waited for parcels which are there now.

        :param parcels: ``oms.parcel`` records that are new
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
    def _record_by_hand(self, parcels, state):
        """Record that a person knows what happened.

        :param str state: what happened
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
        """:return: the parcel of each event whose number and carrier name just one
        :rtype: dict
        """
        key_of = self.env["oms.parcel"]._key
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
        """:return: whether a name means a carrier: its name or its kind"""
        name = (name or "").strip().casefold()
        carrier = carrier.sudo()
        return name in {(carrier.name or "").casefold(), (carrier.delivery_type or "").casefold()}

    # === WRITING === #

    @api.model
    def _insert(self, known):
        """Insert the events that are new.

        :param list known: pairs (parcel, event)
        :return: the parcel id of every event that was new
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
        """Insert events with one statement; those that are there are left alone."""
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
        """Give parcels the state and dates their events say, all told.

        :param list known: pairs (parcel, event) that just came, to find the unclear ones
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
        """:return: (time, state) of all events of parcels, as they happened, by parcel id"""
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
        """:return: the dates a parcel has by its events"""
        values = {}
        if scans:
            values["last_event_at"] = scans[-1][0]
        arrived = [at for at, state in scans if state == "delivered"]
        if arrived and parcel.state in ("delivered", "returned"):
            values["delivered_at"] = arrived[0]
        return values

    @api.model
    def _flag_unclear(self, known):
        """Ask for a look at parcels of which a carrier said something nobody knows."""
        for parcel, event in known:
            if event.state == "pending" and not getattr(event, "is_known", False):
                parcel.sudo().look_reason = self.env._(
                    "The carrier reported the unknown status “%(words)s”. Check the parcel with "
                    "the carrier.",
                    words=event.text or event.code or event.state,
                )

    @api.model
    def _log(self, parcels):
        """Tell what became of parcels on their orders."""
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
