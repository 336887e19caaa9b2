"""The connection wizard: every kind by the same steps, resumable, errors on the step."""

from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from ..common import OmsCommon
from ..tiny_shop import KEY, TinyShopMixin


class TestConnect(TinyShopMixin, OmsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(cls.env, "connects", groups="oms_addon.oms_addon_group_manager")

    def setUp(self):
        super().setUp()
        self.shop.webhooks.clear()
        self.wizard = self.env["oms.channel.connect"].with_user(self.manager).create({})

    def _next(self, step, **values):
        """Fill in a step, go on and check where it leads."""
        self.wizard.write(values)
        self.wizard.action_next()
        self.assertEqual((self.wizard.step, self.wizard.error or ""), (step, ""))

    def _stay(self, **values):
        """:return: why a step is not left"""
        step = self.wizard.step
        self.wizard.write(values)
        self.wizard.action_next()
        self.assertEqual(self.wizard.step, step)
        return self.wizard.error

    def _up_to_policy(self):
        self._next("credentials", adapter="canonical")
        self._next("test", name="Tiny two", base_url=self.shop.url, api_key=KEY)
        self._next("stock")
        self._next("taxes")
        self._next("policy")

    def test_a_manager_connects_a_shop_from_its_kind_to_live(self):
        self._up_to_policy()
        self.assertEqual(self.wizard.preset, "prepaid")
        self._next("history", preset="marketplace")
        self._next("summary", wants_backfill=False)
        action = self.wizard.action_go_live()
        channel = self.env["oms.channel"].browse(action["res_id"])
        self.assertRecordValues(
            channel,
            [
                {
                    "name": "Tiny two",
                    "adapter": "canonical",
                    "state": "live",
                    "base_url": self.shop.url,
                    "api_key": KEY,
                    "invoice_policy": "shipment",
                    "send_receipt": False,
                    "webhooks_state": "ok",
                    "connect_step": False,
                }
            ],
        )
        self.assertEqual(self.shop.webhooks, {"orders": channel.webhook_url})

    def test_a_shop_with_open_orders_starts_without_them_unless_told_otherwise(self):
        Channel = self.env["oms.channel"]
        policies = {
            code: Channel.create({"name": code, "adapter": code}).start_policy
            for code in Channel._adapters()
        }
        self.assertEqual(
            {code for code, policy in policies.items() if policy == "process"},
            # Orders of these are sent or uploaded on purpose.
            {"canonical", "csv_file", "sample"},
        )
        self._next("credentials", adapter="woocommerce")
        self.assertEqual(self.wizard.channel_id.start_policy, "record")

    def test_nothing_is_made_before_a_kind_is_chosen(self):
        before = self.env["oms.channel"].search_count([])
        self.assertEqual(self._stay(), "Select the type of channel to connect.")
        self.assertEqual(self.env["oms.channel"].search_count([]), before)

    def test_closed_before_anything_was_entered_it_leaves_one_draft_for_a_day(self):
        Channel = self.env["oms.channel"]
        self._next("credentials", adapter="woocommerce")
        draft = self.wizard.channel_id
        self.assertEqual((draft.name, draft.state), ("WooCommerce", "draft"))
        self.wizard = self.wizard.create({})
        self._next("credentials", adapter="woocommerce")
        self.assertEqual(self.wizard.channel_id, draft)
        Channel._gc_untouched_drafts()
        self.assertTrue(draft.exists())
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE oms_channel SET write_date = write_date - INTERVAL '2 days' WHERE id = %s",
            [draft.id],
        )
        draft.invalidate_recordset()
        Channel._gc_untouched_drafts()
        self.assertFalse(draft.exists())

    def test_what_was_entered_is_kept_when_the_wizard_is_closed(self):
        Channel = self.env["oms.channel"]
        self._next("credentials", adapter="woocommerce")
        draft = self.wizard.channel_id
        self.wizard.write({"base_url": "https://shop.example.com"})
        self.wizard.action_next()
        self.assertEqual(self.wizard.step, "credentials")
        self.wizard = self.wizard.create({})
        self._next("credentials", adapter="woocommerce")
        self.assertNotEqual(self.wizard.channel_id, draft)
        self.env.flush_all()
        self.env.cr.execute("UPDATE oms_channel SET write_date = write_date - INTERVAL '2 days'")
        self.env.invalidate_all()
        Channel._gc_untouched_drafts()
        self.assertEqual(draft.exists().base_url, "https://shop.example.com")

    def test_what_is_missing_is_said_by_the_names_of_the_channel(self):
        self._next("credentials", adapter="canonical")
        self.assertEqual(self.wizard.api_key_label, "Pass phrase")
        self.assertEqual(self._stay(), "Fill in: Address of the tiny shop, Pass phrase.")
        self.assertEqual(self._stay(base_url=self.shop.url), "Fill in: Pass phrase.")

    def test_a_wrong_secret_stays_on_the_test_until_it_is_right(self):
        self._next("credentials", adapter="canonical")
        self.wizard.write({"base_url": self.shop.url, "api_key": "wrong"})
        self.wizard.action_next()
        self.assertEqual(self.wizard.step, "test")
        self.assertIn("credentials rejected", self.wizard.error)
        self.assertNotIn("wrong", self.wizard.error)
        self.assertIn("credentials rejected", self._stay())
        self.wizard.action_back()
        self._next("test", api_key=KEY)
        self.assertTrue(self.wizard.test_ok)
        self._next("stock")

    def test_secrets_go_to_the_channel_and_are_read_back_by_nobody(self):
        self._next("credentials", adapter="canonical")
        self._next("test", base_url=self.shop.url, api_key=KEY)
        self.assertFalse(self.wizard.api_key)
        self.assertEqual(self.wizard.channel_id.sudo().api_key, KEY)
        with self.assertRaises(AccessError):
            self.wizard.channel_id.read(["api_key"])
        self.wizard.action_back()
        self.assertFalse(self.wizard.api_key)
        self.assertIn("Stored", self.wizard.api_key_hint)
        self._next("test")
        self.assertEqual(self.wizard.channel_id.sudo().api_key, KEY)

    def test_it_can_be_left_and_gone_on_with(self):
        self._next("credentials", adapter="canonical")
        self._next("test", name="Half", base_url=self.shop.url, api_key=KEY)
        self._next("stock")
        channel = self.wizard.channel_id
        self.wizard.action_later()
        self.wizard.unlink()
        action = channel.with_user(self.manager).action_connect()
        self.wizard = self.env["oms.channel.connect"].browse(action["res_id"])
        self.assertEqual((self.wizard.step, self.wizard.channel_id), ("stock", channel))
        self.wizard = self.wizard.with_user(self.manager)
        self._next("taxes")

    def test_places_of_stock_are_fetched_and_mapped_to_warehouses(self):
        self._up_to_policy()
        self.wizard.sudo().step = "stock"
        main, theirs = self.wizard.location_ids.sorted("fulfils", reverse=True)
        self.assertRecordValues(
            main + theirs,
            [{"ref": "L1", "fulfils": True}, {"ref": "FBT", "fulfils": False}],
        )
        self.wizard.location_ids = [(1, main.id, {"warehouse_ids": [(6, 0, self.north.ids)]})]
        self.assertEqual(main.warehouse_ids, self.north)

    def test_taxes_that_are_missing_are_created_once_with_their_rate_and_mode(self):
        self.env["account.tax"].create(
            {
                "name": "VAT 20",
                "amount": 20,
                "type_tax_use": "sale",
                "price_include_override": "tax_included",
            }
        )
        self._next("credentials", adapter="canonical")
        self._next("test", base_url=self.shop.url, api_key=KEY)
        self._next("stock")
        self._next("taxes")
        self.assertRecordValues(
            self.wizard.tax_ids,
            [
                {"rate": 20.0, "included": True, "is_wanted": False},
                {"rate": 5.5, "included": True, "is_wanted": True},
            ],
        )
        self.assertEqual(self.wizard.missing_tax_count, 1)
        self._next("policy")
        tax = self.env["account.tax"].search([("amount", "=", 5.5)])
        self.assertRecordValues(
            tax,
            [
                {
                    "name": "VAT reduced 5.5% incl.",
                    "price_include_override": "tax_included",
                    "type_tax_use": "sale",
                    "company_id": self.company.id,
                }
            ],
        )
        self.wizard.action_back()
        self.assertEqual(self.wizard.missing_tax_count, 0)
        self._next("policy")
        self.assertEqual(self.env["account.tax"].search_count([("amount", "=", 5.5)]), 1)

    def test_a_tax_nobody_wants_is_not_created(self):
        self._next("credentials", adapter="canonical")
        self._next("test", base_url=self.shop.url, api_key=KEY)
        self._next("stock")
        self._next("taxes")
        self.wizard.tax_ids.is_wanted = False
        self._next("policy")
        self.assertFalse(self.env["account.tax"].search_count([("amount", "=", 5.5)]))

    def test_a_call_that_fails_is_said_on_its_step_and_leaves_nothing_half_made(self):
        self._next("credentials", adapter="canonical")
        self._next("test", base_url=self.shop.url, api_key=KEY)
        self.shop.fail(1, 503, path="/locations")
        self.wizard.action_next()
        self.assertEqual(self.wizard.step, "stock")
        self.assertIn("failed with status 503", self.wizard.error)
        self.assertFalse(self.wizard.location_ids)
        self._next("taxes")

    def test_every_preset_is_explained_and_fits_the_policy(self):
        presets = self.env["oms.channel"]._policy_presets()
        self.assertEqual(set(presets), {"prepaid", "marketplace", "cod", "wholesale"})
        for code, preset in presets.items():
            with self.subTest(preset=code):
                self.channel.write(preset["values"])
                self.assertTrue(preset["label"] and preset["text"])

    def test_orders_of_the_past_are_counted_first_and_start_with_the_channel(self):
        for _number in range(4):
            self.shop.place_order()
        self._up_to_policy()
        self._next("history")
        self.wizard.write(
            {
                "wants_backfill": True,
                "backfill_from": "2026-01-01",
                "backfill_to": "2027-01-01",
                "backfill_policy": "record",
            }
        )
        self.wizard.action_count()
        self.assertEqual(self.wizard.count_text, "4 orders")
        backfill = self.wizard.backfill_id
        self.assertEqual(backfill.state, "draft")
        self._next("summary")
        self.assertIn("4 orders", self.wizard.summary)
        self.wizard.action_go_live()
        self.assertRecordValues(backfill, [{"state": "running", "policy": "record"}])

    def test_a_back_fill_nobody_wants_any_more_is_taken_back(self):
        self._up_to_policy()
        self._next("history")
        self._next("summary", wants_backfill=True)
        self.assertTrue(self.wizard.channel_id.backfill_ids)
        self.wizard.action_back()
        self.assertTrue(self.wizard.wants_backfill)
        self._next("summary", wants_backfill=False)
        self.assertFalse(self.wizard.channel_id.backfill_ids)

    def test_a_kind_without_an_account_has_fewer_steps(self):
        self._next("credentials", adapter="csv_file")
        self._next("stock", name="Sheets")
        self._next("policy")
        self._next("summary")
        self.wizard.action_go_live()
        self.assertEqual(self.wizard.channel_id.state, "live")

    def test_a_channel_that_was_not_connected_is_discarded_without_a_trace(self):
        self._next("credentials", adapter="canonical")
        channel = self.wizard.channel_id
        self.wizard.action_discard()
        self.assertFalse(channel.exists())

    def test_the_access_of_a_live_channel_is_renewed_without_touching_its_policy(self):
        self.tiny.invoice_policy = "delivery"
        action = self.tiny.with_user(self.manager).action_connect()
        self.wizard = self.env["oms.channel.connect"].browse(action["res_id"])
        self.wizard = self.wizard.with_user(self.manager)
        self.assertEqual(self.wizard.step, "credentials")
        self._next("test")
        for step in ("stock", "taxes", "policy", "history", "summary"):
            self._next(step)
        self.assertEqual(self.wizard.preset, "keep")
        self.wizard.action_go_live()
        self.assertRecordValues(self.tiny, [{"state": "live", "invoice_policy": "delivery"}])

    def test_an_address_of_this_machine_is_warned_of(self):
        for url, local in (
            ("http://localhost:8069/oms/webhook/x", True),
            ("http://192.168.1.5/oms/webhook/x", True),
            ("http://odoo/oms/webhook/x", True),
            ("https://shop.example.com/oms/webhook/x", False),
        ):
            self.assertEqual(self.wizard._is_local(url), local, url)

    def test_an_agent_cannot_connect(self):
        agent = new_test_user(self.env, "agent", groups="oms_addon.oms_addon_group_agent")
        with self.assertRaises(AccessError):
            self.env["oms.channel.connect"].with_user(agent).create({})
        with self.assertRaises(AccessError):
            self.tiny.with_user(agent).action_connect()
