"""Demand history from files: preview, errors per row, and imports that repeat nothing."""

import base64
from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError

from odoo.addons.oms_addon.documents.demand import read_demand

from .common import PlanningCommon

HEADER = "product,date,quantity,channel,warehouse\n"


class TestDemandImport(PlanningCommon):
    def _wizard(self, data, **values):
        data = data.encode() if isinstance(data, str) else data
        wizard = self.env["oms.demand.import"].create(
            {"data": base64.b64encode(data), "warehouse_id": self.warehouse.id, **values}
        )
        wizard.action_preview()
        return wizard

    def _counts(self, wizard):
        return (
            wizard.new_count,
            wizard.changed_count,
            wizard.known_count,
            wizard.error_count,
        )

    def _imported(self, product):
        rows = self.env["oms.demand"].search([("product_id", "=", product.id)], order="day, id")
        return [(row.day, row.quantity, row.channel_id.name, row.warehouse_id) for row in rows]

    def test_good_rows_are_imported_and_bad_ones_shown_with_their_reason(self):
        self._make_product("X-1", "Twin", barcode="TWIN")
        self._make_product("TWIN", "Other Twin")
        tomorrow = self.env["oms.forecast"]._current_bucket(self.company, "day") + timedelta(days=1)
        bad = {
            "NOPE,2026-01-05,1,,\n": ("product", "was not found"),
            "TWIN,2026-01-05,1,,\n": ("product", "ambiguous"),
            "MUG,2026-01-05,-1,,\n": ("quantity", "cannot be negative"),
            "MUG,2026-01-05,NaN,,\n": ("quantity", "a number"),
            "MUG,2026-01-05,inf,,\n": ("quantity", "a number"),
            "MUG,2026-01-05,1000000000000000,,\n": ("quantity", "exceeds"),
            "MUG,2026-02-30,1,,\n": ("date", "ISO 8601"),
            f"MUG,{tomorrow},1,,\n": ("date", "future"),
            "MUG,,1,,\n": ("date", "required"),
            "MUG,2026-01-05,1,Nowhere,\n": ("channel", "was not found"),
            "MUG,2026-01-05,1,,Nowhere\n": ("warehouse", "was not found"),
        }
        good = (
            f"MUG,2026-01-05,4,{self.channel.name},{self.north.code}\n"
            "MUG,2026-01-05,2,,\nMUG,2026-01-05,3,,\n"
        )
        wizard = self._wizard(HEADER + good + "".join(bad))
        self.assertEqual(self._counts(wizard), (2, 0, 0, len(bad)))
        errors = wizard.line_ids.filtered(lambda line: line.kind == "error")
        self.assertEqual(errors.mapped("row"), list(range(5, 5 + len(bad))))
        for line, (column, text) in zip(errors, bad.values(), strict=True):
            self.assertEqual(line.column, column)
            self.assertIn(text, line.message)
        self.assertEqual(self._imported(self.mug), [])
        wizard.action_apply()
        self.assertCountEqual(
            self._imported(self.mug),
            [
                (date(2026, 1, 5), 4.0, self.channel.name, self.north),
                (date(2026, 1, 5), 5.0, False, self.warehouse),
            ],
        )

    def test_the_same_file_changes_nothing_and_a_corrected_one_its_rows_alone(self):
        self._wizard(HEADER + "MUG,2026-01-05,4,,\nPOT,2026-01-06,1,,\n").action_apply()
        rows = self.env["oms.demand"].search([("sale_line_id", "=", False)])
        again = self._wizard(HEADER + "MUG,2026-01-05,4,,\nPOT,2026-01-06,1,,\n")
        self.assertEqual(self._counts(again), (0, 0, 2, 0))
        again.action_apply()
        self.assertEqual(self.env["oms.demand"].search([("sale_line_id", "=", False)]), rows)
        corrected = self._wizard(HEADER + "MUG,2026-01-05,7,,\nPOT,2026-01-06,1,,\n")
        self.assertEqual(self._counts(corrected), (0, 1, 1, 0))
        corrected.action_apply()
        self.assertEqual(self._imported(self.mug)[0][1], 7.0)
        self.assertEqual(self.env["oms.demand"].search([("sale_line_id", "=", False)]), rows)

    def test_imported_demand_is_forecast(self):
        weeks = [self.week - timedelta(days=7 * age) for age in range(1, 31)]
        self._wizard(HEADER + "".join(f"MUG,{day},20,,\n" for day in weeks)).action_apply()
        self._run()
        self.assertAlmostEqual(self._forecast(self.mug).mean[0], 20, delta=2)

    def test_files_of_other_programs_are_read(self):
        for data in (
            "Product;Date;Quantity\nMUG;31.01.2026;1.234,5\n",
            "product\tdate\tquantity\nMUG\t31/01/2026\t1234,5\n".encode("utf-16"),
            "quantity,product,date\n1234.5,MUG,2026-01-31\n".encode("utf-8-sig"),
            "product;date;quantity;note\nMUG;31.01.2026;1234,5;Gr\xfcn\n".encode("cp1252"),
        ):
            with self.subTest(data=data):
                raw = data.encode() if isinstance(data, str) else data
                (row,), errors = read_demand(raw, self.week)
                self.assertEqual((row.day, row.quantity), (date(2026, 1, 31), 1234.5))
                self.assertEqual(errors, [])

    def test_files_that_are_no_table_are_one_error(self):
        for data, text in (
            (b"\x00\x01\x02", "cannot be read"),
            (b"PK\x03\x04broken", "cannot be read"),
            (b"date,quantity\n2026-01-05,1\n", "lacks this column"),
        ):
            with self.subTest(data=data):
                wizard = self._wizard(data)
                self.assertEqual(self._counts(wizard), (0, 0, 0, 1))
                self.assertIn(text, wizard.line_ids.message)
        with self.assertRaisesRegex(UserError, "Select a file"):
            self._wizard(b"")

    def test_agents_cannot_import_and_the_preview_shows_the_first_rows_alone(self):
        agent = self._make_user("agent")
        with self.assertRaises(AccessError):
            self.env["oms.demand.import"].with_user(agent).create({})
        many = "".join(f"MUG,2026-01-05,{number % 7},,\n" for number in range(20_000))
        wizard = self._wizard(HEADER + many)
        self.assertEqual((wizard.ready_count, len(wizard.line_ids)), (20_000, 200))
        self.assertEqual(self._counts(wizard), (1, 0, 0, 0))
