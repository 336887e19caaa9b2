"""Credit slips of PrestaShop's orders."""

from decimal import (
    Decimal,
)

from odoo.addons.oms_addon.tools.shares import rounded

from .parse_values import MICRO, money, text


def slip_row(line, detail, coin):
    """:param Decimal coin: the smallest unit of the currency
    :return: the row of a credit slip for a line of a refund
    """
    gross = rounded(Decimal(str(line.get("amount") or 0)), coin)
    return {
        "id_order_detail": line["line_ref"],
        "product_quantity": int(Decimal(str(line.get("quantity") or 0))),
        # Rounded to whole coins, as in the credit note.
        "amount_tax_excl": rounded(rounded(net_of(detail, gross, "unit_price"), coin), MICRO),
        "amount_tax_incl": rounded(gross, MICRO),
    }


def slip_total(slip, coin):
    """:param Decimal coin: the smallest unit of the currency
    :return: the refunded amount of a credit slip, with tax

    The sum of its items, less a voucher deducted from them; or an amount chosen by staff, which is
    neither of its two sums.
    """
    gross, net = money(slip, "total_products_tax_incl"), money(slip, "total_products_tax_excl")
    chosen = money(slip, "amount")
    if text(slip, "order_slip_type") == "2" and chosen and chosen not in (gross, net):
        gross = chosen
    return rounded(gross + money(slip, "total_shipping_tax_incl"), coin)


def net_of(row, gross, name="total_paid"):
    """:return: a gross amount converted to net, in the proportion of a row's two sums"""
    whole = money(row, f"{name}_tax_incl")
    return gross * money(row, f"{name}_tax_excl") / whole if whole else gross


def is_same_slip(one, slip, rows):
    """:return: whether two slips have the same content"""

    def content(rows):
        return sorted(
            (text(r, "id_order_detail"), money(r, "product_quantity"), money(r, "amount_tax_incl"))
            for r in rows
        )

    totals = ("total_products_tax_incl", "total_shipping_tax_incl")
    details = (one.get("associations") or {}).get("order_slip_details") or []
    return all(money(one, t) == money(slip, t) for t in totals) and content(details) == content(
        rows
    )
