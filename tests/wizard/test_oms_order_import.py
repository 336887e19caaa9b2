import base64
import io
import json
from datetime import datetime

import openpyxl

from odoo.exceptions import UserError

from ..common import OmsCommon

HEADER = "Order ID;Date;Email;Name;Street;City;Zip;Country;SKU;Qty;Price;Currency"
ROWS = [
    "1001;2026-03-01;a@example.com;Ann;1 High St;Leeds;LS1 1AA;GB;MUG;2;10,00;USD",
    "1001;2026-03-01;a@example.com;Ann;1 High St;Leeds;LS1 1AA;GB;POT;1;5,00;USD",
    "1002;2026-03-01;b@example.com;Bob;2 High St;Leeds;LS1 1AA;GB;MUG;two;10,00;USD",
    "1003;2026-03-01;c@example.com;Cyd;3 High St;Leeds;LS1 1AA;GB;MUG;1;10,00;USD",
]
MAPPING = {
    "order_ref": "Order ID",
    "placed_at": "Date",
    "email": "Email",
    "customer_name": "Name",
    "ship_name": "Name",
    "ship_street": "Street",
    "ship_city": "City",
    "ship_zip": "Zip",
    "ship_country": "Country",
    "sku": "SKU",
    "quantity": "Qty",
    "unit_price": "Price",
    "currency": "Currency",
}


class TestOrderImport(OmsCommon):
    def setUp(self):
        super().setUp()
        self.files = self._make_channel("Files", adapter="csv_file", confirm_policy="always")
        self.env["oms.channel.mapping"].create(
            [
                {"channel_id": self.files.id, "kind": "column", "key": ours, "value": theirs}
                for ours, theirs in MAPPING.items()
            ]
        )

    def _upload(self, *rows, encoding="utf-8"):
        data = "\n".join([HEADER, *rows]).encode(encoding)
        return self.env["oms.order.import"].create(
            {"channel_id": self.files.id, "data": base64.b64encode(data), "filename": "orders.csv"}
        )

    def test_the_preview_shows_errors_by_row_and_imports_nothing(self):
        wizard = self._upload(*ROWS)
        wizard.action_preview()
        self.assertEqual((wizard.order_count, wizard.new_count, wizard.error_count), (2, 2, 1))
        error = wizard.line_ids.filtered(lambda line: line.kind == "error")
        self.assertEqual((error.row, error.value), (4, "two"))
        self.assertFalse(
            self.env["oms.channel.message"].search([("channel_id", "=", self.files.id)])
        )

    def test_applying_imports_the_good_orders_and_leaves_the_bad_one_out_whole(self):
        self._upload(*ROWS).action_apply()
        self._run_lanes()
        orders = self.env["sale.order"].search([("oms_channel_id", "=", self.files.id)])
        self.assertEqual(set(orders.mapped("oms_order_ref")), {"1001", "1003"})
        self.assertEqual(self._order("1001", self.files).amount_total, 25.0)

    def test_the_same_file_twice_makes_nothing_new(self):
        self._upload(*ROWS).action_apply()
        self._run_lanes()
        again = self._upload(*ROWS)
        again.action_preview()
        self.assertEqual((again.new_count, again.known_count), (0, 2))
        again.action_apply()
        self._run_lanes()
        messages = self.env["oms.channel.message"].search(
            [("channel_id", "=", self.files.id), ("direction", "=", "in")]
        )
        self.assertEqual(len(messages), 2)
        self.assertEqual(messages.mapped("deliveries"), [2, 2])
        self.assertEqual(
            self.env["sale.order"].search_count([("oms_channel_id", "=", self.files.id)]), 2
        )

    def test_a_file_of_another_encoding_keeps_its_letters(self):
        self._upload(ROWS[3].replace("Cyd", "Zoë Müller"), encoding="cp1252").action_apply()
        self._run_lanes()
        self.assertEqual(self._order("1003", self.files).partner_id.name, "Zoë Müller")

    def test_no_file_is_told_in_words(self):
        wizard = self.env["oms.order.import"].create({"channel_id": self.files.id})
        with self.assertRaisesRegex(UserError, "Choose a file"):
            wizard.action_preview()

    def test_json_documents_are_imported_as_file(self):
        body = json.dumps([self._document("J1"), self._document("J2")]).encode()
        self.env["oms.order.import"].create(
            {"channel_id": self.channel.id, "data": base64.b64encode(body)}
        ).action_apply()
        self._run_lanes()
        self.assertEqual(len(self._order("J1") + self._order("J2")), 2)


class TestMarketplaceWithoutAdapter(OmsCommon):
    """What a marketplace without an interface lets people download is enough."""

    COLUMNS = (
        "Order ID",
        "Order date",
        "Email",
        "Customer",
        "Recipient",
        "Ship street",
        "Ship city",
        "Ship zip",
        "Ship country",
        "SKU",
        "Qty",
        "Price",
        "Currency",
        "Order total",
        "Paid at",
    )

    def _workbook(self, *rows):
        stream = io.BytesIO()
        book = openpyxl.Workbook()
        for row in (self.COLUMNS, *rows):
            book.active.append(row)
        book.save(stream)
        return stream.getvalue()

    def _row(self, ref, sku="MUG", quantity=2):
        currency = self.company.currency_id.name
        placed = datetime(2026, 3, 1, 10, 30)
        address = ("1 High St", "Leeds", "LS1 1AA", "United Kingdom")
        person = (f"{ref}@example.com", f"Buyer {ref}", "Her aunt", *address)
        return (ref, placed, *person, sku, quantity, 10.5, currency, 31.5, placed)

    def test_an_excel_file_with_usual_columns_needs_no_mapping_and_goes_to_the_door(self):
        market = self._make_channel("Flea market", adapter="csv_file")
        data = self._workbook(
            self._row("F1"), self._row("F1", "POT", 1), self._row("F2", quantity=None)
        )
        wizard = self.env["oms.order.import"].create(
            {"channel_id": market.id, "data": base64.b64encode(data), "filename": "orders.xlsx"}
        )
        wizard.action_preview()
        self.assertEqual((wizard.order_count, wizard.error_count), (1, 1))
        wizard.action_apply()
        self._run_lanes()
        order = self._order("F1", market)
        self.assertEqual(order.amount_total, 31.5)
        self.assertEqual(order.partner_id.name, "Buyer F1")
        self.assertRecordValues(order.partner_shipping_id, [{"name": "Her aunt", "zip": "LS1 1AA"}])
        self.assertEqual(order.partner_shipping_id.country_id.code, "GB")
        self.assertEqual((order.oms_payment_state, order.oms_step), ("paid", "deliver"))
        self.assertEqual(order.order_line.mapped("qty_delivered"), [2, 1])
        self.assertFalse(self._order("F2", market))
