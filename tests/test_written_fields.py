"""Every stored field of ours, written and created as everybody: a person writes those of the table,
the system all others.
"""

from odoo import fields
from odoo.exceptions import AccessError
from odoo.models import BaseModel
from odoo.tools import mute_logger

from .registry_world import ROLES, RegistryWorld
from .written_fields import OF_CORE, OF_DIALOGS, OF_OURS

TABLE = {**OF_OURS, **OF_CORE, **OF_DIALOGS}

#: kept by the ORM or by mixins of Odoo, which have their own rules
OF_ODOO = {"id", "create_uid", "create_date", "write_uid", "write_date"}
MIXINS = ("message_", "activity_", "rating_", "website_message_")


class TestWrittenFields(RegistryWorld):
    def ours(self, model):
        """:return: the stored fields of a model that are ours; of one of ours, all"""
        return [
            field
            for field in model._fields.values()
            if field.store
            and field.name not in OF_ODOO
            and not field.name.startswith(MIXINS)
            and (model._name.startswith("oms.") or field.name.startswith("oms_"))
        ]

    def kept_models(self):
        """:return: models with a table that have fields of ours"""
        return [
            model
            for name in sorted(self.env.registry)
            if not (model := self.env[name])._abstract and self.ours(model)
        ]

    def test_every_field_a_person_may_write_is_in_the_table(self):
        found = {
            model._name: " ".join(sorted(f.name for f in self.ours(model) if not f.readonly))
            for model in self.kept_models()
        }
        table = {name: " ".join(sorted(v.split())) for name, v in TABLE.items()}
        self.assertEqual({name: names for name, names in found.items() if names}, table)

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule", "odoo.orm")
    def test_all_other_fields_are_written_by_nobody(self):
        written = []
        for model in self.kept_models():
            for field in self.ours(model):
                if field.name in TABLE.get(model._name, "").split():
                    continue
                written += [
                    (str(field), role)
                    for role in ROLES
                    if self._writes(self.sample(model._name, role), field, role)
                ]
        self.assertEqual(written, [])

    def _writes(self, record, field, role):
        """:return: whether a user can write a field of a record, or create one with it; overrides
        that would refuse it for other reasons are left out
        """
        record = record.with_user(self.users[role])
        value = field.convert_to_write(record.sudo()[field.name], record.sudo())
        calls = (
            lambda: BaseModel.write(record, {field.name: value}),
            lambda: BaseModel.create(record, [{field.name: value}]),
            lambda: BaseModel.create(record.with_context(**{f"default_{field.name}": value}), [{}]),
        )
        return any(map(self.is_let, calls))

    def test_who_copies_a_record_copies_what_they_may_write(self):
        order = self._capture(self._document("R-9", lines=[("MUG", 2, "10.00")]))
        copy = order.with_user(self.users["agent"]).copy()
        self.assertEqual(
            (copy.oms_channel_id, copy.oms_order_ref, copy.oms_step),
            (order.oms_channel_id.browse(), False, False),
        )
        [line] = copy.order_line
        self.assertEqual(
            (line.product_id, line.product_uom_qty, line.price_unit), (self.mug, 2, 10.0)
        )
        self.assertEqual((line.oms_line_ref, line.oms_sku, line.oms_channel_qty), (False, False, 0))
        listing = self.sample("oms.channel.listing").with_user(self.users["manager"])
        self.assertEqual(listing.copy({"sku": "MUG-2"}).matched_by, "hand")

    def test_what_is_forged_leaves_no_trace(self):
        order = self.sample("sale.order")
        hold = self.sample("oms.hold")
        forged = (
            ("agent", self.env["oms.channel.message"], self._prepare_refund(order)),
            ("manager", self.env["oms.channel.message"], self._prepare_refund(order)),
            ("warehouse", order, {"oms_payment_state": "paid"}),
            ("agent", hold, {"state": "closed"}),
            ("warehouse", self.env["oms.parcel"], {"name": "X1", "state": "delivered"}),
        )
        before = self.env["oms.channel.message"].search_count([])
        for role, record, values in forged:
            record = record.with_user(self.users[role])
            with self.subTest(role=role, model=record._name), self.assertRaises(AccessError):
                record.write(values) if record else record.create(values)
        self.env.invalidate_all()
        self.assertEqual(self.env["oms.channel.message"].search_count([]), before)
        self.assertEqual((order.oms_payment_state, hold.state), (order.oms_payment_state, "open"))
        self.assertFalse(self.env["oms.parcel"].search([("name", "=", "X1")]))

    def _prepare_refund(self, order):
        """:return: a refund that nobody asked for, as the outbox has them"""
        return {
            "direction": "out",
            "channel_id": self.channel.id,
            "company_id": self.company.id,
            "topic": "refund",
            "event_ref": "forged",
            "order_id": order.id,
            "payload": fields.Binary().convert_to_write(b"e30=", order),
        }
