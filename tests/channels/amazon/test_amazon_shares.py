"""Of which items, and of what of them, money is given back on Amazon."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.oms_addon.channels.amazon.parse_shares import refund_shares

ZERO = Decimal(0)


def money(amount, currency="EUR"):
    return {"CurrencyCode": currency, "Amount": f"{Decimal(amount):.2f}"}


def item(ref, price, sku="", **values):
    told = {"OrderItemId": ref, "SellerSKU": sku or f"SKU-{ref}", "QuantityOrdered": 1}
    names = {"shipping": "ShippingPrice", "shipping_off": "ShippingDiscount"}
    names |= {"off": "PromotionDiscount", "tax": "ItemTax", "shipping_tax": "ShippingTax"}
    told |= {names[key]: money(amount) for key, amount in values.items() if key in names}
    if "wrap" in values:
        told["BuyerInfo"] = {"GiftWrapPrice": money(values["wrap"])}
    if values.get("by_amazon"):
        told["TaxCollection"] = {"Model": "MarketplaceFacilitator"}
    return {**told, "ItemPrice": money(price)}


def refund(amount, *lines, shipping="0", currency="EUR"):
    return {
        "amount": amount,
        "currency": currency,
        "shipping": shipping,
        "lines": [{"line_ref": ref, "sku": sku, "amount": of_line} for ref, of_line, sku in lines],
    }


def line(ref, amount, sku=""):
    return ref, amount, sku


def test_shipping_is_given_back_of_each_item_in_proportion_to_its_own():
    items = [item("1", "10", shipping="3.00"), item("2", "6", shipping="1.00")]
    shares, left = refund_shares(items, refund("2.01", shipping="2.01"), False)
    assert shares == {"1": {"Shipping": "1.51"}, "2": {"Shipping": "0.50"}}
    assert left == 0


def test_no_item_gives_back_more_shipping_than_was_paid_for_it():
    items = [
        item("1", "10"),
        item("2", "6", shipping="5.00", shipping_off="2.00"),
        item("3", "6", shipping="1.00"),
    ]
    shares, left = refund_shares(items, refund("5.00", shipping="5.00"), False)
    assert shares == {"2": {"Shipping": "3.00"}, "3": {"Shipping": "1.00"}}
    assert left == Decimal("1.00")


def test_shipping_that_amazon_tells_of_no_item_is_of_the_first_that_is_given_back():
    items = [item("1", "10"), item("2", "6")]
    shares, left = refund_shares(items, refund("9.00", line("2", "6"), shipping="3.00"), False)
    assert (shares, left) == ({"2": {"Principal": "6.00", "Shipping": "3.00"}}, 0)


def test_gift_wrap_is_given_back_as_such_and_not_as_the_price_of_the_goods():
    items = [item("1", "10", wrap="2.50"), item("2", "6")]
    asked = refund("18.50", line("1", "10"), line("2", "6"), line("gift_wrap:20", "2.50"))
    shares, left = refund_shares(items, asked, False)
    assert shares == {"1": {"Principal": "10.00", "GiftWrap": "2.50"}, "2": {"Principal": "6.00"}}
    assert left == 0


def test_what_no_line_names_is_of_all_items_in_proportion():
    shares, left = refund_shares([item("1", "119"), item("2", "107")], refund("113.00"), False)
    assert shares == {"1": {"Principal": "59.50"}, "2": {"Principal": "53.50"}}
    assert left == 0


def test_no_more_than_the_discounted_price_is_given_back_of_an_item():
    items = [item("1", "10", off="4.00"), item("2", "6")]
    shares, left = refund_shares(items, refund("13.00"), False)
    assert shares == {"1": {"Principal": "6.00"}, "2": {"Principal": "6.00"}}
    assert left == Decimal("1.00")


def test_tax_that_amazon_collects_is_not_told_and_counts_as_given_back():
    items = [
        item("1", "100", tax="8.25", shipping="4", shipping_tax="0.33", by_amazon=True),
        item("2", "10", tax="0.83", by_amazon=True),
    ]
    whole = refund("123.41", line("1", "100"), line("tax", "9.41"), line("2", "10"), shipping="4")
    shares, left = refund_shares(items, whole, True)
    assert shares == {"1": {"Principal": "100.00", "Shipping": "4.00"}, "2": {"Principal": "10.00"}}
    assert left == 0
    # Of a part, too, the buyer gets what was asked for: 92.38 and 7.62 of tax.
    shares, left = refund_shares(items, refund("100.00", line("1", "100")), True)
    assert (shares, left) == ({"1": {"Principal": "92.38"}}, 0)


def test_tax_that_the_seller_collects_is_told_beside_the_price():
    items = [item("1", "100", tax="5.00", shipping="4", shipping_tax="0.20")]
    asked = refund("109.20", line("1", "105"), shipping="4.20")
    shares, left = refund_shares(items, asked, True)
    wanted = {"Principal": "100.00", "Tax": "5.00", "Shipping": "4.00", "ShippingTax": "0.20"}
    assert (shares, left) == ({"1": wanted}, 0)


def test_an_item_of_a_report_is_found_by_its_sku():
    items = [item("77", "10", sku="MUG")]
    shares, left = refund_shares(items, refund("10.00", line("MUG:0", "10", "MUG")), False)
    assert (shares, left) == ({"77": {"Principal": "10.00"}}, 0)


def test_a_currency_without_coins_has_whole_shares():
    items = [item("1", "1000", shipping="100"), item("2", "1000", shipping="100")]
    asked = refund("101", shipping="101", currency="JPY")
    shares, left = refund_shares(items, asked, False)
    assert (shares, left) == ({"1": {"Shipping": "51"}, "2": {"Shipping": "50"}}, 0)


def test_nothing_is_told_of_an_order_without_prices():
    assert refund_shares([], refund("5.00"), False) == ({}, Decimal("5.00"))


cents = st.integers(0, 20_000)


@given(
    st.lists(st.tuples(cents, st.integers(0, 900), st.integers(0, 500)), min_size=1, max_size=5),
    st.integers(0, 100),
    st.integers(0, 100),
    st.lists(st.integers(0, 20_000), max_size=5),
)
def test_what_is_told_adds_up_to_what_was_asked_for(rows, percent, of_shipping, named):
    items = [
        item(str(number), price / 100, shipping=ship / 100, wrap=wrap / 100)
        for number, (price, ship, wrap) in enumerate(rows)
    ]
    goods = sum(price + wrap for price, _ship, wrap in rows) * percent // 100
    shipping = sum(ship for _price, ship, _wrap in rows) * of_shipping // 100
    lines = [
        line(str(number), f"{Decimal(min(amount, rows[number][0])) / 100}")
        for number, amount in enumerate(named[: len(rows)])
    ]
    amount, shipped = Decimal(goods + shipping) / 100, Decimal(shipping) / 100
    shares, left = refund_shares(items, refund(str(amount), *lines, shipping=str(shipped)), False)
    assert left == 0
    told = [(ref, kind, Decimal(n)) for ref, of in shares.items() for kind, n in of.items()]
    assert sum((n for _ref, _kind, n in told), ZERO) == amount
    assert sum((n for _ref, kind, n in told if kind == "Shipping"), ZERO) == shipped
    for ref, kind, n in told:
        paid = dict(zip(("Principal", "Shipping", "GiftWrap"), rows[int(ref)], strict=True))
        assert 0 < n <= Decimal(paid[kind]) / 100
