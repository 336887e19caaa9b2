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

    def divided(self, amount, tax, coin):
        """Take an amount of which so much is tax, whatever the rates are.

        :param Decimal amount: with taxes
        :param Decimal tax: the part of it that is tax
        :param Decimal coin: the smallest amount of the currency
        :return: a ``TaxedAmount``; ``None`` where so much is not left of the net or the taxes
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
