"""What a line costs without tax and with each of its taxes, and exact shares of it."""

from dataclasses import dataclass, field
from decimal import Decimal

from .shares import rounded, spread_signed

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class TaxAmount:
    """What one tax takes of ``base``; one that is not ``payable`` is owed by the customer to
    the state, and in no total.
    """

    amount: Decimal = _ZERO
    base: Decimal = _ZERO
    payable: bool = True


@dataclass(frozen=True, slots=True)
class TaxedAmount:
    """An amount without tax, and its taxes by any key; all in whole coins."""

    base: Decimal = _ZERO
    taxes: dict = field(default_factory=dict)

    @property
    def total(self):
        return self.base + sum(tax.amount for tax in self.taxes.values() if tax.payable)

    def minus(self, other):
        """:return: what is left when another amount of the same taxes is taken off"""
        return TaxedAmount(
            self.base - other.base,
            {
                key: TaxAmount(
                    tax.amount - (gone := other.taxes.get(key, TaxAmount())).amount,
                    tax.base - gone.base,
                    tax.payable,
                )
                for key, tax in self.taxes.items()
            },
        )

    def share(self, amount, coin):
        """Take a share of so much, with its part of each tax.

        :param Decimal amount: from 0 to the total, with taxes
        :param Decimal coin: the smallest amount of the currency
        :return: a ``TaxedAmount`` whose total is ``amount``; the whole is the whole to the coin
        """
        whole = self.total
        if amount == whole:
            return self
        payable = [key for key, tax in self.taxes.items() if tax.payable]
        base, *amounts = spread_signed(
            amount, [self.base, *(self.taxes[key].amount for key in payable)], coin
        )
        shares = dict(zip(payable, amounts, strict=True))
        taxes = {}
        for key, tax in self.taxes.items():
            part = amount / whole if whole else _ZERO
            of_tax = shares.get(key, rounded(tax.amount * part, coin))
            of_base = base if tax.base == self.base else rounded(tax.base * part, coin)
            taxes[key] = TaxAmount(of_tax, of_base, tax.payable)
        return TaxedAmount(base, taxes)
