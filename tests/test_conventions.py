"""Rules of the code base that no linter knows."""

from collections import defaultdict
from pathlib import Path

from lxml import etree, html

from odoo.tools import SQL, file_path

from .common import OmsCommon

SOURCE = Path(file_path("oms_addon/__manifest__.py")).parent
MODELS_OF_CORE = (
    "sale.order",
    "sale.order.line",
    "stock.picking",
    "stock.warehouse",
    "payment.transaction",
    "account.move",
    "res.partner",
    "res.company",
)


class TestConventions(OmsCommon):
    def test_fields_added_to_core_models_start_with_oms(self):
        for name in MODELS_OF_CORE:
            for field in self.env[name]._fields.values():
                if field._module == "oms_addon":
                    with self.subTest(field=str(field)):
                        self.assertTrue(field.name.startswith("oms_"))

    def test_every_record_that_is_kept_has_a_name_people_can_read(self):
        for name, model in self.env.items():
            if name.startswith("oms.") and not (model._abstract or model._transient):
                with self.subTest(model=name):
                    record = model.search([], limit=1) or model.new()
                    self.assertTrue(model._rec_name or record.display_name != f"{name},{record.id}")

    def test_no_two_fields_of_a_model_have_the_same_label(self):
        for name, model in self.env.items():
            by_label = defaultdict(list)
            for field in model._fields.values():
                by_label[field.string].append(field)
            for label, found in by_label.items():
                if len(found) > 1 and any(f._module == "oms_addon" for f in found):
                    with self.subTest(model=name, label=label):
                        self.assertFalse([field.name for field in found])

    def test_every_list_that_can_be_empty_says_what_to_do_then(self):
        data = self.env["ir.model.data"].search(
            [("module", "=", "oms_addon"), ("model", "=", "ir.actions.act_window")]
        )
        actions = self.env["ir.actions.act_window"].browse(data.mapped("res_id"))
        lists = actions.filtered(lambda a: a.target != "new" and a.view_mode != "form")
        self.assertGreater(len(lists), 20)
        for action in lists:
            with self.subTest(action=action.name):
                [title, *texts] = html.fromstring(f"<div>{action.help}</div>").findall("p")
                self.assertTrue(title.text_content().strip())
                self.assertTrue("".join(text.text_content() for text in texts).strip())

    def test_cards_in_groups_say_what_to_do_when_there_are_none(self):
        for path in (SOURCE / "views").glob("*.xml"):
            for card in etree.parse(path).iter("kanban"):
                if card.get("group_create") == "0":
                    with self.subTest(path.name):
                        # Odoo's own leaves the page empty where they are grouped by a record.
                        self.assertEqual(card.get("js_class"), "oms_orders_kanban")

    def test_no_button_calls_what_takes_no_records(self):
        # The web client hands the ids of what is selected to each, none among them.
        called = {
            (path.name, button.get("name"))
            for path in (SOURCE / "views").glob("*.xml")
            for button in etree.parse(path).iter("button")
            if button.get("type") == "object"
        }
        of_models = {
            name
            for model in self.env.registry.values()
            for name in dir(model)
            if name.startswith("action_") and getattr(getattr(model, name), "_api_model", False)
        }
        self.assertGreater(len(called), 50)
        self.assertEqual({row for row in called if row[1] in of_models}, set())

    def test_business_code_never_commits(self):
        for path in [*SOURCE.glob("models/**/*.py"), *SOURCE.glob("channels/**/*.py")]:
            with self.subTest(path.name):
                self.assertNotRegex(path.read_text(), r"\bcr\.commit\(")

    def test_constraints_are_declared_as_odoo_19_reads_them(self):
        for path in SOURCE.rglob("*.py"):
            with self.subTest(path.name):
                self.assertNotIn("_sql_constraints", path.read_text())

    def test_every_view_and_data_file_is_in_the_manifest(self):
        manifest = (SOURCE / "__manifest__.py").read_text()
        for folder in ("views", "data", "security", "wizard"):
            for path in (SOURCE / folder).glob("*.xml"):
                with self.subTest(path.name):
                    self.assertIn(f'"{folder}/{path.name}"', manifest)

    def test_the_style_sheets_can_be_compiled(self):
        bundle = self.env["ir.qweb"]._get_asset_bundle("web.assets_backend", css=True, js=False)
        bundle.preprocess_css()
        self.assertEqual(bundle.css_errors, [])


class TestNeutralize(OmsCommon):
    def test_a_neutralised_copy_never_talks_to_a_channel(self):
        self.channel.write(
            {"api_key": "k", "webhook_secret": "s", "base_url": "https://example.com"}
        )
        order = self._capture(self._document("A1"))
        self.env["oms.channel.message"]._send_later([(self.channel, "shipment", "k1", order, {})])
        self.env.flush_all()
        self.cr.execute((SOURCE / "data" / "neutralize.sql").read_text())
        self.env.invalidate_all()
        self.assertRecordValues(
            self.channel,
            [{"state": "paused", "api_key": False, "webhook_secret": False, "base_url": False}],
        )
        message = self.env["oms.channel.message"].search([("event_ref", "=", "k1")])
        self.assertEqual(message.state, "ignored")
        self._run_lanes("outbox")
        self.assertEqual(message.state, "ignored")

    def _secrets(self):
        """Yield (model, name) of each stored field of ours that the system alone reads, and of
        each field of a form.
        """
        for model in self.env.values():
            if model._abstract or not model._auto or not model._name.startswith("oms."):
                continue
            for name, field in model._fields.items():
                # What went wrong in Odoo itself is no secret.
                is_secret = "base.group_system" in (field.groups or "") and name != "trace"
                if field.store and field.column_type and (is_secret or model._transient):
                    yield model, name

    def test_no_secret_and_nothing_of_a_form_is_left_in_a_neutralised_copy(self):
        self.channel.write({"api_key": "k", "api_secret": "s", "webhook_secret": "w"})
        form = self.env["oms.api.key"].with_context(active_id=self.channel.id)
        form.create({"user_id": self.env.user.id})
        keys = self.env["res.users.apikeys"]
        keys._generate("oms", "shop", None)
        keys._generate("oms:0123", "shop", None)
        self.channel._raise_alert("breaker", "An answer of a server", "Advice")
        self.env.flush_all()
        found = list(self._secrets())
        names = {(model._name, name) for model, name in found}
        self.assertLessEqual({("oms.channel", "api_secret"), ("oms.api.key", "channel_id")}, names)
        self.cr.execute((SOURCE / "data" / "neutralize.sql").read_text())
        count = "SELECT count(*) FROM %s WHERE %s IS NOT NULL"
        for model, name in found:
            query = SQL(count, SQL.identifier(model._table), SQL.identifier(name))
            self.assertEqual(self.env.execute_query(query), [(0,)], f"{model._name}.{name}")
        alerts = SQL("SELECT count(*) FROM oms_channel_alert")
        self.assertEqual(self.env.execute_query(alerts), [(0,)])
        opened = SQL("SELECT count(*) FROM res_users_apikeys WHERE scope LIKE %s", "oms%")
        self.assertEqual(self.env.execute_query(opened), [(0,)])
