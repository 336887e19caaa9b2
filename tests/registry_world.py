"""A record of every model of ours, and a user of every kind, for tests that walk the registry."""

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from .allocation.common import AllocationCommon

ROLES = ("auditor", "accountant", "warehouse", "agent", "planner", "manager")
#: who has no business with orders here: of another company, of none of our groups, a customer
OTHERS = ("foreign", "internal", "portal")
WINDOW = {"date_from": "2026-03-01 00:00:00", "date_to": "2026-03-02 00:00:00"}
#: what a model demands beyond its required fields
NEEDED = {
    "oms.channel.listing": {"sku": "MUG-9"},
    "oms.channel.backfill": WINDOW,
    "oms.channel.gap": WINDOW,
    "oms.demand.correction": {"day": "2026-03-02"},
    "stock.warehouse.orderpoint": {"product_max_qty": 1},
}


class RegistryWorld(AllocationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.samples = {}
        cls.users = {
            role: new_test_user(
                cls.env, f"role_{role}", groups=f"base.group_user,oms_addon.oms_addon_group_{role}"
            )
            for role in ROLES
        }
        other = cls.env["res.company"].create({"name": "Another company"})
        cls.users |= {
            "foreign": new_test_user(
                cls.env,
                "role_foreign",
                groups="base.group_user,oms_addon.oms_addon_group_manager",
                company_id=other.id,
                company_ids=[fields.Command.set(other.ids)],
            ),
            "internal": new_test_user(cls.env, "role_internal", groups="base.group_user"),
            "portal": new_test_user(cls.env, "role_portal", groups="base.group_portal"),
        }

    def setUp(self):
        super().setUp()
        self.samples.clear()
        self.env["oms.hold.rule"].create(
            {"name": "Look first", "domain": "[('amount_total', '>', 500)]"}
        )
        done = self._capture(self._document("R-1"))
        held = self._capture(self._document("R-2", lines=[("MUG", 60, "10.00")]))
        self._receive(self._document("R-3", lines=[("NEW", 1, "1.00")]))
        self.env["purchase.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [fields.Command.create({"product_id": self.pot.id})],
            }
        ).button_confirm()
        queue = self._capture(self._document("R-4", lines=[("POT", 120, "1.00")]))
        self._run_lanes()
        self.env.flush_all()
        self.samples |= {
            "sale.order": held,
            "oms.hold": held.oms_hold_ids,
            "oms.allocation.wait": self.env["oms.allocation.wait"].search([], limit=1),
            "oms.parcel": self.env["oms.parcel"].create(
                {"name": "JD014", "picking_ids": [fields.Command.set(done.picking_ids.ids)]}
            ),
            "stock.picking": queue.picking_ids[:1] or done.picking_ids[:1],
            "account.move": done.invoice_ids[:1],
            "oms.channel": self.channel,
            "res.company": self.company,
            "stock.warehouse": self.warehouse,
            "product.product": self.mug,
            "stock.move.line": queue.picking_ids.move_line_ids[:1],
            "oms.channel.listing": self.env["oms.channel.listing"].create(
                {"channel_id": self.channel.id, "sku": "MUG", "product_id": self.mug.id}
            ),
            "oms.order.refund": self.env["oms.order.refund"].create(
                {
                    "order_id": done.id,
                    "channel_id": self.channel.id,
                    "company_id": self.company.id,
                    "state": "done",
                    "amount": 5,
                }
            ),
        }

    def our_models(self):
        """:return: every model of ours that has a table, wizards too"""
        return [
            self.env[name]
            for name in sorted(self.env.registry)
            if name.startswith("oms.") and not self.env[name]._abstract
        ]

    def sample(self, name, user="manager"):
        """:return: a record of a model in the company of the tests, as the system sees it; a dialog
        is one the user opened
        """
        model = self.env[name].sudo()
        if model._transient:
            return model.with_user(self.users[user]).sudo().create(self._values(model))
        if name not in self.samples:
            found = model if model._abstract else self._existing(model)
            if not found and model._auto and not model._abstract:
                found = model.create(self._values(model))
            if not found and not model._abstract:
                raise AssertionError(f"There is no {name} to try: make one in the world's setUp.")
            self.samples[name] = found
        return self.samples[name]

    def _existing(self, model):
        domain = []
        if "company_id" in model._fields:
            domain = [("company_id", "in", [False, self.company.id])]
        return model.search(domain, limit=1)

    def _values(self, model):
        """:return: a value for each field that a record of a model cannot be without"""
        values = {**model.default_get(list(model._fields)), **NEEDED.get(model._name, {})}
        for field in model._fields.values():
            if field.name in model._inherits.values():
                # Made with it.
                continue
            if field.name == "company_id":
                values["company_id"] = self.company.id
            elif (
                field.required and field.store and not field.compute and not values.get(field.name)
            ):
                values[field.name] = self._value(field)
        return values

    def _value(self, field):
        if field.type in ("many2many", "one2many"):
            return [fields.Command.set(self.sample(field.comodel_name).ids)]
        if field.type == "many2one":
            return self.sample(field.comodel_name).id
        if field.type == "selection":
            return next(iter(field.get_values(self.env)))
        if field.type in ("integer", "float", "monetary"):
            return 1
        if field.type in ("date", "datetime"):
            return fields.Datetime.now()
        return "1"

    def is_let(self, call):
        """:return: whether a call is not refused for want of access; all it does is undone"""
        savepoint = self.env.cr.savepoint()
        try:
            call()
        except AccessError:
            return False
        except Exception:  # noqa: BLE001 - whatever is refused further on, the door was open
            return True
        finally:
            savepoint.rollback()
            savepoint.close()
            self.env.invalidate_all()
        return True
