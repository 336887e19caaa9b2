"""Smallest units of currencies, for code that runs without Odoo's currencies."""

from decimal import Decimal

_WHOLE = frozenset("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split())
_THOUSANDTHS = frozenset("BHD IQD JOD KWD LYD OMR TND".split())


def coin_of_currency(code):
    """:return: the smallest unit of a currency by its ISO 4217 code
    :rtype: Decimal
    """
    if code in _WHOLE:
        return Decimal(1)
    return Decimal("0.001") if code in _THOUSANDTHS else Decimal("0.01")
