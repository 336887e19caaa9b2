"""All there is of a product, for whoever may look."""

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from .test_oms_availability import AvailabilityCommon


class TestPage(AvailabilityCommon):
    def _read(self, product=None, days=30, group="warehouse"):
        user = new_test_user(
            self.env, f"page_{group}", groups=f"base.group_user,oms_addon.oms_addon_group_{group}"
        )
        return self.engine.with_user(user).read_page((product or self.cup).id, days)

    def test_warehouses_and_channels_are_told_with_the_least_rights(self):
        self._put_stock(self.cup, self.north, 5)
        self._serve(self._make_order((self.cup, 4)))
        self._confirm(self._make_order((self.cup, 2)))
        self._purchase(self.cup, 20, days=5)
        for group in ("warehouse", "agent"):
            page = self._read(group=group)
            rows = {row["id"]: row for row in page["warehouses"]}
            self.assertEqual(
                [rows[self.warehouse.id][n] for n in ("on_hand", "reserved", "waiting", "free")],
                [10.0, 4.0, 2.0, 4.0],
            )
            self.assertEqual(rows[self.warehouse.id]["arriving"], 20.0)
            self.assertEqual(rows[self.north.id]["free"], 5.0)
            numbers = {row["id"]: row["number"] for row in page["channels"]}
            self.assertEqual((numbers[self.channel.id], numbers[self.other.id]), (9, 9))

    def test_the_days_to_come_follow_what_arrives_and_leaves(self):
        order = self._make_order((self.cup, 4))
        self._serve(order)
        order.picking_ids.move_ids.date = fields.Datetime.add(fields.Datetime.now(), days=2)
        self._purchase(self.cup, 20, days=5)
        line = self._read()["timeline"]
        self.assertEqual(len(line["days"]), 31)
        self.assertEqual(line["on_hand"][:7], [10.0, 10.0, 10.0, 6.0, 6.0, 26.0, 26.0])
        self.assertEqual(line["reserved"][:5], [4.0, 4.0, 4.0, 0.0, 0.0])
        self.assertEqual([n for n, count in enumerate(line["arriving"]) if count], [5])
        self.assertEqual(len(self._read(days=60, group="agent")["timeline"]["days"]), 61)

    def test_a_day_is_one_of_the_warehouse_also_when_clocks_change(self):
        calendar = {"name": "West", "tz": "America/Los_Angeles"}
        self.warehouse.oms_calendar_id = self.env["resource.calendar"].create(calendar)
        with freeze_time("2026-03-06 18:00:00"):
            self._purchase(self.cup, 20, days=0).order_line.date_planned = "2026-03-09 07:30:00"
            order = self._make_order((self.cup, 4))
            self._serve(order)
            order.picking_ids.move_ids.date = "2026-03-08 07:30:00"
        # 7 March in the evening there. On the 8th midnight is 8:00 in UTC, from the 9th on 7:00.
        with freeze_time("2026-03-08 07:00:00"):
            line = self._read()["timeline"]
        self.assertEqual(line["days"][:3], ["2026-03-07", "2026-03-08", "2026-03-09"])
        self.assertEqual(line["arriving"][:4], [0.0, 0.0, 20.0, 0.0])
        self.assertEqual(line["on_hand"][:3], [10.0, 6.0, 26.0])
        self.assertEqual(line["reserved"][:2], [4.0, 0.0])

    def test_each_of_two_warehouses_has_its_own_days(self):
        calendar = {"name": "East", "tz": "Asia/Tokyo"}
        self.north.oms_calendar_id = self.env["resource.calendar"].create(calendar)
        self.warehouse.partner_id.tz = "UTC"
        with freeze_time("2026-03-06 18:00:00"):
            self._purchase(self.cup, 20, days=1)
            self._purchase(self.cup, 5, days=1, warehouse=self.north)
            line = self._read()["timeline"]
        self.assertEqual(line["days"][0], "2026-03-06")
        self.assertEqual(line["arriving"][:3], [0.0, 20.0, 5.0])

    def test_nothing_sold_and_nothing_counted_are_told_too(self):
        service = self._make_product("WRAP", "Gift wrap", is_storable=False)
        page = self._read(service)
        self.assertFalse(page["product"]["counted"])
        self.assertEqual({row["number"] for row in page["channels"]}, {None})
        self.assertEqual(self.engine.read_page(0), {"missing": True})

    def test_strangers_are_told_nothing(self):
        stranger = new_test_user(self.env, "page_stranger", groups="base.group_user")
        with self.assertRaises(AccessError):
            self.engine.with_user(stranger).read_page(self.cup.id)

    def test_the_products_form_leads_there(self):
        action = self.cup.product_tmpl_id.action_oms_availability()
        self.assertEqual(
            (action["tag"], action["params"]), ("oms_availability", {"product_id": self.cup.id})
        )
