from datetime import datetime, timezone

from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.tools import mute_logger

from odoo.addons.oms_addon.documents.tracking import TrackingDocument, TrackingEvent

from .common import FulfilmentCommon


def event(hour, state, number="P1", **values):
    values.setdefault("code", f"{state}-{hour}")
    return TrackingEvent(
        number=number, at=datetime(2026, 3, 1, hour, tzinfo=timezone.utc), state=state, **values
    )


class TestParcel(FulfilmentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._make_order((cls.mug, 1))
        cls._serve(cls.order)
        cls.order.picking_ids.carrier_tracking_ref = "P1"
        cls.shipper._validate(cls.order.picking_ids)
        cls.parcel = cls.order.oms_parcel_ids

    def _record(self, *events):
        return self.env["oms.parcel"]._record_events(self.company, events)

    def test_events_are_recorded_once_fault_48(self):
        scan = event(9, "in_transit")
        self.assertEqual(self._record(scan, scan)["recorded"], 1)
        answer = self._record(scan, event(10, "out_for_delivery"))
        self.assertEqual((answer["recorded"], answer["repeated"]), (1, 1))
        self.assertEqual(len(self.parcel.event_ids), 2)
        self.assertEqual(self.parcel.state, "out_for_delivery")

    def test_delivered_is_not_undone_by_a_late_scan_fault_48(self):
        self._record(event(12, "delivered"))
        self._record(event(10, "in_transit"))
        self.assertEqual(self.parcel.state, "delivered")
        self._record(event(13, "in_transit"), event(14, "exception"))
        self.assertEqual(self.parcel.state, "delivered")
        self.assertEqual(len(self.parcel.event_ids), 4)
        self.assertEqual(str(self.parcel.delivered_at), "2026-03-01 12:00:00")
        self.assertEqual(str(self.parcel.last_event_at), "2026-03-01 14:00:00")

    def test_only_a_return_undoes_delivered_fault_48(self):
        self._record(event(12, "delivered"), event(15, "returned"))
        self.assertEqual(self.parcel.state, "returned")
        self._record(event(16, "in_transit"))
        self.assertEqual(self.parcel.state, "returned")

    def test_the_order_of_arrival_does_not_matter(self):
        scans = [
            event(8, "info_received"),
            event(9, "in_transit"),
            event(10, "exception"),
            event(11, "in_transit"),
            event(12, "attempt_failed"),
            event(13, "delivered"),
        ]
        for shuffled in (scans, scans[::-1], scans[::2] + scans[1::2]):
            self.env["oms.tracking.event"].search([]).unlink()
            self.parcel.write({"state": "pending", "delivered_at": False})
            for scan in shuffled:
                self._record(scan)
            self.assertEqual(self.parcel.state, "delivered")
            self.assertEqual(str(self.parcel.delivered_at), "2026-03-01 13:00:00")

    def test_an_unknown_word_moves_nothing_and_asks_for_a_look_fault_48(self):
        self._record(event(9, "in_transit"))
        self._record(event(10, "", code="ZX81", text="Teleported"))
        self.assertEqual(self.parcel.state, "in_transit")
        self.assertIn("Teleported", self.parcel.look_reason)
        self.assertEqual(self.parcel.event_ids.sorted("at")[-1].state, "pending")
        self.parcel.action_clear_attention()
        self.assertFalse(self.parcel.look_reason)

    def test_events_of_unknown_parcels_are_told_not_lost(self):
        lost = event(9, "in_transit", number="NOBODY")
        answer = self._record(lost, event(9, "in_transit"))
        self.assertEqual(answer["unknown"], [lost])
        self.assertEqual(answer["errors"], ["NOBODY (?): no parcel has this tracking number."])
        self.assertEqual(answer["recorded"], 1)

    def test_a_number_two_carriers_use_needs_the_carrier(self):
        carriers = self.env["delivery.carrier"].create(
            [
                {"name": name, "product_id": self.env.ref("oms_addon.product_shipping").id}
                for name in ("Fast", "Slow")
            ]
        )
        fast, slow = self.env["oms.parcel"].create(
            [{"name": "77", "carrier_id": carrier.id} for carrier in carriers]
        )
        answer = self._record(event(9, "delivered", number="77"))
        self.assertEqual(len(answer["unknown"]), 1)
        self._record(event(9, "delivered", number="77", carrier="SLOW"))
        self.assertEqual((fast.state, slow.state), ("pending", "delivered"))

    def test_a_number_is_unique_with_its_carrier(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.env["oms.parcel"].create({"name": " p1"})

    def test_a_parcel_has_a_number_or_is_marked_without(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.env["oms.parcel"].create({})

    def test_the_mover_refuses_what_is_not_in_the_table(self):
        self.parcel._set_state("delivered")
        self.parcel._set_state("delivered")
        with self.assertRaisesRegex(UserError, "Delivered and cannot become In Transit"):
            self.parcel._set_state("in_transit")

    def test_marking_by_hand_is_an_event_with_a_name(self):
        self.parcel.action_mark_delivered()
        self.assertEqual(self.parcel.state, "delivered")
        self.assertEqual(self.parcel.event_ids.text, f"Recorded by {self.env.user.name}")
        self.parcel.action_mark_delivered()
        self.assertEqual(len(self.parcel.event_ids), 1)

    def test_a_message_about_a_parcel_to_come_waits_for_it(self):
        document = TrackingDocument(events=(event(9, "in_transit", number="LATER"),))
        message = self.channel._receive("tracking", "t1", document.to_json().encode())
        self.env["oms.tracking"]._import_documents(self.channel, [(message, document)])
        self.assertEqual(message.state, "parked")
        self.assertIn("LATER", message.error)
        parcel = self.env["oms.parcel"].create({"name": "LATER"})
        self.assertEqual(message.state, "pending")
        self.env["oms.tracking"]._import_documents(self.channel, [(message, document)])
        self.assertEqual((message.state, parcel.state), ("done", "in_transit"))

    def test_a_batch_of_events_is_recorded_with_few_queries(self):
        parcels = self.env["oms.parcel"].create([{"name": f"Q{n}"} for n in range(30)])
        counts = []
        for names in (parcels[:3].mapped("name"), parcels[3:].mapped("name")):
            events = [event(9, "in_transit", number=name) for name in names]
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self._record(*events)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 5)
