"""The API and its description agree, whatever is asked."""

import json
from collections import Counter
from unittest.mock import patch

import jsonschema_rs
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events, from_schema

from odoo.tests.common import TEST_CURSOR_COOKIE_NAME

from odoo.addons.oms_addon.api.description import KINDS, describe
from odoo.addons.oms_addon.documents.codec import declared
from odoo.addons.oms_addon.documents.order import OrderDocument, parse_document

from .common import ApiCase

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
    "negative_data_rejection",
    "missing_required_header",
    "unsupported_method",
    "ignored_auth",
)
OPERATIONS = {
    "POST /orders",
    "GET /orders",
    "GET /orders/{ref}",
    "POST /orders/{ref}/cancel",
    "POST /orders/{ref}/returns",
    "GET /availability",
    "POST /carts/{ref}",
    "DELETE /carts/{ref}",
}


class TestOpenApi(ApiCase):
    """A browser of faults: schemathesis makes requests of the description and judges."""

    def setUp(self):
        super().setUp()
        self.channel.auto_ship = False
        self._capture(self._document("1001"), self._document("1002"))
        self.env["oms.channel.listing"].create(
            [
                {"channel_id": self.channel.id, "sku": sku, "product_id": self.mug.id}
                for sku in ("A", "B", "C")
            ]
        )

    def _description(self, *kinds):
        """:return: the description, without keys and with some kinds of document only

        A request's second try under the same key is refused whatever it says, which would
        hide what is looked for here.
        """
        description = self._get("/openapi.json").json()
        for path in description["paths"].values():
            for operation in (path[name] for name in path if name != "parameters"):
                operation["parameters"] = [
                    parameter
                    for parameter in operation["parameters"]
                    if not parameter["$ref"].endswith("IdempotencyKey")
                ]
        if kinds:
            content = description["paths"]["/orders"]["post"]["requestBody"]["content"]
            content["application/json"]["schema"] = {
                "anyOf": [{"$ref": f"#/components/schemas/{cls}"} for cls in kinds]
            }
        return description

    def _config(self, examples, phases):
        """:return: how to look: the same requests each time"""
        return SchemathesisConfig.from_dict(
            {
                "seed": 1,
                "continue-on-failure": True,
                "base-url": f"{self.base_url()}/oms/api/v1",
                "workers": 1,
                "headers": {
                    "Authorization": f"Bearer {self.key}",
                    "Cookie": f"{TEST_CURSOR_COOKIE_NAME}={self.http_request_key}",
                },
                "parameters": {"header.X-Oms-Channel": self.channel.token},
                "checks": {"enabled": False, **{name: {"enabled": True} for name in CHECKS}},
                "generation": {
                    "deterministic": True,
                    "max-examples": examples,
                    "database": "none",
                },
                "phases": {
                    name: {"enabled": name in phases}
                    for name in ("examples", "coverage", "fuzzing", "stateful")
                },
            }
        )

    def _explore(self, description, examples, phases, only=None):
        """:return: how often each operation answered what, and what was wrong"""
        answers, wrong = Counter(), set()
        many = patch.object(self.env.registry["oms.api"], "_burst", 1e6)
        with many, self.allow_requests():
            schema = schemathesis.openapi.from_dict(
                description, config=self._config(examples, phases)
            )
            for event in from_schema(schema.include(**only) if only else schema).execute():
                if isinstance(event, events.NonFatalError | events.FatalError):
                    wrong.add(str(event))
                elif isinstance(event, events.ScenarioFinished):
                    self._note(event.recorder, answers, wrong)
        return answers, wrong

    def _note(self, recorder, answers, wrong):
        for interaction in recorder.interactions.values():
            status = interaction.response.status_code if interaction.response else 0
            answers[recorder.label, status] += 1
        for nodes in recorder.checks.values():
            for node in nodes:
                if node.status != Status.SUCCESS:
                    failure = node.failure_info.failure
                    wrong.add(f"{recorder.label}: {node.name}: {failure.message}")

    def test_every_answer_is_as_described_whatever_is_asked(self):
        description = self._description("CancellationDocument", "PaymentDocument")
        answers, wrong = self._explore(description, 10, ("examples", "coverage", "fuzzing"))
        self.assertEqual(wrong, set())
        self.assertEqual({label for label, _status in answers}, OPERATIONS)
        for operation in OPERATIONS:
            found = {status for label, status in answers if label == operation}
            with self.subTest(operation=operation):
                self.assertTrue(found & {200, 202}, found)
                self.assertTrue(found & {400, 404, 422}, found)
                self.assertIn(401, found)
        # What is asked of an address with two methods is counted for one of them.
        refused = {label for label, status in answers if status == 405}
        self.assertLessEqual(
            OPERATIONS - {"GET /orders", "POST /orders", "DELETE /carts/{ref}"}, refused
        )

    def test_every_answer_to_documents_of_any_shape_is_as_described(self):
        answers, wrong = self._explore(
            self._description(),
            80,
            ("examples", "fuzzing"),
            {"path": "/orders", "method": "POST"},
        )
        self.assertEqual(wrong, set())
        self.assertEqual({label for label, _status in answers}, {"POST /orders"})
        self.assertLessEqual({202, 422}, {status for _label, status in answers})
        self._run_lanes()
        self.assertFalse(self._messages().filtered(lambda m: m.state == "failed"))


