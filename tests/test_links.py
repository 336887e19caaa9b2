"""Every link a person can set from a record of ours: never to what they cannot see."""

from odoo.exceptions import AccessError, UserError
from odoo.tools import mute_logger

from .registry_world import RegistryWorld
from .written_fields import OF_CORE, OF_OURS


class TestLinks(RegistryWorld):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.users["foreign"].company_id
        cls.foreign = {}

    def links(self):
        """:return: the relations of ours that a person writes, to what may be of one company; users
        are shown to everybody by Odoo
        """
        return [
            self.env[name]._fields[field]
            for name, names in {**OF_OURS, **OF_CORE}.items()
            for field in names.split()
            if (relation := self.env[name]._fields[field]).type in ("many2one", "many2many")
            and relation.comodel_name != "res.users"
            and "company_id" in self.env[relation.comodel_name]._fields
        ]

    def foreign_record(self, name):
        """:return: a record of a model that belongs to another company"""
        if name not in self.foreign:
            model = self.env[name].sudo().with_company(self.other)
            found = model.search([("company_id", "=", self.other.id)], limit=1)
            self.foreign[name] = found or model.create(self.foreign_values(model))
        return self.foreign[name]

    def core_values(self, name):
        """:return: what a record of a model of Odoo cannot be without"""
        if name == "account.tax":
            country = self.env.ref("base.uk")
            group = self.env["account.tax.group"].create(
                {"name": "Theirs", "company_id": self.other.id, "country_id": country.id}
            )
            return {
                "name": "Theirs",
                "amount": 20,
                "country_id": country.id,
                "tax_group_id": group.id,
            }
        if name == "delivery.carrier":
            return {"name": "Theirs", "product_id": self.foreign_record("product.product").id}
        if name == "stock.picking":
            warehouse = self.foreign_record("stock.warehouse")
            return {
                "picking_type_id": warehouse.out_type_id.id,
                "location_id": warehouse.lot_stock_id.id,
                "location_dest_id": self.env.ref("stock.stock_location_customers").id,
            }
        return {"name": "Theirs"}

    def foreign_values(self, model):
        """:return: what a record of another company cannot be without"""
        if not model._name.startswith("oms."):
            return {"company_id": self.other.id, **self.core_values(model._name)}
        values = {**self._values(model), "company_id": self.other.id}
        for name in list(values):
            relation = model._fields[name]
            if relation.type not in ("many2one", "many2many") or name == "company_id":
                continue
            if values[name] and "company_id" in self.env[relation.comodel_name]._fields:
                foreign = self.foreign_record(relation.comodel_name)
                values[name] = foreign.id if relation.type == "many2one" else [(6, 0, foreign.ids)]
        return values

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule", "odoo.orm")
    def test_no_record_is_linked_to_one_of_a_company_that_the_person_is_not_in(self):
        links = self.links()
        self.assertGreater(len(links), 20)
        linked = [str(field) for field in links if not self._is_refused(field)]
        self.assertEqual(linked, [])

    def _is_refused(self, field):
        record = self.sample(field.model_name).with_user(self.users["manager"])
        value = self.foreign_record(field.comodel_name).id
        savepoint = self.env.cr.savepoint()
        try:
            record.write({field.name: value if field.type == "many2one" else [(4, value)]})
            self.env.flush_all()
        except (AccessError, UserError):
            return True
        finally:
            savepoint.rollback()
            savepoint.close()
            self.env.invalidate_all()
        return False
