import base64
import csv
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
        with self.assertRaisesRegex(UserError, "Select a file"):
            wizard.action_preview()

    def test_json_documents_are_imported_as_file(self):
        body = json.dumps([self._document("J1"), self._document("J2")]).encode()
        self.env["oms.order.import"].create(
            {"channel_id": self.channel.id, "data": base64.b64encode(body)}
        ).action_apply()
        self._run_lanes()
        self.assertEqual(len(self._order("J1") + self._order("J2")), 2)

    # === WHAT THE PREVIEW SAYS === #

    def _lines(self, wizard):
        """:return: row, kind and message of the lines of a preview, by row"""
        lines = wizard.line_ids.sorted("row")
        return [(line.row, line.kind, line.message) for line in lines]

    def test_an_address_without_a_name_goes_to_the_customer(self):
        self.files.mapping_ids.filtered(lambda m: m.key == "ship_name").unlink()
        self._upload(*ROWS[:2]).action_apply()
        self._run_lanes()
        order = self._order("1001", self.files)
        self.assertEqual(self._holds(order), [])
        self.assertEqual(order.partner_shipping_id.name, "Ann")
        self.assertEqual(order.state, "sale")

    def test_a_customer_known_by_email_alone_takes_the_parcel(self):
        self.env["res.partner"].create({"name": "Ann Lee", "email": "a@example.com"})
        self._upload(ROWS[3].replace("c@example.com;Cyd", "a@example.com;")).action_apply()
        self._upload(ROWS[2].replace("two", "2").replace(";Bob;", ";;")).action_apply()
        self._run_lanes()
        self.assertEqual(self._holds(self._order("1003", self.files)), [])
        self.assertEqual(self._order("1003", self.files).partner_shipping_id.name, "Ann Lee")
        # Of somebody unknown only the address of their mailbox is known.
        self.assertEqual(self._holds(self._order("1002", self.files)), ["BAD_ADDRESS"])

    def test_the_preview_says_of_each_row_what_the_import_does(self):
        wizard = self._upload(
            *ROWS[:2],
            ROWS[3].replace("MUG", "MOG"),
            ROWS[3].replace("1003", "1004").replace("3 High St", ""),
            ROWS[3].replace("1003", "1005").replace("USD", "XXX"),
            ROWS[3].replace("1003", "1006"),
            ROWS[3].replace("1003", "1006").replace(";1;10,00", ";x;10,00"),
        )
        wizard.action_preview()
        lines = self._lines(wizard)
        self.assertEqual(
            [(row, kind) for row, kind, _message in lines],
            [
                (2, "new"),
                (3, "new"),
                (4, "warning"),
                (5, "held"),
                (6, "warning"),
                (7, "skipped"),
                (8, "error"),
            ],
        )
        for (_row, _kind, message), text in zip(
            lines,
            (
                "Will be imported.",
                "Will be imported.",
                "Will be added to the exceptions. SKU MOG",
                "Will be imported on hold. The shipping address has no street.",
                "Will be added to the exceptions. Currency XXX",
                "Skipped: another row of this order has an error.",
                "This is not a number.",
            ),
            strict=True,
        ):
            self.assertTrue(message.startswith(text), message)
        self.assertEqual(
            (wizard.order_count, wizard.new_count, wizard.waiting_count, wizard.error_count),
            (4, 4, 3, 1),
        )
        wizard.action_apply()
        self._run_lanes()
        messages = self.env["oms.channel.message"].search([("channel_id", "=", self.files.id)])
        self.assertEqual(
            {m.order_ref: (m.state, self._holds(m.order_id or m)) for m in messages},
            {
                "1001": ("done", []),
                "1003": ("parked", ["UNKNOWN_SKU"]),
                "1004": ("done", ["BAD_ADDRESS"]),
                "1005": ("parked", ["UNKNOWN_CURRENCY"]),
            },
        )

    def _hold_rule(self, name, domain):
        return self.env["oms.hold.rule"].create(
            {
                "name": name,
                "domain": domain,
                "company_id": self.company.id,
                "reason_id": self.env.ref("oms_addon.oms_hold_reason_rule").id,
            }
        )

    def test_the_preview_asks_the_hold_rules_and_leaves_no_trace(self):
        self._hold_rule("More than 20", "[('amount_total', '>', 20)]")
        names = ("sale.order", "oms.hold", "oms.channel.message", "res.partner", "oms.event")
        before = [self.env[name].search_count([]) for name in names]
        wizard = self._upload(*ROWS[:2], ROWS[3])
        wizard.action_preview()
        self.assertEqual(
            self._lines(wizard),
            [
                (2, "held", "Will be imported on hold. More than 20."),
                (3, "held", "Will be imported on hold. More than 20."),
                (4, "new", "Will be imported."),
            ],
        )
        self.assertEqual(wizard.waiting_count, 1)
        self.assertEqual([self.env[name].search_count([]) for name in names], before)
        wizard.action_apply()
        self._run_lanes()
        held, free = self._order("1001", self.files), self._order("1003", self.files)
        self.assertEqual((self._holds(held), self._holds(free)), (["RULE"], []))

    def test_the_preview_proves_taxes_as_the_import_does(self):
        tax = self.env["account.tax"].create(
            {"name": "20 %", "amount": 20, "price_include_override": "tax_included"}
        )
        right, wrong = self._document("J1"), self._document("J2")
        for document, amount in ((right, "3.33"), (wrong, "9.99")):
            document["lines"][0]["taxes"] = [{"name": tax.name, "rate": "20", "amount": amount}]
        wizard = self.env["oms.order.import"].create(
            {
                "channel_id": self.channel.id,
                "data": base64.b64encode(json.dumps([right, wrong]).encode()),
                "filename": "orders.json",
            }
        )
        wizard.action_preview()
        shown = {line.order_ref: (line.kind, line.message) for line in wizard.line_ids}
        self.assertEqual(shown["J1"], ("new", "Will be imported."))
        self.assertEqual(shown["J2"][0], "held")
        self.assertIn("9.99", shown["J2"][1])
        wizard.action_apply()
        self._run_lanes()
        self.assertEqual(self._holds(self._order("J1")), [])
        [hold] = self._order("J2").oms_hold_ids.filtered(lambda h: h.state == "open")
        self.assertIn(hold.detail.rstrip("."), shown["J2"][1])

    def test_a_tax_number_of_a_file_is_the_customers_and_the_orders(self):
        header = f"{HEADER};VAT number"
        rows = [f"{ROWS[0]};GB123456782", f"{ROWS[3]};"]
        data = "\n".join([header, *rows]).encode()
        wizard = self.env["oms.order.import"].create(
            {"channel_id": self.files.id, "data": base64.b64encode(data), "filename": "o.csv"}
        )
        wizard.action_preview()
        self.assertEqual([kind for _row, kind, _message in self._lines(wizard)], ["new", "new"])
        wizard.action_apply()
        self._run_lanes()
        order, other = self._order("1001", self.files), self._order("1003", self.files)
        self.assertEqual((order.oms_tax_number, other.oms_tax_number), ("GB123456782", False))
        self.assertEqual(order.partner_id.commercial_partner_id.vat, "GB123456782")
        self.assertFalse(other.partner_id.vat)

    def test_a_changed_row_of_an_order_here_is_said_to_be_one(self):
        self._upload(*ROWS[:2]).action_apply()
        self._run_lanes()
        wizard = self._upload(ROWS[0].replace(";2;", ";3;"))
        wizard.action_preview()
        order = self._order("1001", self.files)
        kind, before = wizard.line_ids.kind, order.order_line.mapped("product_uom_qty")
        self.assertIn(order.name, wizard.line_ids.message)
        self.assertEqual(wizard.new_count, 0)
        wizard.action_apply()
        self._run_lanes()
        is_same = order.order_line.mapped("product_uom_qty") == before
        self.assertEqual(kind, "known" if is_same else "update")

    def test_rejected_rows_come_back_as_a_file_with_the_reason(self):
        other = ROWS[2].replace("two", "1").replace("MUG", "POT")
        wizard = self._upload(*ROWS, other)
        wizard.action_preview()
        text = base64.b64decode(wizard.rejected).decode("utf-8-sig")
        self.assertEqual(
            list(csv.reader(io.StringIO(text))),
            [
                [*HEADER.split(";"), "Reason"],
                [*ROWS[2].split(";"), "Qty: This is not a number."],
                [*other.split(";"), "Another row of this order has an error."],
            ],
        )
        wizard.action_apply()
        fixed = self.env["oms.order.import"].create(
            {
                "channel_id": self.files.id,
                "data": base64.b64encode(text.replace("two", "2").encode()),
            }
        )
        fixed.action_preview()
        self.assertEqual((fixed.new_count, fixed.error_count), (1, 0))
        self.assertFalse(fixed.rejected)
        fixed.action_apply()
        self._run_lanes()
        self.assertEqual(self._order("1002", self.files).amount_total, 30.0)

    def test_the_sample_file_can_be_read(self):
        wizard = self.env["oms.order.import"].create({"channel_id": self.files.id})
        self.assertEqual(
            wizard.action_download_sample()["url"],
            f"/web/content/oms.order.import/{wizard.id}/sample/orders_sample.csv?download=true",
        )
        wizard.data = wizard.sample
        self.files.mapping_ids.unlink()
        wizard.action_preview()
        self.assertEqual((wizard.order_count, wizard.error_count), (1, 0))

    def test_an_agent_imports_without_a_channel(self):
        self.files.action_pause()
        Wizard = self.env["oms.order.import"].with_user(self._make_user("agent"))
        data = base64.b64encode("\n".join([HEADER, *ROWS[:2]]).encode())
        wizard = Wizard.create({"data": data, "filename": "orders.csv"})
        self.assertFalse(wizard.channel_id)
        wizard.action_preview()
        self.assertRecordValues(
            wizard.channel_id.sudo(),
            [{"name": "File Import", "adapter": "csv_file", "state": "live"}],
        )
        wizard.action_apply()
        self._run_lanes()
        self.assertEqual(self._order("1001", wizard.channel_id.sudo()).amount_total, 25.0)
        again = Wizard.create({"data": data})
        self.assertEqual(again.channel_id, wizard.channel_id)


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
