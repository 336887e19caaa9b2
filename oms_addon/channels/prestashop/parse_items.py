"""Product rows of PrestaShop's orders, with eco-tax as a separate line."""

from decimal import ROUND_UP, Decimal

from odoo.addons.oms_addon.documents.order import (
    Line,
)

from .parse_values import listing_ref, money, text

ZERO = Decimal(0)
HUNDRED = Decimal(100)
_MICRO = Decimal("0.000001")


def is_ecotax(row):
    return row.get("oms_ecotax") is True


def split_ecotax(row):
    """Split an eco-tax with its own rate from the row whose price includes it.

    :return: the row, or the row without it and a row for it
    """
    quantity, ecotax = money(row, "product_quantity"), money(row, "ecotax")
    net, gross = money(row, "unit_price_tax_excl"), money(row, "unit_price_tax_incl")
    if ecotax <= 0 or quantity <= 0 or net <= ecotax:
        return [row]
    rate = money(row, "ecotax_tax_rate") / HUNDRED
    own = ecotax * (1 + rate)
    # With equal rates there is nothing to split.
    if abs((gross - own) * ecotax - own * (net - ecotax)) * quantity < Decimal("0.005") * net:
        return [row]
    sums = {
        "total_price_tax_incl": money(row, "total_price_tax_incl") or gross * quantity,
        "total_price_tax_excl": money(row, "total_price_tax_excl") or net * quantity,
    }
    parts = {"total_price_tax_incl": own * quantity, "total_price_tax_excl": ecotax * quantity}
    return [
        {
            **row,
            "unit_price_tax_incl": f"{gross - own:f}",
            "unit_price_tax_excl": f"{net - ecotax:f}",
            **{name: f"{sums[name] - parts[name]:f}" for name in sums},
        },
        {
            **row,
            "oms_ecotax": True,
            "unit_price_tax_incl": f"{own:f}",
            "unit_price_tax_excl": f"{ecotax:f}",
            **{name: f"{amount:f}" for name, amount in parts.items()},
        },
    ]


def item_line(row, amount, taxes, share):
    """:return: the line of a row with price ``amount`` and discount ``share``"""
    if is_ecotax(row):
        return Line(
            ref=f"ecotax:{text(row, 'id')}",
            name=f"Ecotax {text(row, 'product_name')}".strip(),
            kind="fee",
            quantity=Decimal(1),
            unit_price=amount,
            discount=share,
            taxes=taxes,
        )
    quantity, price = money(row, "product_quantity"), money(row, "unit_price_tax_incl")
    if quantity > 0 and price * quantity < amount:
        price = (amount / quantity).quantize(_MICRO, ROUND_UP)
    product, combination = text(row, "product_id"), text(row, "product_attribute_id")
    barcode = text(row, "product_ean13") or text(row, "product_upc")
    return Line(
        ref=text(row, "id"),
        listing_ref=listing_ref(product, combination) if product not in ("", "0") else "",
        parent_ref=product if combination not in ("", "0") else "",
        sku=text(row, "product_reference")
        or ("" if barcode else listing_ref(product, combination)),
        barcode=barcode,
        name=text(row, "product_name"),
        quantity=quantity,
        unit_price=price,
        discount=price * quantity - amount + share if quantity > 0 else share,
        taxes=taxes,
    )
