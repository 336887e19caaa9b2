import pytest

from odoo.addons.oms_addon.tools.payment_terms import method_key, recognize_terms


@pytest.mark.parametrize(
    ("code", "name", "terms"),
    [
        ("cod", "", "cod"),
        ("Cash on Delivery (COD)", "", "cod"),
        ("ps_cashondelivery", "", "cod"),
        ("plugin_7", "Cash on delivery", "cod"),
        ("bacs", "Direct bank transfer", "transfer"),
        ("ps_wirepayment", "", "transfer"),
        ("Bank Deposit", "", "transfer"),
        ("invoice", "", "terms"),
        ("klarna_invoice", "Invoice by Klarna", ""),
        ("stripe", "Card", ""),
        ("", "", ""),
    ],
)
def test_usual_names_say_how_an_order_is_paid(code, name, terms):
    assert recognize_terms(code, name) == terms


def test_what_is_known_of_a_channel_goes_before_usual_names():
    known = {method_key("C.O.D."): "prepaid"}
    assert recognize_terms("cod", known=known) == "prepaid"
