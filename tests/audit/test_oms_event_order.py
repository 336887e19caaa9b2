"""The audit trail names the order an event is about, or nothing."""

from ..common import OmsCommon


class TestOmsEventOrder(OmsCommon):
    def test_an_event_without_an_order_has_an_empty_order(self):
        message = self.channel._receive("listings", "e-1", b"{}")
        self.env["oms.event"]._log(message, "test.event", "Something happened.")
        order = self._capture(self._document("E-1"))
        self.env["oms.event"]._log(order.picking_ids, "test.event", "Something happened.")
        events = self.env["oms.event"].search([("code", "=", "test.event")], order="id")
        self.assertEqual(events.mapped("order_ref"), [False] * len(events))

    def test_an_event_of_an_exception_names_its_order(self):
        self.env["oms.hold.rule"].create({"name": "Look first", "domain": "[]"})
        order = self._capture(self._document("E-2"))
        self.env["oms.event"]._log(order.oms_hold_ids, "test.event", "Something happened.")
        event = self.env["oms.event"].search([("code", "=", "test.event")])
        self.assertEqual(event.order_ref, "E-2")
