"""Personal data: every field of ours is declared."""

from pathlib import Path

from odoo.exceptions import ValidationError

from odoo.addons.oms_addon.tools.personal_data import DIALOG, LINK, REGISTER, RETENTION

from ..common import OmsCommon

DOCS = Path(__file__).parents[2] / "docs" / "security.md"
TYPES = {"char", "text", "html", "json", "binary", "image", "reference", "many2one_reference"}


class TestRegister(OmsCommon):
    def test_every_field_that_may_say_something_of_a_person_is_declared(self):
        found = {
            f"{name}.{field.name}"
            for name, model in self.env.registry.items()
            if not model._abstract
            for field in self.env[name]._fields.values()
            if self._may_be_personal(field)
        }
        declared = {f"{name}.{f}" for name, table in REGISTER.items() for f in table.names()}
        self.assertEqual(found - declared, set(), "declare it in tools/personal_data.py")
        self.assertEqual(declared - found, set(), "it is declared, and no field")

    def _may_be_personal(self, field):
        """:return: whether a field of ours is stored and may hold a text, a file or a person"""
        is_ours = field.model_name.startswith("oms.") or field.name.startswith("oms_")
        is_person = field.relational and field.comodel_name == "res.partner"
        return is_ours and field.store and (field.type in TYPES or is_person)

    def test_every_link_leads_to_records_that_are_found_before(self):
        known = {"res.partner", "stock.picking", "account.move", "payment.transaction"}
        for name, table in REGISTER.items():
            for link in table.links:
                field = self.env[name]._fields.get(link)
                if (name, link) == ("oms.event", "res_id"):
                    continue
                with self.subTest(model=name, link=link):
                    self.assertIn(field and field.comodel_name, known)
            known.add(name)

    def test_the_documentation_says_what_the_register_declares(self):
        text = DOCS.read_text()
        said = text.partition("## Personal data")[2].partition("**How long**")[0]
        rows = [line for line in said.splitlines() if line.startswith("| `")]
        expected = []
        for name, table in REGISTER.items():
            told = [p for p in table.personal.values() if p.kind != LINK]
            if told and table.kept != DIALOG:
                kinds = ", ".join(sorted({p.kind for p in told}))
                verbs = ", ".join(sorted({p.erase for p in told}))
                expected.append(f"| `{name}` | {kinds} | {table.kept or '-'} | {verbs} |")
        self.assertEqual(rows, expected)
        for kind, (_parameter, days) in RETENTION.items():
            self.assertIn(f"| {kind} | {days} |", text)

    def test_zero_days_are_kept_as_such_and_keep_the_data(self):
        settings = self.env["res.config.settings"].create({})
        self.assertEqual((settings.oms_keep_days, settings.oms_keep_audit_days), (365, 1095))
        settings.oms_keep_days = 0
        settings.execute()
        get_param = self.env["ir.config_parameter"].get_param
        self.assertEqual(get_param("oms_addon.keep_days"), "0")
        self.assertIsNone(self.env["oms.retention"]._limit("inbound"))
        self.assertEqual(self.env["res.config.settings"].create({}).oms_keep_days, 0)
        with self.assertRaises(ValidationError):
            settings.oms_keep_audit_days = -1

    def test_resolved_exceptions_are_erased_when_they_are_old_and_no_others(self):
        held = self._capture(self._document("A1", lines=[("MUG", 60, "10.00")], total="1.00"))
        open_hold = held.oms_hold_ids[:1]
        self.assertEqual(open_hold.state, "open")
        closed = open_hold.copy({"state": "closed", "resolution": "Ann was called"})
        fresh = open_hold.copy({"state": "closed"})
        self.env.flush_all()
        self.cr.execute(
            "UPDATE oms_hold SET write_date = '2020-01-01' WHERE id = ANY(%s)",
            [(open_hold + closed).ids],
        )
        self.env.invalidate_all()
        self.assertEqual(self.env["oms.hold"]._gc_resolved(), (1, False))
        self.assertEqual(
            (closed.customer_name, closed.resolution, closed.detail),
            (False, False, "Personal data erased"),
        )
        self.assertEqual((open_hold + fresh).mapped("customer_name"), ["Ann A1", "Ann A1"])
        self.assertEqual(self.env["oms.hold"]._gc_resolved(), (0, False))
