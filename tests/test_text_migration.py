"""The upgrade that brings new texts of data, and leaves those that people wrote."""

import importlib.util
from pathlib import Path

from odoo.tests import new_test_user

from .common import OmsCommon

SCRIPT = Path(__file__).parents[1] / "oms_addon/migrations/19.0.1.3.0/post-texts.py"


class TestTextMigration(OmsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        spec = importlib.util.spec_from_file_location("texts", SCRIPT)
        cls.script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(cls.script)
        cls.present = cls.script._present_texts()

    def _record(self, xmlid):
        return self.env.ref(f"oms_addon.{xmlid}")

    def _migrate(self):
        self.script.migrate(self.env.cr, "19.0.1.3.0")
        self.env.invalidate_all()

    def test_former_texts_are_replaced_and_those_of_people_stay(self):
        for xmlid, former in self.script.FORMER.items():
            self._record(xmlid).write(former)
        sku = self._record("oms_hold_reason_unknown_sku")
        sku.advice = "Call Ann."
        self._migrate()
        for xmlid, former in self.script.FORMER.items():
            for field in former:
                with self.subTest(record=xmlid, field=field):
                    expected = (
                        "Call Ann."
                        if (xmlid, field)
                        == (
                            "oms_hold_reason_unknown_sku",
                            "advice",
                        )
                        else self.present[xmlid][field]
                    )
                    self.assertEqual(self._record(xmlid)[field], expected)

    def test_a_mail_that_a_person_wrote_stays_and_another_gets_its_new_text(self):
        promise = self._record("mail_template_promise")
        cancelled = self._record("mail_template_cancelled")
        manager = new_test_user(
            self.env,
            "wrote_mail",
            groups="oms_addon.oms_addon_group_manager,mail.group_mail_template_editor",
        )
        (promise + cancelled).body_html = "<p>as it was</p>"
        cancelled.with_user(manager).body_html = "<p>ours</p>"
        self.env.flush_all()
        self._migrate()
        self.assertIn("Previous Delivery Date", promise.body_html)
        self.assertEqual(cancelled.body_html, "<p>ours</p>")
