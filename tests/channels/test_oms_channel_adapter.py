"""The contract every adapter keeps; a new one needs fixtures, no test code."""

import json
from pathlib import Path

from odoo.addons.oms_addon.documents.order import DocumentError, OrderDocument

from ..common import OmsCommon

FIXTURES = Path(__file__).parent.parent / "fixtures"
# What a channel of the kind is set to, where its fixture depends on it.
SETTINGS = {"csv_file": {"tz": "Europe/Berlin"}}


class TestAdapterContract(OmsCommon):
    def _parsing(self):
        """:return: model name by code of every adapter whose orders come as messages"""
        return {
            code: name
            for code, name in self.env["oms.channel"]._adapters().items()
            if not self.env[name]._is_native
        }

    def _each(self):
        """:return: (code, adapter, channel, fixture file) of every adapter that parses"""
        for code, name in self._parsing().items():
            with self.subTest(adapter=code):
                channel = self.env["oms.channel"].create({"name": code, "adapter": code})
                channel.company_id.partner_id.tz = SETTINGS.get(code, {}).get("tz", "UTC")
                # The sample shop's orders are of the weeks before its channel was made.
                self.env.flush_all()
                self.env.cr.execute(
                    "UPDATE oms_channel SET create_date = '2010-12-15' WHERE id = %s", [channel.id]
                )
                channel.invalidate_recordset(["create_date"])
                channel.read(["create_date"])
                [fixture] = [
                    path
                    for path in (FIXTURES / code).glob("order.*")
                    if "expected" not in path.name
                ]
                yield code, self.env[name], channel, fixture

    def _payloads(self, adapter, channel, fixture):
        """:return: the payloads of a fixture: those its file makes, or the file itself"""
        if fixture.suffix == ".json":
            return [fixture.read_bytes()]
        events, _documents, errors = adapter._read_file(channel, fixture.read_bytes())
        self.assertEqual(errors, [])
        return [event[2] for event in events]

    def test_every_adapter_reads_its_fixture_as_expected(self):
        count = 0
        for code, adapter, channel, fixture in self._each():
            expected = json.loads((FIXTURES / code / "order.expected.json").read_bytes())
            expected = expected if isinstance(expected, list) else [expected]
            documents = [
                adapter._read(channel, "orders/create", payload)
                for payload in self._payloads(adapter, channel, fixture)
            ]
            self.assertEqual([document.to_dict() for document in documents], expected)
            count += 1
        self.assertEqual(count, len(self._parsing()))

    def test_an_adapter_whose_orders_are_made_in_odoo_takes_no_message(self):
        native = self.env["oms.channel"]._adapters().keys() - self._parsing().keys()
        self.assertEqual(native, {"odoo_shop"})
        for code in native:
            adapter = self.env[f"oms.channel.adapter.{code}"]
            self.assertTrue(adapter._verify(self.channel, {}, b"{}", None))
            with self.assertRaises(DocumentError):
                adapter._read(self.channel, "orders/create", b"{}")

    def test_reading_is_pure_and_gives_the_same_document_again(self):
        for _code, adapter, channel, fixture in self._each():
            for payload in self._payloads(adapter, channel, fixture):
                before = self.cr.sql_log_count
                first = adapter._read(channel, "orders/create", payload)
                self.assertEqual(self.cr.sql_log_count, before)
                self.assertIsInstance(first, OrderDocument)
                self.assertEqual(adapter._read(channel, "orders/create", payload), first)

    def test_an_event_is_named_the_same_whenever_it_comes(self):
        for _code, adapter, channel, fixture in self._each():
            body = self._payloads(adapter, channel, fixture)[0]
            self.assertEqual(adapter._describe("orders", body), adapter._describe("orders", body))

    def test_a_connection_test_answers_in_words(self):
        for code, name in self.env["oms.channel"]._adapters().items():
            with self.subTest(adapter=code):
                channel = self.env["oms.channel"].create({"name": code, "adapter": code})
                self.assertIsInstance(self.env[name]._test_connection(channel), str)

    def test_every_adapter_has_a_label_of_its_own(self):
        labels = [label for _code, label in self.env["oms.channel"]._selection_adapter()]
        self.assertEqual(len(labels), len(set(labels)))
        self.assertNotIn("Channel Adapter", labels)
