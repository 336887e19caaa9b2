"""Promises of lines: made once, changed with a word, in the order of the queue."""

from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.fields import Command

from .test_oms_incoming import ArrivingCommon


class PromiseCommon(ArrivingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        calendar = cls.env["resource.calendar"].create(
            {"name": "Mill Street", "tz": "Europe/Berlin", "company_id": cls.company.id}
        )
        (cls.warehouse + cls.north).write(
            {"oms_calendar_id": calendar.id, "oms_cutoff": 14.0, "oms_transit_days": 1}
        )
        cls.calendar = calendar
        cls.customer.write({"email": "ann@example.com", "lang": "en_US"})

    def setUp(self):
        super().setUp()
        # A Tuesday, 10:00 in Berlin.
        clock = freeze_time("2026-03-03 09:00:00", tick=False)
        clock.start()
        self.addCleanup(clock.stop)

    def _events(self, order, code=None):
        """:return: (code, before, after) of the promises of an order"""
        events = order.oms_event_ids.filtered(lambda e: e.code.startswith(code or "promise."))
        return [(e.code, e.before, e.after) for e in events.sorted("id")]

    def _review(self):
        self._run_lanes("promises")

    def _mails(self, order):
        return self.env["mail.mail"].search(
            [("model", "=", "sale.order"), ("res_id", "=", order.id)], order="id"
        )


class TestOmsPromise(PromiseCommon):
    def test_what_is_in_stock_leaves_today_and_arrives_when_the_carrier_brings_it(self):
        order = self._confirm(self._make_order((self.mug, 2)))
        self.assertRecordValues(
            order.order_line,
            [
                {
                    "oms_ship_before": datetime(2026, 3, 3, 17),
                    "oms_promised_at": datetime(2026, 3, 4, 17),
                }
            ],
        )
        self.assertEqual(order.oms_promised_at, datetime(2026, 3, 4, 17))
        self.assertRecordValues(
            order.picking_ids.move_ids,
            [{"date": datetime(2026, 3, 3, 17), "date_deadline": datetime(2026, 3, 3, 17)}],
        )
        self.assertEqual(self._events(order), [("promise.made", False, "03/04/2026")])
        self.assertFalse(self._mails(order))

    def test_fault_64_after_the_cut_off_it_leaves_on_the_next_working_day(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Fair",
                "calendar_id": self.calendar.id,
                "company_id": self.company.id,
                "date_from": datetime(2026, 3, 3, 23),
                "date_to": datetime(2026, 3, 4, 22, 59),
            }
        )
        with freeze_time("2026-03-03 13:00:00"):
            order = self._confirm(self._make_order((self.mug, 2)))
        self.assertEqual(order.oms_ship_before, datetime(2026, 3, 5, 17))

    def test_a_carrier_has_its_own_cut_off_and_days_by_country_and_postcode(self):
        carrier = self.env["delivery.carrier"].create(
            {
                "name": "Swift",
                "product_id": self.env["product.product"]
                .create({"name": "S", "type": "service"})
                .id,
                "oms_transit_days": 5,
                "oms_cutoff": 9.0,
                "oms_transit_ids": [
                    Command.create({"country_id": self.env.ref("base.de").id, "days": 2}),
                    Command.create(
                        {"country_id": self.env.ref("base.de").id, "zip_prefix": "27", "days": 3}
                    ),
                ],
            }
        )
        days = {}
        for country, postcode in (("de", "10 115"), ("de", "27 498"), ("fr", "10115")):
            partner = self.customer.copy(
                {"zip": postcode, "country_id": self.env.ref(f"base.{country}").id}
            )
            order = self._make_order((self.mug, 1), partner_id=partner.id, carrier_id=carrier.id)
            self._confirm(order)
            self.assertEqual(order.oms_ship_before, datetime(2026, 3, 4, 17))
            days[country, postcode] = order.oms_promised_at.date().isoformat()
        self.assertEqual(
            days,
            {
                ("de", "10 115"): "2026-03-06",
                ("de", "27 498"): "2026-03-07",
                ("fr", "10115"): "2026-03-10",
            },
        )

    def test_what_is_not_there_is_promised_from_the_purchase_in_the_order_of_the_queue(self):
        self._buy(self.jug, 3, datetime(2026, 3, 9, 9))
        self._buy(self.jug, 3, datetime(2026, 3, 16, 9))
        orders = [self._confirm(self._make_order((self.jug, 2))) for _n in range(4)]
        self.assertEqual(
            [order.oms_ship_before for order in orders],
            [
                datetime(2026, 3, 9, 17),
                datetime(2026, 3, 16, 17),
                datetime(2026, 3, 16, 17),
                False,
            ],
        )

    def test_a_line_of_several_warehouses_is_promised_when_the_last_has_its_part(self):
        self._put_stock(self.jug, self.warehouse, 2)
        self._buy(self.jug, 3, datetime(2026, 3, 9, 9))
        order = self._confirm(self._make_order((self.jug, 4)))
        self.assertEqual(order.oms_ship_before, datetime(2026, 3, 9, 17))

    def test_fault_47_an_order_that_ships_complete_has_one_promise_for_all_lines(self):
        self._buy(self.jug, 3, datetime(2026, 3, 9, 9))
        lines = (self.mug, 1), (self.jug, 1)
        apart = self._confirm(self._make_order(*lines))
        whole = self._confirm(self._make_order(*lines, picking_policy="one"))
        self.assertEqual(
            apart.order_line.mapped("oms_ship_before"),
            [datetime(2026, 3, 3, 17), datetime(2026, 3, 9, 17)],
        )
        self.assertEqual(whole.order_line.mapped("oms_ship_before"), [datetime(2026, 3, 9, 17)] * 2)

    def test_what_the_channel_promised_is_kept_and_compared(self):
        late = self._make_order((self.mug, 1), oms_deliver_by=datetime(2026, 3, 4, 10))
        good = self._make_order((self.mug, 1), oms_deliver_by=datetime(2026, 3, 4, 22))
        self._confirm(late + good)
        self.assertEqual((late + good).mapped("oms_is_promised_late"), [True, False])
        self.assertEqual(late.oms_deliver_by, datetime(2026, 3, 4, 10))

    def test_a_promise_stays_when_a_line_grows(self):
        order = self._confirm(self._make_order((self.mug, 2)))
        with freeze_time("2026-03-10 09:00:00"):
            order.order_line.product_uom_qty = 5
        self.assertEqual(order.oms_promised_at, datetime(2026, 3, 4, 17))

    def test_promising_costs_the_same_for_many_orders(self):
        self._confirm(self._make_order((self.mug, 1)))
        orders = self.env["sale.order"].concat(
            *[self._make_order((self.mug, 1), (self.pot, 1)) for _n in range(20)]
        )
        orders.state = "sale"
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(60):
            self.env["oms.promise"]._promise(orders.order_line)
            self.env.flush_all()
        self.assertTrue(all(orders.mapped("oms_promised_at")))


