"""Which of a company's taxes a channel's taxes mean; pure, without records."""

from decimal import Decimal
from itertools import product
from typing import NamedTuple

_HUNDRED = Decimal(100)
#: How many taxes of one rate are tried beside others; more are no help to anybody.
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

    ``affects`` says that later taxes are computed with it in their base, ``affected`` that this
    one is computed on what such earlier ones made of it; ``place`` is where it stands in the
    order of computation.
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
    """What a line costs in the tax mode of its price, and of how many pieces."""

    amount: Decimal
    pieces: Decimal = Decimal(1)
    coin: Decimal = Decimal("0.01")


def mapping_keys(ref, name, rate, compound, included):
    """:return: under which keys a channel's tax may be mapped, the most exact first"""
    rest = f" {rate.normalize():f} %" if rate is not None else ""
    rest += " compound" if compound else ""
    rest += " incl." if included else ""
    return [label + rest for label in (f"#{ref}" if ref else "", name) if label]


class TaxBook:
    """The sales taxes of a company, and what was mapped on a channel.

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
        """Find the taxes that a line's taxes mean.

        :param taxes: the document's ``Tax`` tuple
        :param bool included: whether prices include them
        :param str country: where the items go, if known
        :param Value value: what the line costs, for taxes whose rate is not told
        :return: an id for each tax, ``None`` for one that takes nothing; ``None`` instead of all
            when the company has no such taxes
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
            # What a person mapped is taken at their word; the proof of taxes says if it is wrong.
            is_mapped = all(self._mapped(tax, included) for tax in wanted)
            fitting = combos[0] if combos and is_mapped else None
        if fitting is None:
            return None
        ids = iter(option.id for option in fitting)
        return tuple(None if self._is_nothing(tax, included) else next(ids) for tax in taxes)

    def _is_nothing(self, tax, included):
        """:return: whether a tax takes nothing, and needs no tax of ours"""
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
        """:return: the taxes that one of a line's taxes may mean, the likeliest first"""
        if option := self._mapped(tax, included):
            return [option]
        if tax.rate is None:
            found = is_alone and value and self.by_amount(tax.amount, included, country, value)
            return [found] if found else []
        if not tax.rate:
            # An amount without a rate is no rate of zero.
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
        """Find the tax that takes a told amount of a value, to the coin.

        Of several rates the one of the country's own taxes is meant, else its standard rate.

        :param Decimal amount: what the channel says the tax is, ``None`` when it does not
        :param Value value: what it is the tax of
        :return: a ``TaxOption``, ``None`` when none or more than one could be meant
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
    """:return: how much a channel's name for a tax is like ours"""
    name, other = name.strip().casefold(), other.strip().casefold()
    if not name:
        return 0
    return 2 if name == other else int(name in other)


def _fits(combo, compounds):
    """:return: whether taxes of ours are computed on one another as the channel's are: each
    compound one on all that are not and on those before it, the others on nothing but the price
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