class TestDescription(ApiCase):
    def setUp(self):
        super().setUp()
        self.description = describe("https://example.com")

    def _validator(self, schema):
        return jsonschema_rs.validator_for({**schema, "components": self.description["components"]})

    def test_it_can_be_read_by_anybody_and_names_this_server(self):
        answer = self.url_open("/oms/api/v1/openapi.json")
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.json(), describe(self.base_url()))
        self.assertEqual(answer.json()["openapi"], "3.1.0")

    def test_people_read_it_as_a_page_that_fetches_nothing(self):
        answer = self.url_open("/oms/api/v1/docs")
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.headers["Content-Type"], "text/html; charset=utf-8")
        for path in self.description["paths"]:
            self.assertIn(f"<code>{path}</code>", answer.text)
        for name in self.description["components"]["schemas"]:
            self.assertIn(f'<h3 id="{name}">', answer.text)
        for outside in ("<script", "<link", "<img", "src=", "url("):
            self.assertNotIn(outside, answer.text)

    def test_every_schema_is_a_json_schema(self):
        for name, schema in self.description["components"]["schemas"].items():
            with self.subTest(name):
                self.assertTrue(jsonschema_rs.meta.is_valid(schema))

    def test_the_examples_are_what_the_schemas_say(self):
        count = 0
        for path in self.description["paths"].values():
            for operation in (path[name] for name in path if name != "parameters"):
                bodies = [operation.get("requestBody"), *operation["responses"].values()]
                for body in bodies:
                    for media in (body or {}).get("content", {}).values():
                        self._validator(media["schema"]).validate(media["example"])
                        count += 1
        for answer in self.description["components"]["responses"].values():
            [media] = answer["content"].values()
            self._validator(media["schema"]).validate(media["example"])
        self.assertEqual(count, 13)

    def test_the_example_of_an_order_becomes_one(self):
        operation = self.description["paths"]["/orders"]["post"]
        example = operation["requestBody"]["content"]["application/json"]["example"]
        document = parse_document(example)
        self.assertIsInstance(document, OrderDocument)
        self.assertEqual(document.problems(), ())

    def test_every_field_of_every_document_is_described(self):
        for cls in KINDS:
            schema = self.description["components"]["schemas"][cls.__name__]
            names = {name for name, _codec, _required in declared(cls)}
            self.assertEqual(set(schema["properties"]), names | {"schema"})

    def test_what_a_golden_document_holds_is_what_the_schema_says(self):
        document = json.dumps(self._document("A1"))
        validator = self._validator({"$ref": "#/components/schemas/OrderDocument"})
        validator.validate(json.loads(document))
        validator.validate(parse_document(document).to_dict())
        wrong = {**json.loads(document), "lines": [{"quantity": "two", "unit_price": "1"}]}
        self.assertFalse(validator.is_valid(wrong))
