"""Reading of what a user may not see, by whichever route a client has: walked over the registry."""

import re

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import tagged
from odoo.tools import mute_logger

from .foreign_world import CANARY, ForeignWorld

SECRETS = ("api_key", "api_secret", "webhook_secret", "tracking_secret")
#: types of fields that an answer holds little of
UNASKED = ("one2many", "many2many", "binary", "properties", "many2one_reference")


@tagged("standard", "post_install", "-at_install")
class TestReadRoutes(ForeignWorld):
    def _spec(self, model):
        """:return: what is asked of a record: all fields that are read, of links their names"""
        return {
            name: {"fields": {"display_name": {}}} if field.type == "many2one" else {}
            for name, field in model._fields.items()
            if field.type
            not in ("one2many", "many2many", "binary", "properties", "many2one_reference")
            and model._has_field_access(field, "read")
            and self._is_ours(model, field)
        }

    def _is_ours(self, model, field):
        return model._name.startswith("oms.") or field.name.startswith("oms_")

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model", "odoo.orm")
    def test_no_onchange_reads_a_record_that_its_user_may_not_see(self):
        leaks, asked = [], 0
        for name in sorted(self.env.registry):
            model = self.env[name]
            if model._abstract or not any(self._is_ours(model, f) for f in model._fields.values()):
                continue
            for role in ("agent", "warehouse"):
                mine = model.with_user(self.users[role])
                if not mine.has_access("read"):
                    continue
                spec = self._spec(mine)
                for field in mine._fields.values():
                    record = field.type == "many2one" and self.theirs.get(field.comodel_name)
                    if not record or field.name not in mine._fields:
                        continue
                    asked += 1
                    answer = self._answer(
                        lambda m=mine, f=field, r=record, s=spec: call_kw(
                            m, "onchange", [[], {f.name: r.id}, [f.name], {**s, f.name: {}}], {}
                        )
                    )
                    if CANARY in repr(answer):
                        where = [k for k, v in answer.get("value", {}).items() if CANARY in repr(v)]
                        leaks.append((name, role, field.name, where))
        self.assertGreater(asked, 30)
        self.assertEqual(leaks, [])
        self._check_lines()
        self._check_seen()

    def _check_lines(self):
        """Check that lines of an onchange tell nothing of it either."""
        spec = {"order_line": {"fields": {"product_id": {}, "name": {}, "oms_sku": {}}}}
        spec["order_line"]["fields"] |= {
            name: {"fields": {"display_name": {}}} if field.type == "many2one" else {}
            for name, field in self.env["sale.order.line"]._fields.items()
            if name.startswith("oms_") and field.type not in ("one2many", "many2many", "binary")
        }
        order = self.env["sale.order"].with_user(self.users["agent"])
        line = [0, "virtual_1", {"product_id": self.theirs["product.product"].id}]
        for field, record in (("order_id", "sale.order"), ("product_id", "product.product")):
            values = {"order_line": [[*line[:2], {field: self.theirs[record].id}]]}
            answer = self._answer(
                lambda v=values: call_kw(order, "onchange", [[], v, ["order_line"], spec], {})
            )
            ours = repr(re.findall(r"'oms_\w+': [^,]+", repr(answer)))
            self.assertNotIn(CANARY, ours)

    def _check_seen(self):
        """Check that an onchange of records that are seen tells what it did."""
        order = self.sample("sale.order")
        agent = self.users["agent"]
        spec = {"oms_channel_id": {"fields": {"display_name": {}}}, "oms_policy_id": {}}
        answer = call_kw(
            self.env["sale.order"].with_user(agent),
            "onchange",
            [[], {"oms_channel_id": order.oms_channel_id.id}, ["oms_channel_id"], spec],
            {},
        )
        self.assertIn("oms_policy_id", answer["value"])

    def _answer(self, call):
        """:return: what a call returns; what it refuses with in a text"""
        savepoint = self.env.cr.savepoint()
        try:
            return call()
        except (AccessError, UserError, ValueError, KeyError, TypeError) as error:
            return {"error": str(error)} if CANARY in str(error) else {}
        except Exception as error:  # noqa: BLE001 - a database's refusal, too
            return {"error": repr(error)} if CANARY in repr(error) else {}
        finally:
            savepoint.rollback()
            savepoint.close()
            self.env.invalidate_all()

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model", "odoo.orm")
    def test_no_route_reads_a_secret_or_tells_one_from_another(self):
        self.channel.sudo().write({name: f"{CANARY}-{name}" for name in SECRETS})
        self.env.flush_all()
        found = []
        paths = {"oms.channel": "", "oms.channel.message": "channel_id.", "oms.hold": "channel_id."}
        paths["sale.order"] = "oms_channel_id."
        for role in ("auditor", "manager"):
            for name, path in paths.items():
                model = self.env[name].with_user(self.users[role])
                for secret in SECRETS:
                    calls = self._calls(path, secret)
                    for way, (method, args, options) in calls.items():
                        told = self._answer(
                            lambda m=model, n=method, a=args, o=options: call_kw(m, n, a, o)
                        )
                        is_told = CANARY in repr(told)
                        if (
                            way in ("search", "count", "any")
                            and path != "x"
                            and told not in ({}, 0, [])
                        ):
                            is_told = True
                        if is_told:
                            found.append((role, name, secret, way, repr(told)[:80]))
        self.assertEqual(found, [])

    def _calls(self, path, secret):
        """:return: the ways to read or to guess a secret: (method, arguments, options) by name"""
        field = f"{path}{secret}"
        link, ids = path[:-1] or "mapping_ids", [self.channel.id]
        return {
            "search": ("search", [[(field, "=like", f"{CANARY}%")]], {}),
            "count": ("search_count", [[(field, "!=", False)]], {}),
            "any": ("search", [[(link, "any", [(secret, "!=", False)])]], {}),
            "order": ("search_read", [[], ["id"]], {"order": field}),
            "read": ("search_read", [[], [field]], {}),
            "export": ("export_data", [ids, [field.replace(".", "/")]], {}),
            "group": ("formatted_read_group", [[], [field], ["__count"]], {}),
            "sum": ("formatted_read_group", [[], [], [f"{field}:max"]], {}),
            "array": ("formatted_read_group", [[], [], [f"{field}:array_agg"]], {}),
            "old": ("read_group", [[], [field], [field]], {}),
            "panel": ("search_panel_select_range", [secret], {}),
            "web": ("web_search_read", [[], {secret: {}}], {}),
            "nested": ("web_search_read", [[], {link: {"fields": {secret: {}}}}], {}),
            "onchange": ("onchange", [[], {}, [], {secret: {}}], {}),
            "default": ("default_get", [[secret]], {}),
        }
