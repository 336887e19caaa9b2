"""Carts over the API: kept whole or refused by item, however often it is sent."""

from .common import ApiCase


class TestApiCarts(ApiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cup = cls._make_product("CUP", "Cup", stock=10)

    def _keep(self, ref, *items, status=200, **content):
        rows = [{"sku": sku, "quantity": str(quantity)} for sku, quantity in items]
        answer = self._post(f"/carts/{ref}", {"items": rows, **content})
        self.assertEqual(answer.status_code, status, answer.text)
        return answer.json()

    def _release(self, ref):
        return self.url_open(f"/oms/api/v1/carts/{ref}", method="DELETE", headers=self._headers())

    def _left(self, sku="CUP"):
        [row] = self._get(f"/availability?sku={sku}").json()["items"]
        return row["quantity"]

    def test_what_is_kept_is_gone_for_others_until_it_is_released(self):
        kept = self._keep("c/1", ("cup", 4), minutes=30)
        self.assertEqual((kept["ref"], kept["items"]), ("c/1", [{"sku": "cup", "quantity": "4"}]))
        self.assertEqual(self._left(), 6)
        self.assertEqual(self._release("c/1").json(), {"ref": "c/1", "released": 1})
        self.assertEqual(self._left(), 10)
        self.assertEqual(self._release("c/1").json(), {"ref": "c/1", "released": 0})

    def test_the_same_again_is_the_same_cart(self):
        self._keep("c1", ("CUP", 10))
        self._keep("c1", ("CUP", 10))
        self.assertEqual(self._left(), 0)
        self._keep("c1", ("CUP", 3))
        self.assertEqual(self._left(), 7)

    def test_too_few_are_refused_with_every_item_named_and_nothing_kept(self):
        self._keep("c1", ("CUP", 9))
        problem = self._keep("c2", ("MUG", 5), ("CUP", 2), status=409)
        self.assertEqual(problem["type"], "urn:oms:problem:insufficient-stock")
        self.assertIn("INSUFFICIENT_STOCK", problem["detail"])
        self.assertEqual(
            problem["errors"],
            [
                {
                    "field": "items[1].quantity",
                    "message": "1 units of 'CUP' are available to sell, 2 were requested",
                }
            ],
        )
        self.assertEqual(self._left("MUG"), 100)

    def test_a_bundle_and_a_single_of_the_last_unit_are_summed_fault_13(self):
        self._make_product("ONE", "One", stock=1)
        self.env["oms.channel.listing"].create(
            {
                "channel_id": self.channel.id,
                "sku": "SET",
                "component_ids": [
                    (0, 0, {"product_id": self.mug.id, "quantity": 2}),
                    (0, 0, {"product_id": self._product("ONE").id}),
                ],
            }
        )
        problem = self._keep("c1", ("SET", 1), ("ONE", 1), ("MUG", 1), status=409)
        self.assertEqual(
            [error["field"] for error in problem["errors"]],
            ["items[0].quantity", "items[1].quantity"],
        )
        self._keep("c1", ("SET", 1), ("MUG", 1))
        self.assertEqual((self._left("ONE"), self._left("MUG"), self._left("SET")), (0, 97, 0))

    def _product(self, sku):
        return self.env["product.product"].search([("default_code", "=", sku)])

    def test_a_cart_that_ended_and_is_gone_is_refused_before_money_is_taken_fault_16(self):
        self._keep("c1", ("CUP", 10), minutes=5)
        carts = self.env["oms.cart.reservation"].search([("cart_ref", "=", "c1")])
        carts.expires_at = "2026-01-01 00:00:00"
        self._keep("c2", ("CUP", 3))
        problem = self._keep("c1", ("CUP", 10), status=409)
        self.assertEqual(
            problem["errors"][0]["message"],
            "7 units of 'CUP' are available to sell, 10 were requested",
        )
        self.assertEqual(self._left(), 7)

    def test_an_order_names_its_cart_and_is_not_counted_twice(self):
        self._keep("c1", ("CUP", 4))
        self._post("/orders", self._document("A1", [("CUP", 4, "10.00")], cart_ref="c1"))
        self._run_lanes()
        self.assertEqual(self._order("A1").oms_cart_ref, "c1")
        self.assertEqual(self._left(), 6)
        self.assertEqual(self._release("c1").json()["released"], 0)

    def test_what_is_wrong_is_named(self):
        for content, field in (
            ({"items": []}, "items"),
            ({"items": [{"sku": "CUP", "quantity": 0}]}, "items[0].quantity"),
            ({"items": [{"sku": " ", "quantity": 1}]}, "items[0].sku"),
            ({"items": [{"sku": "CUP", "quantity": 1}], "minutes": 0}, "minutes"),
        ):
            with self.subTest(field=field):
                answer = self._post("/carts/c1", content)
                problem = self._assert_problem(answer, 422, "bad-document")
                self.assertEqual(problem["errors"][0]["field"], field)
        problem = self._keep("c1", ("NONE", 1), ("CUP", 1), status=422)
        self.assertEqual(problem["errors"][0]["field"], "items[0].sku")
        self.assertEqual(self._left(), 10)

    def test_the_carts_of_another_channel_are_not_touched(self):
        other = self._make_channel("Other")
        self._keep("c1", ("CUP", 4))
        answer = self.url_open(
            "/oms/api/v1/carts/c1", method="DELETE", headers=self._headers(other)
        )
        self.assertEqual(answer.json()["released"], 0)
        self.assertEqual(self._left(), 6)

    def test_nobody_without_a_key_keeps_anything(self):
        answer = self._post("/carts/c1", {"items": []}, key="nonsense")
        self._assert_problem(answer, 401, "no-key")
