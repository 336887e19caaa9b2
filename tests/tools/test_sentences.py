"""Between two sentences stands one full stop."""

from odoo.tests import BaseCase, tagged

from odoo.addons.oms_addon.tools import sentences


@tagged("standard", "post_install", "-at_install")
class TestSentences(BaseCase):
    def test_a_sentence_gets_one_full_stop_and_never_two(self):
        self.assertEqual(
            sentences.join(["On hold: no address.", "Call the customer", "", " Why? "]),
            "On hold: no address. Call the customer. Why?",
        )

    def test_a_template_that_sets_the_stop_gets_none(self):
        self.assertEqual(sentences.inner("The shop is down. "), "The shop is down")
        self.assertEqual(sentences.inner("Wait..."), "Wait...")
        self.assertEqual(sentences.inner(ValueError("No.")), "No")