class TestFault45(PromiseCommon):
    def setUp(self):
        super().setUp()
        self.line = self._buy(self.jug, 4, datetime(2026, 3, 9, 9))
        self.first = self._confirm(self._make_order((self.jug, 2)))
        self.second = self._confirm(self._make_order((self.jug, 2)))
        self.third = self._confirm(self._make_order((self.jug, 2)))
        self._review()

    def test_fault_64_a_purchase_that_comes_another_day_of_its_warehouse_is_looked_at(self):
        review = self.env["oms.promise.review"]
        self.warehouse.oms_calendar_id = self.env["resource.calendar"].create(
            {"name": "Tokyo", "tz": "Asia/Tokyo"}
        )
        # Half past eleven in the evening in Tokyo, and half past one the next day.
        self.line.date_planned = datetime(2026, 3, 9, 14, 30)
        self.assertFalse(review.search([("product_id", "=", self.jug.id)]))
        self.line.date_planned = datetime(2026, 3, 9, 16, 30)
        self.assertTrue(review.search([("product_id", "=", self.jug.id)]))

    def test_fault_45_a_later_purchase_gives_a_new_date_a_mail_and_the_right_to_cancel(self):
        self.line.date_planned = datetime(2026, 3, 12, 9)
        self.assertEqual(self.first.oms_promised_at, datetime(2026, 3, 10, 17))
        self._review()
        self.assertRecordValues(
            self.first,
            [
                {
                    "oms_ship_before": datetime(2026, 3, 12, 17),
                    "oms_promised_at": datetime(2026, 3, 13, 17),
                    "oms_promise_count": 1,
                }
            ],
        )
        self.assertEqual(
            self._events(self.first),
            [("promise.made", False, "03/10/2026"), ("promise.later", "03/10/2026", "03/13/2026")],
        )
        mail = self._mails(self.first)
        self.assertEqual(len(mail), 1)
        self.assertIn("03/13/2026", mail.body_html)
        self.assertIn(f"/oms/orders/{self.first.id}/cancel?access_token=", mail.body_html)
        self.assertEqual(self.first.picking_ids.scheduled_date, datetime(2026, 3, 12, 17))
        self.assertFalse(self._mails(self.third))
        self._review()
        self.assertEqual(len(self._mails(self.first)), 1)

    def test_fault_45_an_earlier_receipt_is_promised_again_in_the_order_of_the_queue(self):
        self._receive_items(self.line, 2)
        self._run_lanes("allocator", "promises")
        self.assertEqual(self.first.oms_promised_at, datetime(2026, 3, 4, 17))
        self.assertEqual(self.second.oms_promised_at, datetime(2026, 3, 10, 17))
        self.assertEqual(self.first.picking_ids.state, "assigned")
        self.assertEqual(self.second.picking_ids.state, "confirmed")
        self.assertIn("earlier", self._mails(self.first).body_html)
        self.assertNotIn("access_token", self._mails(self.first).body_html)
        self.assertFalse(self._mails(self.second))

    def test_fault_45_a_short_receipt_serves_the_first_and_the_next_are_told(self):
        self._receive_items(self.line, 3)
        self.line.move_ids.filtered(lambda m: m.state != "done")._action_cancel()
        self._run_lanes("allocator", "promises")
        self.assertEqual(self.first.picking_ids.state, "assigned")
        self.assertFalse(self.second.oms_promised_at)
        self.assertEqual(
            self._events(self.second)[-1], ("promise.withdrawn", "03/10/2026", "no date")
        )
        self.assertIn("access_token", self._mails(self.second).body_html)

    def test_fault_45_a_cancelled_purchase_puts_them_back_and_the_next_promises_in_order(self):
        self.line.order_id.button_cancel()
        self._review()
        self.assertFalse((self.first + self.second).filtered("oms_promised_at"))
        self.assertEqual(self.first.picking_ids.state, "confirmed")
        self._buy(self.jug, 3, datetime(2026, 3, 16, 9))
        self._review()
        self.assertEqual(
            (self.first + self.second + self.third).mapped("oms_ship_before"),
            [datetime(2026, 3, 16, 17), False, False],
        )
        self.assertEqual(
            [code for code, _before, _after in self._events(self.first)],
            ["promise.made", "promise.withdrawn", "promise.made"],
        )

    def test_a_switch_on_the_channel_keeps_customers_and_channel_from_being_told(self):
        self.channel.tell_promise = False
        self.line.date_planned = datetime(2026, 3, 12, 9)
        self._review()
        self.assertEqual(self.first.oms_promised_at, datetime(2026, 3, 13, 17))
        self.assertFalse(self._mails(self.first))

    def test_the_channel_is_told_of_the_new_date_once(self):
        self.first.oms_order_ref = "F-1"
        self.line.date_planned = datetime(2026, 3, 12, 9)
        self._review()
        message = self.env["oms.channel.message"].search(
            [("topic", "=", "promise"), ("order_id", "=", self.first.id)]
        )
        self.assertEqual(message.event_ref, f"promise:{self.first.id}:1")
        self.assertIn(b'"deliver_by": "2026-03-13T17:00:00Z"', message._raw_payload())

    def test_an_overdue_purchase_without_a_new_date_tells_nobody_every_day(self):
        with freeze_time("2026-03-11 09:00:00"):
            self.env["oms.promise.review"]._schedule([(self.jug, self.company, "look")])
            self._review()
            self.assertEqual(self.first.oms_promised_at, datetime(2026, 3, 10, 17))
        self.assertFalse(self._mails(self.first))

    def test_a_customer_is_written_to_in_their_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        template = self.env.ref("oms_addon.mail_template_promise")
        template.with_context(lang="fr_FR").subject = "Votre commande {{ object.name }}"
        self.customer.lang = "fr_FR"
        self.line.date_planned = datetime(2026, 3, 12, 9)
        self._review()
        mail = self._mails(self.first)
        self.assertEqual(mail.subject, f"Votre commande {self.first.name}")
        self.assertIn("13/03/2026", mail.body_html)

    def test_who_waits_for_another_product_is_not_looked_at(self):
        before = self.first.oms_promised_at
        line = self._buy(self.pot, 1, datetime(2026, 3, 9, 9))
        line.date_planned = datetime(2026, 3, 20) + timedelta(days=1)
        self._review()
        self.assertEqual(self.first.oms_promised_at, before)
        self.assertFalse(self.env["oms.promise.review"].search([]))
