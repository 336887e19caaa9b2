"""Whose wizards are, and what may be handed to them: walked over the registry."""

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from ..common import OmsCommon

ROLES = ("agent", "warehouse", "manager")
#: what each wizard is for; those that are left out only show something
DOES = {
    "oms.allocation.move": "action_move",
    "oms.allocation.simulation": "action_simulate",
    "oms.allocation.test": "action_decide",
    "oms.api.key": "_generate_key",
    "oms.channel.connect": "action_next",
    "oms.channel.go.live": "action_go_live",
    "oms.channel.listing.accept": "action_apply",
    "oms.channel.stock.import": "action_apply",
    "oms.channel.sync": "action_agree",
    "oms.customer.split": "action_split",
    "oms.order.batch": "action_apply",
    "oms.order.import": "action_preview",
    "oms.order.join": "action_join",
    "oms.pick.reject": "action_reject",
    "oms.refund.request": "action_request",
    "oms.tracking.import": "action_preview",
}
#: seen in all companies; of users Odoo says so
MAGIC = {"id", "create_uid", "create_date", "write_uid", "write_date", "display_name"}
SHARED = {"crm.tag", "res.country", "res.currency", "res.users"}


class TestWizardAccess(OmsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {role: [cls._user(role, number) for number in (1, 2)] for role in ROLES}
        cls.own = cls._records(cls.company, cls.channel)
        other = cls.env["res.company"].create(
            {"name": "Other", "country_id": cls.env.ref("base.be").id}
        )
        env = cls.env(context={**cls.env.context, "allowed_company_ids": other.ids})
        channel = env["oms.channel"].create(
            {"name": "Foreign", "adapter": "csv_file", "company_id": other.id}
        )
        cls.foreign = cls._records(other, channel)

    @classmethod
    def _user(cls, role, number):
        return new_test_user(
            cls.env,
            f"wizard_{role}_{number}",
            groups=f"base.group_user,oms_addon.oms_addon_group_{role}",
        )

    @classmethod
    def _records(cls, company, channel):
        """:return: a record of each model that wizards refer to, of one company"""
        env = channel.env
        partner = env["res.partner"].create({"name": "P", "company_id": company.id})
        product = env["product.product"].create(
            {
                "name": "Thing",
                "is_storable": True,
                "company_id": company.id,
                "taxes_id": [Command.clear()],
            }
        )
        warehouse = env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1)
        env["stock.quant"]._update_available_quantity(product, warehouse.lot_stock_id, 5)
        order = env["sale.order"].create(
            {
                "partner_id": partner.id,
                "company_id": company.id,
                "warehouse_id": warehouse.id,
                "order_line": [
                    Command.create(
                        {"product_id": product.id, "price_unit": 7.0, "tax_ids": [Command.clear()]}
                    )
                ],
            }
        )
        order.action_confirm()
        picking = order.picking_ids
        picking.action_assign()
        line = picking.move_line_ids or env["stock.move.line"].create(
            {"move_id": picking.move_ids.id, "picking_id": picking.id, "product_id": product.id}
        )
        listing = env["oms.channel.listing"].create(
            {"channel_id": channel.id, "sku": "THING", "product_id": product.id}
        )
        tax_group = env["account.tax.group"].create({"name": "T", "company_id": company.id})
        user = new_test_user(
            cls.env,
            f"of_{company.id}",
            groups="base.group_user,oms_addon.oms_addon_group_agent",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        found = [
            company,
            channel,
            partner,
            product,
            warehouse,
            order,
            order.order_line,
            picking,
            line[:1],
            listing,
            user,
            env["account.tax"].create(
                {
                    "name": "T",
                    "amount": 5,
                    "company_id": company.id,
                    "tax_group_id": tax_group.id,
                    "country_id": (company.country_id or env.ref("base.be")).id,
                }
            ),
            env["product.pricelist"].create({"name": "L", "company_id": company.id}),
            env["oms.allocation.run"].create({"name": "R", "company_id": company.id}),
            env["oms.pick.rejection.reason"].create(
                {"name": "N", "effect": "less", "company_id": company.id}
            ),
            env["oms.channel.location"].create({"channel_id": channel.id, "name": "L", "ref": "L"}),
            env["oms.channel.backfill"].create(
                {
                    "channel_id": channel.id,
                    "date_from": "2026-01-01",
                    "date_to": "2026-02-01",
                }
            ),
            env["oms.channel.sync"].create({"channel_id": channel.id, "kind": "stock"}),
            env["oms.demand"].create(
                {
                    "company_id": company.id,
                    "product_id": product.id,
                    "warehouse_id": warehouse.id,
                    "day": "2026-01-01",
                    "quantity": 1,
                }
            ),
            env["delivery.carrier"].create(
                {
                    "name": "C",
                    "company_id": company.id,
                    "product_id": env["product.product"].create({"name": "D"}).id,
                }
            ),
        ]
        return {record._name: record.sudo() for record in found}

    # === THE REGISTRY === #

    def _wizards(self):
        """:return: every transient model of the add-on"""
        return [
            self.env[name]
            for name in sorted(self.env.registry)
            if name.startswith("oms.") and self.env[name]._transient
        ]

    def _pair(self, model):
        """:return: two users of the least role that may use a wizard"""
        return next(
            pair for pair in self.users.values() if model.with_user(pair[0]).has_access("read")
        )

    def _required(self, model, user):
        """:return: values without which a wizard cannot be made"""
        vals = {}
        for name, field in model._fields.items():
            if not field.required or not field.store or name in MAGIC or field.default:
                continue
            if field.type == "many2one":
                comodel = self.env[field.comodel_name]
                record = self.own.get(field.comodel_name)
                if comodel._transient:
                    record = self._make(comodel, user)
                vals[name] = record.id
            elif field.type == "many2many":
                vals[name] = [Command.set(self.own[field.comodel_name].ids)]
            elif field.type == "selection":
                vals[name] = field.get_values(self.env)[0]
            else:
                vals[name] = {"char": "x", "date": fields.Date.today()}.get(field.type, 1)
        return vals

    def _make(self, model, user, **vals):
        """:return: a wizard as the system would make it for a user"""
        values = {**self._required(model, user), **vals}
        return model.with_user(user).sudo().create(values).sudo(False)

    def _handed(self, model):
        """:return: (field, value) of every field that takes a record of a company"""
        for name, field in model._fields.items():
            if name in MAGIC or not field.relational or field.comodel_name in SHARED:
                continue
            if self.env[field.comodel_name]._transient or field.type == "one2many":
                continue
            if field.compute and not field.inverse and not field.store:
                continue
            record = self.foreign.get(field.comodel_name)
            self.assertTrue(record, f"{model._name}.{name}: no {field.comodel_name} to hand in")
            yield field, record.id if field.type == "many2one" else [Command.set(record.ids)]

    # === TESTS === #

    def test_a_wizard_is_seen_and_changed_by_who_opened_it_alone(self):
        self.assertGreaterEqual(len(self._wizards()), 25)
        for model in self._wizards():
            one, two = self._pair(model)
            wizard = self._make(model, one)
            name = next(n for n, f in model._fields.items() if f.store and n not in MAGIC)
            with self.subTest(model=model._name):
                self.assertIn("oms.wizard", self._bases(model))
                self.assertTrue(wizard.read([name]))
                foreign = wizard.with_user(two)
                self.assertFalse(foreign.search([("id", "=", wizard.id)]))
                for operation in ("read", "write", "unlink"):
                    self.assertFalse(foreign.has_access(operation), operation)
                foreign.invalidate_recordset()
                with self.assertRaises(AccessError):
                    foreign.read([name])
                with self.assertRaises(AccessError):
                    foreign.write({name: wizard.sudo()[name] and False})

    def _bases(self, model):
        return {base._name for base in type(model).mro() if getattr(base, "_name", None)}

    def test_a_line_is_not_put_into_anothers_wizard(self):
        for model in self._wizards():
            for name, field in model._fields.items():
                if field.type != "many2one" or not self.env[field.comodel_name]._transient:
                    continue
                one, two = self._pair(model)
                theirs = self._make(self.env[field.comodel_name], one)
                vals = {**self._required(model, two), name: theirs.id}
                with self.subTest(model=model._name, field=name), self.assertRaises(AccessError):
                    model.with_user(two).create(vals)

    def test_a_record_of_another_company_is_refused_wherever_it_is_handed_in(self):
        count, open_doors = 0, []
        for model in self._wizards():
            user, _other = self._pair(model)
            mine = self._make(model, user)
            for field, value in self._handed(model):
                name, count = field.name, count + 1
                as_user = model.with_user(user)
                ways = {
                    "create": lambda m=as_user, n=name, v=value, u=user, o=model: m.create(
                        {**self._required(o, u), n: v}
                    ),
                    "write": lambda w=mine, n=name, v=value: w.write({n: v}),
                    "onchange": lambda m=as_user, n=name, v=value: m.onchange(
                        {n: v}, [n], {n: {"fields": {"display_name": {}}}}
                    ),
                    "default": lambda m=as_user, n=name, v=value: m.with_context(
                        **{f"default_{n}": v}
                    ).default_get([n]),
                }
                open_doors += [
                    (model._name, name, way) for way, call in ways.items() if self._passes(call)
                ]
        self.assertEqual(open_doors, [])
        self.assertGreaterEqual(count, 25)

    def _passes(self, call):
        """:return: whether a call is let through"""
        try:
            with self.env.cr.savepoint():
                call()
        except AccessError:
            return False
        return True

    def test_lines_with_a_record_of_another_company_are_refused_with_their_wizard(self):
        user = self.users["agent"][0]
        order = self.foreign["sale.order"]
        for model, field, line in (
            ("oms.order.join", "line_ids", {"order_id": order.id}),
            ("oms.customer.split", "line_ids", {"order_id": order.id}),
            ("oms.refund.request", "line_ids", {"line_id": order.order_line.id}),
            (
                "oms.allocation.test",
                "line_ids",
                {"product_id": self.foreign["product.product"].id},
            ),
        ):
            wizard = self.env[model].with_user(user)
            with self.subTest(model=model, way="onchange"), self.assertRaises(AccessError):
                wizard.onchange(
                    {field: [(0, "virtual_1", line)]},
                    [field],
                    {field: {"fields": {"display_name": {}}}},
                )
            vals = self._required(self.env[model], user)
            with self.subTest(model=model, way="create"), self.assertRaises(AccessError):
                wizard.create({**vals, field: [Command.create(line)]})

    def test_what_the_system_put_there_is_checked_again_before_it_acts(self):
        order = self.foreign["sale.order"]
        before, open_doors = order.read()[0], []
        for name, method in DOES.items():
            model = self.env[name]
            user, _other = self._pair(model)
            for field, value in self._handed(model):
                if field.type != "many2one" or not field.store:
                    continue
                wizard = self._make(model, user, **{field.name: value})
                wizard.invalidate_recordset()
                if self._passes(getattr(wizard, method)):
                    open_doors.append((name, field.name))
        self.assertEqual(open_doors, [])
        self.assertEqual(order.read()[0], before)

    def test_a_wizard_opened_on_a_foreign_record_shows_nothing_of_it(self):
        user = self.users["agent"][0]
        for name, record in (
            ("oms.order.join", "sale.order"),
            ("oms.refund.request", "sale.order"),
            ("oms.customer.split", "res.partner"),
            ("oms.order.batch", "sale.order"),
        ):
            model = self.env[name].with_user(user)
            ids = self.foreign[record].ids
            with self.subTest(model=name), self.assertRaises(AccessError):
                model.with_context(
                    active_model=record, active_id=ids[0], active_ids=ids
                ).default_get(list(model._fields))

    def test_a_number_is_explained_of_what_the_user_may_see(self):
        engine = self.env["oms.availability"].with_user(self.users["agent"][0])
        for args in (
            (self.foreign["oms.channel"].id, self.own["product.product"].id),
            (self.channel.id, self.foreign["product.product"].id),
            (self.channel.id, None, self.foreign["oms.channel.listing"].id),
        ):
            with self.subTest(args=args), self.assertRaises(AccessError):
                engine.explain_number(*args)
        with self.assertRaises(AccessError):
            engine.read_page(self.foreign["product.product"].id)

    def test_orders_are_sent_from_warehouses_of_their_own_company(self):
        user = self.users["agent"][0]
        user.company_ids += self.foreign["res.company"]
        wizard = (
            self.env["oms.allocation.move"]
            .with_user(user)
            .with_context(allowed_company_ids=user.company_ids.ids)
            .create(
                {
                    "order_ids": [Command.set(self.own["sale.order"].ids)],
                    "warehouse_id": self.foreign["stock.warehouse"].id,
                }
            )
        )
        with self.assertRaisesRegex(UserError, "cannot ship"):
            wizard.action_move()

    def test_lines_of_another_order_are_not_refunded(self):
        user = self.users["agent"][0]
        order = self._capture(self._document("R1"))
        wizard = self.env["oms.refund.request"].with_user(user)
        wizard = wizard.create(
            {
                "order_id": order.id,
                "reason": "x",
                "amount": 1,
                "line_ids": [Command.create({"line_id": self.own["sale.order.line"].id})],
            }
        )
        with self.assertRaisesRegex(UserError, "one order at a time"):
            wizard.action_request()
        self.assertFalse(order.sudo().oms_refund_ids)

    def test_an_api_key_is_made_for_users_with_a_role_only(self):
        manager = self.users["manager"][0]
        stranger = new_test_user(self.env, "stranger", groups="base.group_user")
        wizard = self.env["oms.api.key"].with_user(manager)
        wizard = wizard.create({"channel_id": self.channel.id, "user_id": stranger.id})
        with self.assertRaisesRegex(UserError, "no API role"):
            wizard._generate_key()

    def test_a_file_is_imported_into_channels_for_files_only(self):
        shop = self.env["oms.channel"].create(
            {"name": "Woo", "adapter": "woocommerce", "state": "live"}
        )
        user = self.users["agent"][0]
        wizard = (
            self.env["oms.order.import"]
            .with_user(user)
            .create({"data": b"eA==", "channel_id": shop.id})
        )
        with self.assertRaisesRegex(UserError, "not imported from files"):
            wizard.action_preview()

    def test_a_typed_secret_is_seen_by_nobody_and_kept_no_longer_than_needed(self):
        manager = self.users["manager"][0]
        wizard = self.env["oms.channel.connect"].with_user(manager)
        wizard = wizard.create({"adapter": "woocommerce"})
        wizard.action_next()
        self.assertEqual(wizard.step, "credentials")
        secrets = {"api_key": "ck_1", "api_secret": "hush", "webhook_secret": "hush too"}
        for leave in ("action_next", "action_back", "action_later"):
            wizard.sudo().step = "credentials"
            wizard.write(secrets)
            wizard.invalidate_recordset()
            self.assertEqual([wizard[name] for name in secrets], [False] * 3)
            with self.assertRaises(AccessError):
                wizard.read(["typed_secrets"])
            self.assertEqual(wizard.sudo().typed_secrets, secrets)
            getattr(wizard, leave)()
            self.assertFalse(wizard.sudo().typed_secrets)
        self.assertEqual(wizard.channel_id.sudo().api_secret, "hush")
        wizard.write(secrets)
        wizard.flush_recordset()
        self.assertEqual(wizard._forget_left_secrets(), 0)
        self.env.cr.execute(
            "UPDATE oms_channel_connect SET write_date = write_date - interval '16 minutes'"
        )
        wizard.invalidate_recordset()
        self.assertEqual(wizard._forget_left_secrets(), 1)
        self.assertFalse(wizard.sudo().typed_secrets)
        stored = [f.name for f in wizard._fields.values() if f.store and f.name in secrets]
        self.assertEqual(stored, [])
