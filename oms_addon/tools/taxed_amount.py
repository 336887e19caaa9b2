"""An amount with its taxes, and exact shares of it."""

from dataclasses import dataclass, field
from decimal import Decimal

from .shares import rounded, spread_signed

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class TaxAmount:
    """The amount of one tax on ``base``; if not ``payable``, the customer owes it to the state and
    it is in no total.
    """

    amount: Decimal = _ZERO
    base: Decimal = _ZERO
    payable: bool = True


@dataclass(frozen=True, slots=True)
class TaxedAmount:
    """An untaxed amount and its taxes by any key; all in whole coins."""

    base: Decimal = _ZERO
    taxes: dict = field(default_factory=dict)

    @property
    def total(self):
        return self.base + sum(tax.amount for tax in self.taxes.values() if tax.payable)

    def minus(self, other):
        """:return: the difference to another amount with the same taxes"""
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

    def divided(self, amount, tax, coin):
        """Take an amount with a given tax part, whatever the rates.

        :param Decimal amount: including taxes
        :param Decimal tax: the tax part of it
        :param Decimal coin: the smallest unit of the currency
        :return: a ``TaxedAmount``; ``None`` when the net or the taxes are too small for it
        """
        base, limits = amount - tax, [of_tax.amount for of_tax in self.taxes.values()]
        is_left = 0 <= tax <= sum(limits) and 0 <= base <= self.base
        if not is_left or not all(of_tax.payable for of_tax in self.taxes.values()):
            return None
        shares = spread_signed(tax, limits, coin)
        return TaxedAmount(
            base,
            {key: TaxAmount(share, base) for key, share in zip(self.taxes, shares, strict=True)},
        )

    def share(self, amount, coin):
        """Take a share of an amount, with its part of each tax.

        :param Decimal amount: from 0 to the total, including taxes
        :param Decimal coin: the smallest unit of the currency
        :return: a ``TaxedAmount`` whose total is ``amount``; the full total returns the same taxes
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
