"""Shopify: queries and the simulated store."""

import json
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import graphql

from odoo.addons.oms_addon.channels.shopify import (
    listings,
    mutations,
    orders,
    queries,
)

from simulators.shopify import ShopifySimulator
from simulators.shopify.server import SCHEMA, load_schema

from ...common import OmsCommon
from .common import ShopifyCase

PUBLISHED = Path(__file__).parents[4] / "shared" / "specs" / "shopify" / "admin_2026-07.graphql.gz"


class TestShopifyQueries(OmsCommon):
    def _documents(self):
        found = {
            name: value
            for name, value in (vars(queries) | vars(mutations)).items()
            if isinstance(value, str) and value.strip().startswith(("query", "mutation", "{"))
        }
        found |= {f"MORE {name}": value for name, value in queries.MORE.items()}
        found |= {f"MORE of refund {n}": value for n, value in queries.MORE_OF_REFUND.items()}
        found["EXPORT"] = queries.EXPORT % '"x"'
        return {name: graphql.parse(text) for name, text in found.items()}

    def _assert_valid(self, schema):
        documents = self._documents()
        self.assertGreater(len(documents), 30)
        rules = [*graphql.specified_rules, graphql.NoDeprecatedCustomRule]
        for name, document in documents.items():
            with self.subTest(query=name):
                self.assertEqual(graphql.validate(schema, document, rules), [])

    def test_every_query_is_valid_for_the_simulated_store(self):
        self._assert_valid(load_schema(str(SCHEMA)))

    def test_every_query_is_valid_by_the_published_interface(self):
        self._assert_valid(self._published())

    def test_the_simulated_store_speaks_a_part_of_the_published_interface(self):
        published = self._published()
        for name, kind in load_schema(str(SCHEMA)).type_map.items():
            theirs = published.type_map[name]
            if isinstance(kind, graphql.GraphQLEnumType):
                self.assertLessEqual(kind.values.keys(), theirs.values.keys(), name)
            for field, ours in getattr(kind, "fields", {}).items():
                self.assertEqual(str(ours.type), str(theirs.fields[field].type), (name, field))
                for argument, value in getattr(ours, "args", {}).items():
                    of = theirs.fields[field].args[argument]
                    self.assertEqual(str(value.type), str(of.type), (name, field, argument))

    def _published(self):
        if not PUBLISHED.exists():
            self.skipTest(f"{PUBLISHED} is not at hand.")
        return load_schema(str(PUBLISHED))

    def test_no_question_costs_more_than_any_may(self):
        store = ShopifySimulator()
        self.addCleanup(store.server.server_close)
        sizes = {
            "ORDERS": {"ids": ["1"] * orders.ORDERS},
            "REFUNDS": {"ids": ["1"] * orders.REFUNDS},
            "LISTINGS": {"first": listings.LISTINGS},
            "CHANGED_ORDERS": {"first": 250, "filter": "", "key": "ID"},
        }
        some = {"ids": ["1"] * 100, "id": "1", "topic": "ORDERS_CREATE"}
        for name, document in self._documents().items():
            if name != "EXPORT":
                with self.subTest(query=name):
                    cost = store.cost_of(document, sizes.get(name, some))
                    self.assertLessEqual(cost, 1000)


class TestShopifyStore(ShopifyCase):
    def test_eight_callers_at_once_set_each_number_once(self):
        for n in range(8):
            self.store.add_product(f"S{n}", "S", quantity=10)
        items = [self.store.variants[f"S{n}"].item_id for n in range(8)]

        def call(item):
            quantity = {
                "inventoryItemId": f"gid://shopify/InventoryItem/{item}",
                "locationId": "gid://shopify/Location/71",
                "quantity": 3,
                "changeFromQuantity": 10,
            }
            values = {"name": "available", "reason": "correction", "quantities": [quantity]}
            body = {
                "query": mutations.SET_STOCK,
                "variables": {"input": values, "key": f"K{item}"},
            }
            request = urllib.request.Request(
                f"{self.store.url}/admin/api/2026-07/graphql.json",
                data=json.dumps(body).encode(),
                headers={"X-Shopify-Access-Token": self.store.token},
            )
            with urllib.request.urlopen(request, timeout=20) as answer:
                return json.load(answer)["data"]["inventorySetQuantities"]["userErrors"]

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(call, items * 2))
        self.assertEqual(answers, [[]] * 16)
        stock = self.store.stock()
        self.assertEqual({stock[f"S{n}", "71"] for n in range(8)}, {3})
        self.assertEqual(len(self.store.idempotency), 8)

    def test_the_store_refuses_what_shopify_refuses(self):
        values = {"name": "available", "reason": "correction", "quantities": []}
        without_key = (
            "mutation($i: InventorySetQuantitiesInput!) {inventorySetQuantities(input: $i)"
        )
        answer = self.store.answer(without_key + " { userErrors { message } } }", {"i": values})
        self.assertIn("@idempotent directive is required", answer["errors"][0]["message"])
        answer = self.store.answer("{ shop { nonsense } }", {})
        self.assertIn("Cannot query field", answer["errors"][0]["message"])
        ask = {"input": values, "key": "K"}
        self.store.answer(mutations.SET_STOCK, ask)
        other = {**ask, "input": {**values, "reason": "other"}}
        answer = self.store.answer(mutations.SET_STOCK, other)["data"]["inventorySetQuantities"]
        self.assertEqual(
            [error["code"] for error in answer["userErrors"]],
            ["IDEMPOTENCY_KEY_PARAMETER_MISMATCH"],
        )
