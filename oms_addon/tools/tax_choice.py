"""Map the taxes of a channel's order line to a company's taxes; pure, without records."""

from decimal import Decimal
from itertools import product
from typing import NamedTuple

_HUNDRED = Decimal(100)
#: Maximum number of taxes of one rate that are combined with others.
_MOST = 8

#: the standard rate of value added tax, by country
STANDARD_RATES = {
    country: Decimal(rate)
    for country, rate in (
        pair.split(":")
        for pair in (
            "AE:5 AT:20 AU:10 BE:21 BG:20 CH:8.1 CY:19 CZ:21 DE:19 DK:25 EE:24 EG:14 ES:21 "
            "FI:25.5 FR:20 GB:20 GR:24 HR:25 HU:27 IE:23 IN:18 IT:22 JP:10 LT:21 LU:17 LV:21 "
            "MT:18 MX:16 NL:21 NO:25 PL:23 PT:23 RO:21 SA:15 SE:25 SG:9 SI:22 SK:23 TR:20 ZA:15"
        ).split()
    )
}


class TaxOption(NamedTuple):
    """A tax of the company.

    ``affects``: later taxes include it in their base; ``affected``: its base includes such earlier
    taxes; ``place``: its position in the order of computation.
    """

    id: int
    name: str
    rate: Decimal
    included: bool
    affects: bool
    affected: bool
    place: int
    countries: frozenset = frozenset()


class Value(NamedTuple):
    """The amount of a line in the tax mode of its price, and its number of units."""

    amount: Decimal
    pieces: Decimal = Decimal(1)
    coin: Decimal = Decimal("0.01")


def mapping_keys(ref, name, rate, compound, included):
    """:return: the keys a channel's tax may be mapped by, most exact first"""
    rest = f" {rate.normalize():f} %" if rate is not None else ""
    rest += " compound" if compound else ""
    rest += " incl." if included else ""
    return [label + rest for label in (f"#{ref}" if ref else "", name) if label]


class TaxBook:
    """The sales taxes of a company, and the tax mappings of a channel.

    :param list options: ``TaxOption``, in the order of preference
    :param dict mapped: ids by mapping key, see ``mapping_keys``
    :param dict by_rate: ids by rate
    """

    def __init__(self, options, mapped=None, by_rate=None):
        self.options = {option.id: option for option in options}
        self.mapped, self.by_rate = mapped or {}, by_rate or {}
        self.of_rate = {}
        for option in options:
            self.of_rate.setdefault((option.rate, option.included), []).append(option)
        self._chosen = {}

    def choose(self, taxes, included, country="", value=None):
        """Choose the company's taxes for a line.

        :param taxes: the document's ``Tax`` tuple
        :param bool included: whether prices include them
        :param str country: the destination country, if known
        :param Value value: the line's amount, for taxes without a rate
        :return: an id for each tax, ``None`` for a zero tax; ``None`` instead of the tuple when
            the company has no matching taxes
        :rtype: tuple | None
        """
        if any(tax.rate is None for tax in taxes):
            return self._choose(taxes, included, country, value)
        key = (
            tuple((t.ref, t.name, t.rate, t.compound, bool(t.amount)) for t in taxes),
            included,
            country,
        )
        if key not in self._chosen:
            self._chosen[key] = self._choose(taxes, included, country, value)
        return self._chosen[key]

    def _choose(self, taxes, included, country, value):
        wanted = [tax for tax in taxes if not self._is_nothing(tax, included)]
        found = []
        for tax in wanted:
            options = self._options_of(tax, included, country, value, len(wanted) == 1)
            if not options:
                return None
            found.append(options[:_MOST])
        compounds = [tax.compound for tax in wanted]
        combos = [c for c in product(*found) if len(set(c)) == len(c)]
        fitting = next((c for c in combos if _fits(c, compounds)), None)
        if fitting is None:
            # Mappings by a person are used unchecked; the check of tax amounts finds errors.
            is_mapped = all(self._mapped(tax, included) for tax in wanted)
            fitting = combos[0] if combos and is_mapped else None
        if fitting is None:
            return None
        ids = iter(option.id for option in fitting)
        return tuple(None if self._is_nothing(tax, included) else next(ids) for tax in taxes)

    def _is_nothing(self, tax, included):
        """:return: whether a tax is zero and needs no tax in Odoo"""
        return (
            not tax.rate
            and not tax.amount
            and (tax.rate is not None or tax.amount is not None)
            and not self._mapped(tax, included)
        )

    def _mapped(self, tax, included):
        for key in mapping_keys(tax.ref, tax.name, tax.rate, tax.compound, included):
            if option := self.options.get(self.mapped.get(key)):
                return option
        return None

    def _options_of(self, tax, included, country, value, is_alone):
        """:return: the candidate taxes for one tax of a line, best first"""
        if option := self._mapped(tax, included):
            return [option]
        if tax.rate is None:
            found = is_alone and value and self.by_amount(tax.amount, included, country, value)
            return [found] if found else []
        if not tax.rate:
            # A rate of zero with an amount is not a zero tax.
            return []
        rate = tax.rate.normalize()
        found = sorted(
            self.of_rate.get((rate, included), ()),
            key=lambda option: (
                -_likeness(tax.name, option.name),
                bool(country and option.countries) and country not in option.countries,
            ),
        )
        chosen = self.options.get(self.by_rate.get((rate, included)))
        if chosen and not tax.compound:
            found = [chosen, *(option for option in found if option is not chosen)]
        return found

    def by_amount(self, amount, included, country, value):
        """Find the tax that results in an amount, to the coin.

        Of several rates, those of the country's own taxes are preferred, then its standard rate.

        :param Decimal amount: the channel's tax amount, ``None`` when not provided
        :param Value value: the taxed amount
        :return: a ``TaxOption``, ``None`` when no rate or several rates match
        """
        if not amount or value.amount <= 0:
            return None
        for slack in (value.coin / 2, value.coin * max(value.pieces, 1) / 2):
            found = [
                option
                for option in self.options.values()
                if option.included == included
                and option.rate > 0
                and abs(_tax_of(value.amount, option.rate, included) - amount) <= slack
            ]
            if found:
                break
        else:
            return None
        own = [option for option in found if country and country in option.countries]
        found = own or found
        rates = {option.rate for option in found}
        if len(rates) > 1:
            standard = STANDARD_RATES.get(country)
            rates &= {standard}
        return next((option for option in found if len(rates) == 1 and option.rate in rates), None)


def _tax_of(amount, rate, included):
    return amount * rate / (_HUNDRED + rate if included else _HUNDRED)


def _likeness(name, other):
    """:return: similarity of a channel's tax name to ours: 2 equal, 1 contained, else 0"""
    name, other = name.strip().casefold(), other.strip().casefold()
    if not name:
        return 0
    return 2 if name == other else int(name in other)


def _fits(combo, compounds):
    """:return: whether the taxes compound as the channel's do: each compound one is computed on all
    non-compound and earlier taxes, the others on the price only
    """
    for index, (option, compound) in enumerate(zip(combo, compounds, strict=True)):
        on = {
            other.id
            for other in combo
            if option.affected and other.affects and other.place < option.place
        }
        wanted = {
            other.id
            for n, other in enumerate(combo)
            if compound and n != index and (not compounds[n] or n < index)
        }
        if on != wanted:
            return False
    return True
