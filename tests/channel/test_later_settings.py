"""What is switched on later touches no older order, unless a person asks for it.

Every setting of what decides about orders stands in one of the tables. One that is new fails
``test_every_setting_stands_in_a_table`` until somebody says what it does to older orders.
"""

from dataclasses import dataclass, field

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from ..common import OmsCommon


@dataclass(frozen=True)
class Case:
    """A setting that is kept with orders: a value, one that is switched on later, and what
    becomes of an order under each.

    ``document`` shapes the order, ``drive`` does what lets the setting speak, ``seen`` reads
    what became of an order, ``base`` are other settings of the channel.
    """

    before: object
    after: object
    then: tuple
    seen: str
    document: dict = field(default_factory=dict)
    drive: str = "_run"
    base: dict = field(default_factory=dict)
    is_over: bool = False


UNPAID = {"paid": False}
FREE = {"confirm_policy": "always", "invoice_policy": "shipment", "ship_policy": "always"}

#: kept with the order as it was when the order was received
KEPT = {
    "confirm_policy": Case("manual", "always", ("draft", "sale"), "state", UNPAID),
    "payment_policy": Case("prepaid", "cod", ("draft", "sale"), "state", UNPAID),
    "payment_tolerance": Case(
        0.0, 1.0, ("partial", "paid"), "oms_payment_state", {"charged": "19.50"}
    ),
    "unpaid_days": Case(0, 7, ("draft", "cancel"), "state", UNPAID, "_expire"),
    "transfer_days": Case(
        0,
        7,
        ("draft", "cancel"),
        "state",
        {**UNPAID, "payment_method": "bank transfer"},
        "_expire",
    ),
    "invoice_policy": Case("manual", "payment", (0, 1), "invoices"),
    "send_receipt": Case(
        False, True, ("none", "pending"), "receipts", UNPAID, "_pay", is_over=True
    ),
    "reopen_policy": Case(
        "hold", "revive", ("cancel", "draft"), "state", UNPAID, "_reopen", is_over=True
    ),
    "ship_policy": Case(
        "paid",
        "always",
        ("assigned", "done"),
        "delivery",
        UNPAID,
        base={"confirm_policy": "always", "auto_ship": True},
    ),
    "together_policy": Case("propose", "auto", (1, 2), "together", UNPAID, "_second", FREE),
    "together_hours": Case(
        1, 48, (1, 2), "together", UNPAID, "_second", {**FREE, "together_policy": "auto"}
    ),
    "external_shipment_policy": Case(
        "hold", "deduct", (["SHIPPED_ELSEWHERE"], []), "holds", {}, "_ship_elsewhere"
    ),
    "auto_ship": Case(False, True, ("assigned", "done"), "delivery"),
    "tell_promise": Case(False, True, (0, 1), "mails", {}, "_report"),
}

#: asked only when an order is received: other values for them
RECEIVED = {
    "address_level": "country",
    "guest_partner_id": "partner",
    "pricelist_ids": "pricelist",
    "default_tax_ids": "tax",
    "carrier_id": "carrier",
    "team_id": "team",
    "user_id": "user",
    "tax_rounding": "round_per_line",
    "rounding_limit": 5.0,
    "rate_max_days": 1,
    "start_policy": "record",
    "completed_policy": "record",
    "backfill_policy": "record",
    "picking_policy": "one",
}

