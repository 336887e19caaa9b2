"""The queue as a picture: exact figures, for exactly what the list shows."""

from datetime import datetime, timedelta

from odoo.tests import freeze_time, new_test_user

from ..promise.test_oms_incoming import ArrivingCommon


@freeze_time("2026-03-02 12:00:00")
class TestOmsBackorderPicture(ArrivingCommon):
    def _buy_in(self, days, quantity, product=None, **values):
        date = datetime(2026, 3, 2, 12) + timedelta(days=days)
        return self._buy(product or self.jug, quantity, date, **values)

    def _picture(self, domain=()):
        return self.backorder.read_picture(list(domain))

    def test_what_comes_is_told_apart_by_week(self):
        self._serve(self._make_order((self.jug, 50)))
        for days, quantity in ((-1, 1), (1, 2), (6, 3), (7, 5), (20, 7), (21, 9)):
            self._buy_in(days, quantity)
        self._buy_in(2, 90, confirm=False)
        self.assertEqual(
            self._picture(),
            {
                "products": [
                    {
                        "id": self.jug.id,
                        "name": "[JUG] Jug",
                        "unit": "Units",
                        "waiting": 50.0,
                        "stock": 0.0,
                        "overdue": 1.0,
                        "weeks": [5.0, 5.0, 7.0],
                        "later": 9.0,
                    }
                ],
                "more": 0,
                "short": 1,
            },
        )

    def test_what_is_reserved_is_not_waited_for(self):
        self._put_stock(self.jug, self.warehouse, 3)
        self._serve(self._make_order((self.jug, 5)))
        self._buy_in(3, 2, warehouse=self.north)
        [row] = self._picture()["products"]
        self.assertEqual((row["waiting"], row["stock"], row["weeks"][0]), (2.0, 0.0, 2.0))
        self.assertEqual(self._picture()["short"], 0)

    def test_what_just_came_is_in_stock_until_the_queue_is_served(self):
        self._serve(self._make_order((self.jug, 5)))
        self._put_stock(self.jug, self.warehouse, 4)
        [row] = self._picture()["products"]
        self.assertEqual((row["waiting"], row["stock"]), (5.0, 4.0))

    def test_the_products_waited_for_most_are_shown_and_the_others_counted(self):
        products = [self._make_product(f"P{n}", f"Product {n}") for n in range(7)]
        for n, product in enumerate(products, 1):
            self._serve(self._make_order((product, n)))
        picture = self._picture()
        self.assertEqual([row["waiting"] for row in picture["products"]], [7.0, 6.0, 5.0, 4.0, 3.0])
        self.assertEqual((picture["more"], picture["short"]), (2, 7))

    def test_it_shows_what_the_list_is_filtered_to(self):
        pan = self._make_product("PAN", "Pan")
        self._serve(self._make_order((self.jug, 2)))
        self._serve(self._make_order((pan, 3)))
        [row] = self._picture([("product_id", "=", pan.id)])["products"]
        self.assertEqual((row["id"], row["waiting"]), (pan.id, 3.0))

    def test_nothing_waits(self):
        self._buy_in(3, 2)
        self.assertEqual(self._picture(), {"products": [], "more": 0, "short": 0})

    def test_who_may_see_the_queue_may_see_its_picture_and_others_may_not(self):
        self._serve(self._make_order((self.jug, 2)))
        for group in ("agent", "warehouse"):
            user = new_test_user(
                self.env, f"oms_{group}", groups=f"oms_addon.oms_addon_group_{group}"
            )
            picture = self.backorder.with_user(user).read_picture([])
            self.assertEqual([row["waiting"] for row in picture["products"]], [2.0])
        nobody = new_test_user(self.env, "oms_nobody", groups="base.group_user")
        with self.assertRaisesRegex(Exception, "not allowed to access"):
            self.backorder.with_user(nobody).read_picture([])

    def test_many_products_cost_no_more_queries(self):
        def _count(products):
            for product in products:
                self._serve(self._make_order((product, 2)))
                self._buy_in(3, 1, product)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._picture()
            return self.env.cr.sql_log_count - before

        few = _count([self.jug])
        self.assertLessEqual(_count([self._make_product(f"P{n}", "P") for n in range(12)]), few)
