"""JSON that a server of PHP wrote more than JSON around."""

from decimal import Decimal

from odoo.tests import BaseCase, tagged

from odoo.addons.oms_addon.exceptions import RetryableError
from odoo.addons.oms_addon.tools.http import Answer
from odoo.addons.oms_addon.tools.json_answer import read_json

NOTICE = (
    b'<br />\n<b>Warning</b>:  Undefined array key "x[0]" in <b>/www/[shop]/{a}.php</b> on line '
    b"<b>10</b><br />\n"
)


@tagged("standard", "post_install", "-at_install")
class TestJsonAnswer(BaseCase):
    def test_notices_before_and_behind_are_left_out(self):
        for body in (
            b'{"a": [1]}',
            NOTICE + b'{"a": [1]}',
            NOTICE * 3 + b'{"a": [1]}',
            b'{"a": [1]}\n' + NOTICE,
            b"\xef\xbb\xbf\xef\xbb\xbf" + b'{"a": [1]}',
            b'PHP Deprecated:  Optional parameter [] in /www/x.php on line 3\n{"a": [1]}',
        ):
            with self.subTest(body):
                self.assertEqual(read_json(body), {"a": [1]})
        self.assertEqual(read_json(NOTICE + b"[]"), [])

    def test_a_list_inside_a_notice_is_no_answer(self):
        for body in (
            NOTICE,
            b"Notice: Undefined offset [] in /www/x.php",
            NOTICE + b'{"a": [1',
            b'<html><script>{"a": 1}</script></html>',
            b"<!DOCTYPE html>[]",
            b"<br />\n<b>Fatal error</b>: Uncaught [] in x\n[]",
            b"Maintenance []",
            b"",
            b"null",
        ):
            with self.subTest(body):
                self.assertIsNone(read_json(body))
                with self.assertRaises(RetryableError):
                    Answer(200, {}, body).json()

    def test_amounts_stay_exact(self):
        self.assertEqual(Answer(200, {}, NOTICE + b'{"a": 0.10}').json(), {"a": Decimal("0.10")})
