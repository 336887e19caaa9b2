"""Amounts of currencies that have no cents, or finer coins."""

from decimal import Decimal

import pytest

from odoo.addons.oms_addon.channels.shopify.parse_orders import build_order
from odoo.addons.oms_addon.tools.coins import coin_of_currency


@pytest.mark.parametrize(
    ("code", "coin"), [("EUR", "0.01"), ("JPY", "1"), ("KWD", "0.001"), ("TND", "0.001")]
)
def test_the_coin_of_a_currency(code, coin):
    assert coin_of_currency(code) == Decimal(coin)


@pytest.mark.parametrize(
    ("currency", "price", "tax", "left", "left_tax"),
    [
        ("KWD", "1.235", "0.185", "2.470", "0.123"),
        ("EUR", "1.23", "0.19", "2.46", "0.13"),
        ("JPY", "123", "19", "246", "13"),
    ],
)
def test_what_is_left_of_a_line_is_in_whole_coins(currency, price, tax, left, left_tax):
    data = {
        "id": 1,
        "name": "#1",
        "created_at": "2026-03-01T09:00:00Z",
        "updated_at": "2026-03-01T09:00:00Z",
        "currency": currency,
        "taxes_included": True,
        "total_price": str(3 * Decimal(price)),
        "line_items": [
            {
                "id": 7,
                "sku": "MUG",
                "name": "Mug",
                "quantity": 3,
                "current_quantity": 2,
                "price": price,
                "tax_lines": [{"title": "VAT", "rate": Decimal("0.05"), "price": tax}],
            }
        ],
    }
    [line] = build_order(data, {}).lines
    assert (line.quantity, line.subtotal) == (2, Decimal(left))
    assert line.taxes[0].amount == Decimal(left_tax)
