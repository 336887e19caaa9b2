"""What each role sees is what the table in docs/security.md says, by every way there is to ask."""

from odoo.exceptions import AccessError, MissingError, UserError
from odoo.fields import Command
from odoo.tools import mute_logger

from .registry_world import RegistryWorld
from .roles_table import NOTHING, OWN, READS, WRITES, read_rows, row_of
from .test_written_fields import MIXINS, OF_ODOO

LOGGERS = ("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule", "odoo.orm")
NUMBERS = ("integer", "float", "monetary")
#: made anew for each reader, or by Odoo for all fields
OF_ALL = OF_ODOO | {"display_name", "has_message"}


class TestRolesTable(RegistryWorld):
    maxDiff = None

    def setUp(self):
        super().setUp()
        # Odoo lets few export: what is tried here is the field.
        export = self.env.ref("base.group_allow_export")
        export.user_ids = [Command.link(user.id) for user in self.users.values() if not user.share]
        portal = self.users["portal"].partner_id
        order = self._make_order((self.mug, 1))
        order.partner_id = portal
        invoice = self.samples["account.move"].copy({"partner_id": portal.id})
        invoice.action_post()
        # What a customer has of their own.
        self.own = {
            "sale.order": order,
            "sale.order.line": order.order_line,
            "account.move": invoice,
        }
        self.samples["purchase.order.line"] = (
            self.env["purchase.order"]
            .create(
                {
                    "partner_id": self.customer.id,
                    "order_line": [
                        Command.create({"product_id": self.mug.id, "price_unit": 4321.09})
                    ],
                }
            )
            .order_line
        )
        self.mug.seller_ids = [Command.create({"partner_id": self.customer.id, "price": 4321.09})]
        self.samples["product.supplierinfo"] = self.mug.seller_ids
        self.samples["product.pricelist.item"] = self.env["product.pricelist.item"].create(
            {"compute_price": "fixed", "fixed_price": 4321.09}
        )
        self.samples["account.move.line"] = self.samples["account.move"].invoice_line_ids[:1]
        self.samples["sale.order.line"] = self.samples["sale.order"].order_line[:1]

    # === WHAT THE TABLE HAS TO SAY === #

    def fields_of(self, model):
        """:return: the fields of a model that a row has to name: ours, and those that one names"""
        fields = [
            field
            for field in model._fields.values()
            if field.name not in OF_ALL and not field.name.startswith((*MIXINS, "my_activity_"))
        ]
        if model._name.startswith("oms."):
            return fields
        return [f for f in fields if f.name.startswith("oms_") or row_of(model._name, f.name)]

    def kept_models(self):
        names = sorted(self.env.registry)
        return [self.env[name] for name in names if not self.env[name]._abstract]

    def by_row(self):
        """:return: names of fields by model, by row"""
        found = {}
        for model in self.kept_models():
            for field in self.fields_of(model):
                row = row_of(model._name, field.name)
                found.setdefault(row, {}).setdefault(model._name, []).append(field.name)
        return found

    def test_every_field_of_ours_is_in_one_row_of_the_table(self):
        found = self.by_row()
        self.assertEqual(found.pop(None, {}), {})
        self.assertEqual([row.data for row in read_rows() if row not in found], [])

    # === WHAT IS READ AND WRITTEN === #

    @mute_logger(*LOGGERS)
    def test_everybody_reads_and_writes_what_the_table_says(self):
        wrong = []
        for row, models in self.by_row().items():
            for user, cell in row.cells.items():
                levels = {}
                for model, names in models.items():
                    for level, those in self._levels(model, names, user).items():
                        levels.setdefault(level, []).append((model, those))
                # A row says writes where some of it is written.
                if {WRITES, READS} == set(levels):
                    levels = {WRITES: levels[WRITES]}
                if set(levels) != {cell}:
                    levels.pop(cell, None)
                    wrong.append((row.data, user, cell, levels))
        self.assertEqual(wrong, [], "\n".join(map(str, wrong)))

    def _levels(self, model, names, user):
        """:return: names of the fields of a model, by what a user does with them"""
        if not self.env[model].with_user(self.users[user]).has_access("read"):
            return {NOTHING: names}
        record = self._foreign_sample(model, user)
        told = names
        if not self._reads(record, names, user):
            told = [name for name in names if self._reads(record, [name], user)]
        levels = {}
        mine = [name for name in names if name not in told]
        if mine and user != "foreign":
            own = self._own_sample(model, user)
            owned = [name for name in mine if own and self._reads(own, [name], user)]
            if owned:
                levels[OWN] = owned
            mine = [name for name in mine if name not in owned]
        if mine:
            levels[NOTHING] = mine
        if told:
            levels[self._told_level(record, told, user)] = told
        return levels

    def _foreign_sample(self, model, user):
        """:return: a record, as the system sees it; a dialog is one that somebody else opened"""
        return self.sample(model, "agent" if user == "manager" else "manager")

    def _own_sample(self, model, user):
        """:return: a record of a user's own, where there is such a thing"""
        if self.env[model]._transient:
            return self.sample(model, user)
        return self.own.get(model) if user == "portal" else None

    def _told_level(self, record, names, user):
        """:return: whether a user writes some of the fields of a record that they read"""
        as_user = record.with_user(self.users[user])
        if not (as_user.has_access("write") or as_user.browse().has_access("create")):
            return READS
        fields = [record._fields[name] for name in names]
        is_written = any(
            not field.readonly
            and (field.store or field.inverse)
            and self.is_let(lambda field=field: self._write(as_user, field))
            for field in fields
        )
        return WRITES if is_written else READS

    def _write(self, record, field):
        value = field.convert_to_write(record.sudo()[field.name], record.sudo())
        if record.has_access("write"):
            record.write({field.name: value})
        else:
            record.create({field.name: value})

    def _reads(self, record, names, user):
        self.env.invalidate_all()
        try:
            return bool(record.with_user(self.users[user]).read(names))
        except (AccessError, MissingError):
            return False

    # === NOTHING, BY NO WAY === #

    @mute_logger(*LOGGERS)
    def test_what_somebody_is_not_told_they_find_by_no_way(self):
        self.env.flush_all()
        found = []
        for row, models in self.by_row().items():
            for user, cell in row.cells.items():
                if cell != NOTHING:
                    continue
                for model, names in models.items():
                    as_user = self.env[model].with_user(self.users[user])
                    # A model that is closed as a whole is tried with one field.
                    tried = names if as_user.has_access("read") else names[:1]
                    if user == "foreign":
                        tried = tried[:1]
                    record = self.sample(model, "manager").with_user(self.users[user])
                    for name in tried:
                        found += self._ways_to(record, name, (row.data, user))
        self.assertEqual(found, [])

    def _ways_to(self, record, name, about):
        """:return: the ways by which a field of a record is found, with what they are about"""
        field = record._fields[name]
        found = []
        for way, call in self._calls(record, field):
            self.env.invalidate_all()
            try:
                result = call()
            except (UserError, ValueError):
                # A field that is not kept can be neither sought nor added up.
                continue
            if not self._is_nothing(result):
                found.append((*about, str(field), way, str(result)[:80]))
        return found

    def _calls(self, record, field):
        """:return: requests for a field of a record, with their names"""
        model, name = record.browse(), field.name
        this = [("id", "=", record.id)]
        calls = {
            "read": lambda: record.read([name]),
            "web_read": lambda: record.web_read({name: {}}),
            "search_read": lambda: model.search_read(this, [name]),
            "web_search_read": lambda: model.web_search_read(this, {name: {}}),
            "export_data": lambda: record.export_data([name])["datas"],
            "onchange": lambda: record.onchange({}, [], {name: {}})["value"],
        }
        if field.store or field.search:
            calls |= {
                "domain": lambda: model.search([*this, (name, "!=", False)]),
                "count": lambda: model.search_count([*this, (name, "!=", False)]),
                "name_search": lambda: model.name_search("", [*this, (name, "!=", False)]),
                "group": lambda: model.formatted_read_group(this, [name], ["__count"]),
                "web_group": lambda: model.web_read_group(this, [name], ["__count"])["groups"],
            }
        if field.store and field.column_type:
            calls["order"] = lambda: model.search(this, order=name)
            if field.type in NUMBERS:
                calls["comparison"] = lambda: model.search([*this, (name, ">=", 0)])
                calls["sum"] = lambda: model.formatted_read_group(this, [], [f"{name}:sum"])
        return calls.items()

    def _is_nothing(self, result):
        """:return: whether an answer tells nothing"""
        if isinstance(result, dict):
            return not any(
                value for key, value in result.items() if key not in ("__extra_domain", "id")
            )
        if isinstance(result, (list, tuple)):
            return all(map(self._is_nothing, result))
        return not result

    @mute_logger(*LOGGERS)
    def test_no_other_record_leads_to_the_total_of_an_order(self):
        user = self.users["warehouse"]
        found = []
        for model in self.kept_models():
            as_user = model.with_user(user)
            if not as_user.has_access("read"):
                continue
            for field in model._fields.values():
                if field.comodel_name != "sale.order" or not (field.store or field.search):
                    continue
                try:
                    as_user.search([(f"{field.name}.amount_total", ">", 0)], limit=1)
                except AccessError:
                    continue
                found.append(str(field))
        self.assertEqual(found, [])

    def test_the_warehouse_reads_no_money_of_any_model_about_orders_and_goods(self):
        roots = ("oms.", "sale.", "purchase.", "product.", "stock.", "delivery.", "crm.")
        user = self.users["warehouse"]
        told = [
            str(field)
            for model in self.kept_models()
            if model._name.startswith(roots) and model.with_user(user).has_access("read")
            for field in model._fields.values()
            if field.type == "monetary" and model.with_user(user)._has_field_access(field, "read")
        ]
        self.assertEqual(told, [])