#: they say what is there now, or what a person does: the same for all orders
PRESENT = {
    "oms.channel": {
        # where goods are, and what may be sold of them
        *("warehouse_ids", "location_ids", "buffer_ids", "reserve_ids", "mapping_ids"),
        # the table of payment methods, see test_terms_of_a_payment_method_…
        "payment_method_ids",
        # what is synced out, and the guards of it
        *("push_stock", "push_price", "price_pricelist_id", "stock_zero_limit"),
        *("stock_buffer", "stock_percent", "stock_cap", "stock_minimum", "sell_arriving"),
        *("arriving_days", "watch_stock", "reserve_carts", "cart_minutes"),
        # the connection, and how often it is read
        *("name", "sequence", "active", "color", "company_id", "adapter", "base_url"),
        *("account_ref", "api_key", "api_secret", "webhook_secret", "tracking_secret"),
        "fetch_rate",
        *("fetch_minutes", "fetch_minutes_webhooks"),
    },
    # a warehouse as it works today
    "stock.warehouse": {
        *("oms_managed", "oms_calendar_id", "oms_cutoff", "oms_handling_days"),
        *("oms_transit_days", "oms_damaged_location_id", "oms_capacity_day", "oms_carrier_ids"),
    },
    # from where goods can go today; what cancels is in force for orders to come only, see
    # test_a_rule_that_cancels_…
    "oms.allocation.run": {
        *("domain", "name", "sequence", "active", "company_id", "channel_ids", "priority"),
        *("promise_days", "value_min", "value_max", "carrier_ids", "shipping_method"),
        *("zone_ids", "routing_ids"),
    },
    "oms.allocation.routing": {
        *("domain", "name", "sequence", "active", "run_id", "zone_ids", "sort_by", "rule_ids"),
    },
    "oms.allocation.rule": {
        *("name", "sequence", "active", "routing_id", "group_ids", "warehouse_ids"),
        *("zone_ids", "max_km", "needs_carrier", "keeps_safety", "sort_by", "then_by"),
        *("one_parcel", "max_parcels", "min_value", "action", "cancel_days", "user_id"),
    },
    # spoken once, when an order is screened, see test_a_hold_rule_…
    "oms.hold.rule": {
        *("domain", "name", "sequence", "active", "company_id", "channel_ids"),
        *("reason_id", "user_id"),
    },
    # is_blocking is kept with each exception, see test_a_reason_that_stops_…
    "oms.hold.reason": {
        *("name", "code", "sequence", "advice", "fix", "is_blocking", "group_id", "owner_id"),
    },
    "oms.channel.payment.method": {"channel_id", "method", "terms"},
    # done when a picker rejects items
    "oms.pick.rejection.reason": {
        *("name", "sequence", "active", "effect", "is_resourced", "company_id"),
    },
    # what a customer wants
    "res.partner": {"oms_ship_complete"},
    # how long a carrier takes
    "delivery.carrier": {"oms_transit_days", "oms_delivery_days", "oms_cutoff", "oms_transit_ids"},
    "res.company": {"oms_user_id", "oms_approval_limit"},
    "res.config.settings": {
        *("oms_keep_audit_days", "oms_keep_days", "oms_keep_exception_days"),
        *("oms_keep_invoice_days", "oms_keep_outbound_days", "oms_trusted_hosts"),
    },
}


