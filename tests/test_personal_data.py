"""Personal data: every field of ours is declared."""

from odoo.addons.oms_addon.tools.personal_data import REGISTER

from .common import OmsCommon

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
