import base64

from odoo.exceptions import UserError

from .common import FulfilmentCommon

CSV = """number,carrier,at,code,state,text,location
P1,,2026-03-01T09:00:00Z,T1,in_transit,Departed,Leeds
P1,,yesterday,T2,delivered,Signed,York
NOBODY,,2026-03-01T09:00:00Z,T3,delivered,Signed,York
"""


class TestTrackingImport(FulfilmentCommon):
    def _wizard(self, text):
        return self.env["oms.tracking.import"].create(
            {"data": base64.b64encode(text.encode()), "filename": "tracking.csv"}
        )

    def test_the_preview_tells_each_row_and_records_nothing(self):
        parcel = self.env["oms.parcel"].create({"name": "P1"})
        wizard = self._wizard(CSV)
        wizard.action_preview()
        self.assertEqual((wizard.ready_count, wizard.error_count), (1, 2))
        self.assertRecordValues(
            wizard.line_ids,
            [
                {"kind": "error", "row": 3, "number": "yesterday"},
                {"kind": "new", "row": 0, "number": "P1"},
                {"kind": "error", "row": 0, "number": "NOBODY"},
            ],
        )
        self.assertFalse(parcel.event_ids)

    def test_applying_records_what_the_preview_said_and_once(self):
        parcel = self.env["oms.parcel"].create({"name": "P1"})
        wizard = self._wizard(CSV)
        answer = wizard.action_apply()
        self.assertIn("1 events recorded", answer["params"]["message"])
        self.assertEqual(parcel.state, "in_transit")
        answer = wizard.action_apply()
        self.assertIn("0 events recorded, 1 already known", answer["params"]["message"])

    def test_without_a_file_it_says_so(self):
        with self.assertRaisesRegex(UserError, "Select a file"):
            self._wizard("").action_preview()
