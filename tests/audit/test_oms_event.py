import tempfile
from pathlib import Path

from psycopg2.errors import RaiseException

from odoo.exceptions import UserError
from odoo.service.model import call_kw
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

    # === WHAT THE CHAIN ITSELF DOES NOT SHOW === #

    def seal_and_anchor(self):
        """:return: the last event of the company, whose seal is kept outside"""
        Event = self.env["oms.event"]
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = Path(folder.name) / "heads.json"
        self.patch(type(Event), "_anchor_path", lambda _self: path)
        self.env.cr.postcommit.clear()
        Event._seal()
        self.env.cr.postcommit.run()
        return Event._last_sealed(self.company)

    def forge(self, *statements):
        """Do what somebody with the database in their hands can do."""
        self.cr.execute("ALTER TABLE oms_event DISABLE TRIGGER USER")
        for statement, values in statements:
            self.cr.execute(statement, values)
        self.cr.execute("ALTER TABLE oms_event ENABLE TRIGGER USER")
        self.env.invalidate_all()

    def test_a_tail_that_was_cut_off_is_missed_though_the_chain_is_whole(self):
        Event, last = self.env["oms.event"], self.seal_and_anchor()
        self.assertEqual(Event._verify(self.company), "")
        self.forge(("DELETE FROM oms_event WHERE id = %s", [last.id]))
        self.assertFalse(Event._verify_chain(self.company))
        count = Event._last_sealed(self.company).position
        self.assertRegex(
            Event._verify(self.company), rf"^{count + 1} events were sealed, .* it has {count}\."
        )

    def test_a_trail_that_was_emptied_is_missed_and_keeps_being_missed(self):
        Event, last = self.env["oms.event"], self.seal_and_anchor()
        sealed = last.position
        self.forge(("DELETE FROM oms_event", []))
        Event._log(self.order, "note", "Nothing happened")
        with self.assertLogs("odoo.addons.oms_addon.models.audit.oms_event_seal", "ERROR"):
            self.assertEqual(Event._seal(), 1)
        self.env.cr.postcommit.run()
        self.assertRegex(Event._verify(self.company), rf"^{sealed} events were sealed, .* has 1\.")

    def test_a_table_cannot_be_truncated(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(RaiseException), self.cr.savepoint():
            self.cr.execute("TRUNCATE oms_event CASCADE")

    def test_who_wrote_an_event_is_sealed_too(self):
        Event, last = self.env["oms.event"], self.seal_and_anchor()
        other = self._make_user("agent")
        self.forge(("UPDATE oms_event SET create_uid = %s WHERE id = %s", [other.id, last.id]))
        self.assertEqual(Event._verify_chain(self.company), last)

    def test_seals_of_before_verify_as_they_did(self):
        Event = self.env["oms.event"]
        original = type(Event)._digest_after
        self.patch(
            type(Event), "_digest_after", lambda event, previous: original(event, previous, False)
        )
        Event._seal()
        self.patch(type(Event), "_digest_after", original)
        Event._log(self.order, "note", "Later")
        last = self.seal_and_anchor()
        self.assertTrue(last.digest.startswith("2:"))
        self.assertEqual(Event._verify(self.company), "")

    def test_an_auditor_verifies_the_trail_and_is_told_what_came_of_it(self):
        last = self.seal_and_anchor()
        Event = self.env["oms.event"].with_user(self._make_user("auditor"))
        # As the list calls it, with nothing selected.
        self.assertEqual(call_kw(Event, "action_verify", [[]], {})["params"]["type"], "success")
        self.forge(("UPDATE oms_event SET name = 'x' WHERE id = %s", [last.id]))
        answer = Event.action_verify()["params"]
        self.assertEqual(answer["type"], "danger")
        self.assertIn(f"event {last.position} of", answer["message"])
