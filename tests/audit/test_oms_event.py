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
            Event._verify(self.company),
            rf"^{count + 1} events were sealed, .* it has {count} events\.",
        )

    def test_a_trail_that_was_emptied_is_missed_and_keeps_being_missed(self):
        Event, last = self.env["oms.event"], self.seal_and_anchor()
        sealed = last.position
        self.forge(("DELETE FROM oms_event", []))
        Event._log(self.order, "note", "Nothing happened")
        with self.assertLogs("odoo.addons.oms_addon.models.audit.oms_event_seal", "ERROR"):
            self.assertEqual(Event._seal(), 1)
        self.env.cr.postcommit.run()
        self.assertRegex(
            Event._verify(self.company), rf"^{sealed} events were sealed, .* has 1 events\."
        )

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
        for has_writer in (False, True):
            self.patch(
                type(Event),
                "_digest_after",
                lambda event, previous, _texts, w=has_writer: event._digest_of_before(previous, w),
            )
            Event._log(self.order, "note", "Then")
            Event._seal()
        self.assertTrue(Event._last_sealed(self.company).digest.startswith("2:"))
        self.patch(type(Event), "_digest_after", original)
        Event._log(self.order, "note", "Later")
        last = self.seal_and_anchor()
        self.assertTrue(last.digest.startswith("3:"))
        self.assertEqual(Event._verify(self.company), "")
        self.events._erase()
        self.assertEqual(Event._verify(self.company), "")

    # === ERASED TEXTS === #

    def log_note(self, text):
        """:return: a new event with a text before and after"""
        self.env["oms.event"]._log(self.order, "note", text, before=text, after=text)
        return self.env["oms.event"].search([], limit=1)

    def test_texts_are_erased_and_the_trail_still_verifies(self):
        Event, event = self.env["oms.event"], self.log_note("Jane Roe")
        self.seal_and_anchor()
        digest = event.digest
        event._erase()
        self.assertEqual(
            (event.name, event.before, event.after, event.salt, event.digest),
            ("Personal data erased", False, False, False, digest),
        )
        self.assertTrue(event.erased_at and event.text_digest)
        told = Event.search([("code", "=", "event.erased")], limit=1)
        self.assertEqual((told.after, told.company_id), (str(event.id), self.company))
        self.assertEqual(Event._verify(self.company), "")
        self.seal_and_anchor()
        self.assertEqual(Event._verify(self.company), "")

    def test_texts_are_erased_before_they_are_sealed_too(self):
        event = self.log_note("Jane Roe")
        event._erase()
        self.seal_and_anchor()
        self.assertTrue(event.digest)
        self.assertEqual(self.env["oms.event"]._verify(self.company), "")

    def test_texts_that_were_taken_out_without_a_word_are_found(self):
        event = self.log_note("Jane Roe")
        self.seal_and_anchor()
        self.cr.execute(
            """UPDATE oms_event SET name = 'Personal data erased', before = NULL, after = NULL,
                      salt = NULL, erased_at = now() WHERE id = %s""",
            [event.id],
        )
        self.env.invalidate_all()
        self.assertEqual(self.env["oms.event"]._verify_chain(self.company), event)

    def test_an_erased_event_says_nothing_else_and_stays_erased(self):
        event = self.log_note("Jane Roe")
        self.seal_and_anchor()
        for values in (
            "name = 'forged', before = NULL, after = NULL, salt = NULL, erased_at = now()",
            "name = 'Personal data erased', salt = NULL, erased_at = now(), code = 'x', "
            "before = NULL, after = NULL",
            "name = 'Personal data erased', before = NULL, after = NULL, salt = NULL, "
            "erased_at = now(), actor = 'somebody else'",
        ):
            with mute_logger("odoo.sql_db"), self.assertRaises(RaiseException), self.cr.savepoint():
                self.cr.execute(f"UPDATE oms_event SET {values} WHERE id = %s", [event.id])
        event._erase()
        with mute_logger("odoo.sql_db"), self.assertRaises(RaiseException), self.cr.savepoint():
            self.cr.execute("UPDATE oms_event SET erased_at = NULL WHERE id = %s", [event.id])

    def test_old_texts_about_customers_are_erased_and_no_others(self):
        Event = self.env["oms.event"]
        Event._log(self.order, "order.note_changed", "Ring at Jane's")
        Event._log(self.order, "hold.address", "Jane has no street")
        Event._log(self.order, "order.confirmed", "Confirmed")
        fresh, old = Event.search([], limit=1), Event.search([], limit=3)
        self.cr.execute("ALTER TABLE oms_event DISABLE TRIGGER USER")
        self.cr.execute(
            "UPDATE oms_event SET happened_at = '2020-01-01' WHERE id = ANY(%s)", [old.ids]
        )
        self.cr.execute("ALTER TABLE oms_event ENABLE TRIGGER USER")
        Event._log(self.order, "order.note_changed", "Yesterday")
        self.env.invalidate_all()
        self.env["ir.config_parameter"].set_param("oms_addon.keep_audit_days", "0")
        self.assertEqual(Event._gc_personal_texts(), (0, False))
        self.env["ir.config_parameter"].set_param("oms_addon.keep_audit_days", "30")
        self.assertEqual(Event._gc_personal_texts(), (2, False))
        erased = Event.search([("erased_at", "!=", False)])
        self.assertEqual(set(erased.mapped("code")), {"order.note_changed", "hold.address"})
        self.assertEqual(len(erased), 2)
        self.assertEqual(fresh.name, "Confirmed")
        self.seal_and_anchor()
        self.assertEqual(Event._verify(self.company), "")

    def test_an_auditor_verifies_the_trail_and_is_told_what_came_of_it(self):
        last = self.seal_and_anchor()
        Event = self.env["oms.event"].with_user(self._make_user("auditor"))
        # As the list calls it, with nothing selected.
        self.assertEqual(call_kw(Event, "action_verify", [[]], {})["params"]["type"], "success")
        self.forge(("UPDATE oms_event SET name = 'x' WHERE id = %s", [last.id]))
        answer = Event.action_verify()["params"]
        self.assertEqual(answer["type"], "danger")
        self.assertIn(f"Event {last.position} of", answer["message"])