@tagged("standard", "post_install", "-at_install")
class TestLaterSettings(OmsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel.auto_ship = False

    # === THE TABLES === #

    def test_every_setting_stands_in_a_table(self):
        mixin = self.env["oms.channel.policy.mixin"]
        self.assertEqual(mixin._policy_names(), set(KEPT))
        found = {model: self._settings(model) for model in PRESENT}
        expected = dict(PRESENT)
        expected["oms.channel"] = PRESENT["oms.channel"] | KEPT.keys() | RECEIVED.keys()
        self.assertEqual(found, expected)

    def _settings(self, model):
        """:return: the fields of a model that people or code set"""
        inherited = set()
        for mixin in ("mail.thread", "mail.activity.mixin", "rating.mixin", "oms.order.condition"):
            if mixin in self.env and model == "oms.channel":
                inherited |= self.env[mixin]._fields.keys()
        own = model.startswith("oms.")
        return {
            name
            for name, field_ in self.env[model]._fields.items()
            if (own or name.startswith("oms_"))
            and name not in inherited
            and name not in ("id", "create_uid", "create_date", "write_uid", "write_date")
            and (field_.store or model == "res.config.settings")
            and not field_.related
            and not (field_.readonly and (field_.compute or not field_.required))
            and name not in self._not_set(model)
        }

    def _not_set(self, model):
        """:return: fields that hold what happened, not what is wanted"""
        return {
            "oms.channel": {
                *("state", "token", "webhooks_state", "fetched_at", "cursor", "alert_ids"),
                *("next_fetch_at", "polled_at", "fetch_failures", "webhooks_text"),
                *("webhooks_checked_at", "webhooks_since", "next_care_at", "gap_ids"),
                *("next_gap_at", "backfill_ids", "listing_ids", "stock_ids", "message_inbox_ids"),
                *("listing_cursor", "listings_started_at", "listings_before_at"),
                *("listings_fetched_at", "listings_due_at", "prices_checked_at"),
            },
            "res.partner": {"oms_address_key", "oms_rejected_data"},
        }.get(model, set())

    # === KEPT WITH ORDERS === #

    def test_what_was_on_when_an_order_was_received_counts(self):
        for number, (name, case) in enumerate(KEPT.items()):
            with self.subTest(setting=name):
                self.channel = self._make_channel(f"Shop {number}", auto_ship=False)
                self.channel.write({**case.base, name: case.before})
                old = self._capture_case(case, f"O{number}")
                self.channel[name] = case.after
                young = self._capture_case(case, f"Y{number}")
                for order in (old, young):
                    getattr(self, case.drive)(order)
                seen = getattr(self, f"_see_{case.seen}", None) or (lambda o, c=case: o[c.seen])
                self.assertEqual((seen(old), seen(young)), case.then)
                if not case.is_over:
                    self.assertEqual(self._older(), 1)
                    self.channel.action_apply_policy()
                    self.assertEqual(self._older(), 0)
                    getattr(self, case.drive)(old)
                    self.assertEqual(seen(old), case.then[1])

    def test_what_was_switched_off_stays_off_for_older_orders_too(self):
        for name, stops in self.env["oms.channel.policy.mixin"]._POLICY_STOPS.items():
            with self.subTest(setting=name):
                case = KEPT[name]
                self.assertIn(case.before, stops)
                self.channel[name] = case.after
                order = self._capture_case(case, f"S-{name}")
                self.assertEqual(order._oms_policy(name), case.after)
                self.channel[name] = case.before
                self.assertEqual(order._oms_policy(name), case.before)

    def test_the_rows_of_settings_grow_with_changes_not_with_orders(self):
        rows = self.env["oms.channel.policy"].search_count([("channel_id", "=", self.channel.id)])
        self._capture(*[self._document(f"R{n}") for n in range(3)])
        self.channel.write({"auto_ship": False, "name": "Other"})
        found = self.env["oms.channel.policy"].search([("channel_id", "=", self.channel.id)])
        self.assertEqual(len(found), rows)
        self.channel.auto_ship = True
        self.assertEqual(self.channel.policy_id.auto_ship, True)
        self.assertEqual(found.search_count([("channel_id", "=", self.channel.id)]), rows + 1)

    def _older(self):
        """:return: how many open orders follow earlier settings, as the page shows it"""
        self.channel.invalidate_recordset(["older_policy_count"])
        return self.channel.older_policy_count

    def _capture_case(self, case, ref):
        shape = dict(case.document)
        charged = shape.pop("charged", None)
        document = self._document(ref, **shape)
        # One customer for each pair of orders that may leave together.
        document["customer"] = {"ref": f"C-{ref}", "name": ref, "email": f"{ref}@example.com"}
        if charged:
            document["charges"][0]["amount"] = charged
        return self._capture(document)

    # === WHAT LETS A SETTING SPEAK === #

    def _run(self, order):
        order._oms_run()
        self._run_lanes()

    def _expire(self, order):
        self.env["oms.order.expiry"]._expire_unpaid()

    def _again(self, order, **values):
        """Let the channel send an order again, as it is now."""
        paid = values.pop("paid", order.oms_amount_paid > 0)
        version = int(order.oms_version) + 1
        document = self._document(
            order.oms_order_ref,
            paid=paid,
            version=str(version),
            updated_at=f"2026-03-0{version}T09:00:00Z",
        )
        document["customer"] = {
            "ref": f"C-{order.oms_order_ref}",
            "name": order.oms_order_ref,
            "email": f"{order.oms_order_ref}@example.com",
        }
        document.update(values)
        self._capture(document)

    def _pay(self, order):
        self._again(order, paid=True)

    def _reopen(self, order):
        self._again(order, status="cancelled")
        self.assertEqual((order.state, order.oms_cancelled_by), ("cancel", "channel"))
        self._again(order, status="open")

    def _second(self, order):
        """Have the customer buy again, a day later."""
        shape = dict(KEPT["together_policy"].document)
        document = self._document(
            f"{order.oms_order_ref}-2", placed_at="2026-03-02T09:00:00Z", **shape
        )
        ref = order.oms_order_ref
        document["customer"] = {"ref": f"C-{ref}", "name": ref, "email": f"{ref}@example.com"}
        document["shipping"] = self._document(ref)["shipping"]
        if not self._order(f"{ref}-2"):
            self._capture(document)
        self.env["oms.combined.shipment"]._gather(order | self._order(f"{ref}-2"))

    def _ship_elsewhere(self, order):
        document = self._document(order.oms_order_ref)
        self._again(order, lines=[{**document["lines"][0], "shipped": "1"}])

    def _report(self, order):
        changes, reasons = {order.order_line: (None, None)}, {order.order_line: "late"}
        self.env["oms.promise.notifier"]._notify_customers(order, changes, reasons, {})

    # === WHAT BECAME OF AN ORDER === #

    def _see_invoices(self, order):
        return len(order.invoice_ids)

    def _see_receipts(self, order):
        return order.invoice_ids.oms_receipt_state

    def _see_delivery(self, order):
        return order.picking_ids.state

    def _see_together(self, order):
        return len(order.picking_ids.oms_shared_order_ids) or 1

    def _see_holds(self, order):
        return self._holds(order)

    def _see_mails(self, order):
        told = [("model", "=", "sale.order"), ("res_id", "=", order.id)]
        return self.env["mail.mail"].search_count(told)

    # === ASKED WHEN AN ORDER IS RECEIVED === #

    def test_settings_of_receiving_change_no_order_that_is_there(self):
        values = {name: self._value(value) for name, value in RECEIVED.items()}
        orders = self._capture(
            self._document("A1"), self._document("A2", paid=False), self._document("A3")
        )
        before = [self._print(order) for order in orders]
        for name, value in values.items():
            with self.subTest(setting=name):
                self.channel[name] = value
                orders._oms_run()
                self._run_lanes()
                self.assertEqual([self._print(order) for order in orders], before)
        self.channel.action_apply_policy()
        self._run_lanes()
        self.assertEqual([self._print(order) for order in orders], before)

    def _value(self, value):
        if not isinstance(value, str):
            return value
        make = {
            "partner": lambda: self.env["res.partner"].create({"name": "Guest"}).id,
            "pricelist": lambda: [
                Command.set(self.env["product.pricelist"].create({"name": "New"}).ids)
            ],
            "tax": lambda: [
                Command.set(
                    self.env["account.tax"]
                    .create({"name": "New 9", "amount": 9, "type_tax_use": "sale"})
                    .ids
                )
            ],
            "carrier": lambda: (
                self.env["delivery.carrier"].create({"name": "New", "product_id": self.mug.id}).id
            ),
            "team": lambda: self.env["crm.team"].create({"name": "New"}).id,
            "user": lambda: self.env.ref("base.user_admin").id,
        }
        return make[value]() if value in make else value

    def _print(self, order):
        """:return: all that people see of an order"""
        names = [
            *("state", "oms_step", "oms_status", "oms_wait_reason", "oms_payment_state"),
            *("amount_total", "partner_id", "pricelist_id", "carrier_id", "team_id", "user_id"),
            *("picking_policy", "oms_is_recorded", "warehouse_id"),
        ]
        return (
            [order[name] for name in names],
            order.order_line.mapped(lambda l: (l.product_uom_qty, l.price_unit, l.tax_ids.ids)),
            order.picking_ids.mapped("state"),
            order.invoice_ids.mapped(lambda m: (m.state, m.amount_total)),
            self._holds(order),
        )

    # === OTHER TABLES === #

    def test_terms_of_a_payment_method_change_no_order_that_had_terms(self):
        row = self.channel.payment_method_ids.filtered(lambda r: r.method == "bank transfer")
        if not row:
            row = self.env["oms.channel.payment.method"].create(
                {"channel_id": self.channel.id, "method": "bank transfer", "terms": "transfer"}
            )
        old = self._capture(self._document("A1", paid=False, payment_method="bank transfer"))
        row.terms = "cod"
        young = self._capture(self._document("A2", paid=False, payment_method="bank transfer"))
        self.assertEqual((old.state, young.state), ("draft", "sale"))
        self.channel.action_apply_policy()
        self._run_lanes()
        self.assertEqual((old.oms_payment_terms, old.state), ("cod", "sale"))

    def test_a_hold_rule_holds_no_order_that_was_screened(self):
        old = self._capture(self._document("A1", paid=False))
        self.env["oms.hold.rule"].create(
            {
                "name": "All of them",
                "domain": "[]",
                "company_id": self.company.id,
                "reason_id": self.env.ref("oms_addon.oms_hold_reason_rule").id,
            }
        )
        young = self._capture(self._document("A2", paid=False))
        self._again(old, paid=True)
        self.assertEqual((self._holds(old), self._holds(young)), ([], ["RULE"]))
        self.assertEqual(old.picking_ids.state, "assigned")

    def test_a_reason_that_stops_orders_stops_none_whose_exception_was_open(self):
        reason = self.env.ref("oms_addon.oms_hold_reason_rule")
        reason.is_blocking = False
        self.env["oms.hold.rule"].create(
            {
                "name": "All of them",
                "domain": "[]",
                "company_id": self.company.id,
                "reason_id": reason.id,
            }
        )
        old = self._capture(self._document("A1", paid=False))
        reason.is_blocking = True
        young = self._capture(self._document("A2", paid=False))
        for order in (old, young):
            self._again(order, paid=True)
        self.assertEqual((old.state, young.state), ("sale", "draft"))

    def test_a_rule_that_cancels_lets_older_orders_wait(self):
        self._make_product("RARE", "Rare")
        rule = self.env["oms.allocation.rule"].create(
            {
                "name": "One",
                "action": "partial",
                "routing_id": self.env["oms.allocation.routing"]
                .create(
                    {
                        "name": "All",
                        "run_id": self.env["oms.allocation.run"].create({"name": "Every order"}).id,
                    }
                )
                .id,
            }
        )
        self.channel.confirm_policy = "always"
        old = self._capture(self._document("A1", [("RARE", 1, "10.00")]))
        old.oms_captured_at = fields.Datetime.subtract(fields.Datetime.now(), hours=1)
        rule.write({"action": "cancel", "cancel_days": 3})
        self.env["oms.sourcing"]._source(old)
        young = self._capture(self._document("A2", [("RARE", 1, "10.00")]))
        self.assertFalse(old.oms_cancel_at)
        self.assertTrue(young.oms_cancel_at)
