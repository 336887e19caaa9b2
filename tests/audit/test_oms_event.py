from psycopg2.errors import RaiseException

from odoo.exceptions import UserError
from odoo.tools import mute_logger

from ..common import OmsCommon


class TestEvent(OmsCommon):
    def setUp(self):
        super().setUp()
        self.order = self._capture(self._document("A1"))
        self.events = self.env["oms.event"].search(
            [("res_model", "=", "sale.order"), ("res_id", "=", self.order.id)]
        )

    def test_every_step_of_an_order_leaves_an_event_with_its_actor(self):
        codes = self.events.sorted("id").mapped("code")
        self.assertEqual(
            [code for code in codes if code.startswith(("order.", "step."))][:6],
            [
                "order.captured",
                "step.screen",
                "step.confirm",
                "step.allocate",
                "step.collect",
                "step.invoice",
            ],
        )
        self.assertTrue(all(self.events.mapped("actor")))

    def test_an_event_cannot_be_changed_or_deleted(self):
        with self.assertRaises(UserError):
            self.events[0].name = "forged"
        with self.assertRaises(UserError):
            self.events[0].unlink()

    def test_the_database_itself_refuses_changes(self):
        for statement in (
            "UPDATE oms_event SET name = 'forged' WHERE id = %s",
            "DELETE FROM oms_event WHERE id = %s",
        ):
            with mute_logger("odoo.sql_db"), self.assertRaises(RaiseException), self.cr.savepoint():
                self.cr.execute(statement, [self.events[0].id])

    def test_the_chain_is_sealed_once_and_verifies(self):
        Event = self.env["oms.event"]
        self.assertGreaterEqual(Event._seal(), len(self.events))
        self.assertEqual(Event._seal(), 0)
        self.assertFalse(Event._verify_chain(self.company))

    def test_a_forged_event_breaks_the_chain_at_its_place(self):
        Event = self.env["oms.event"]
        Event._seal()
        victim = self.events[0]
        self.cr.execute("ALTER TABLE oms_event DISABLE TRIGGER oms_event_append_only")
        self.cr.execute("UPDATE oms_event SET name = 'forged' WHERE id = %s", [victim.id])
        self.cr.execute("ALTER TABLE oms_event ENABLE TRIGGER oms_event_append_only")
        victim.invalidate_recordset()
        self.assertEqual(Event._verify_chain(self.company), victim)

    def test_a_sealed_event_cannot_be_sealed_again_with_another_digest(self):
        self.env["oms.event"]._seal()
        with mute_logger("odoo.sql_db"), self.assertRaises(RaiseException), self.cr.savepoint():
            self.cr.execute("UPDATE oms_event SET digest = 'x' WHERE id = %s", [self.events[0].id])
