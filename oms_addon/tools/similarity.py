"""Find the product that an item with another name or code most likely is.

An inverted index over the words of names and the parts of codes. Rare words weigh more than common
ones; words in nearly every name are not searched for, but count in the score.
"""

import math
import re
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass

#: words in more products than this are searched for only when there is no rarer word
COMMON = 400
#: maximum number of products compared in full
CANDIDATES = 25
#: minimum difference in score between two products; closer ones are ambiguous
TIE = 0.04
UNSURE = 0.6
#: maximum score, as it is an estimate
SURE = 0.99
SAME_CODE = 0.95
#: factor when numbers differ from the product's: another size, most likely
OTHER_NUMBERS = 0.75
#: weight of the code's similarity relative to the name's
CODE_WEIGHT = 0.6

#: maximum score of a pack of several units of a product
PACK = 0.85
MAX_PACK = 1000

#: "6 x", "6er-Set", "6-pack", "pack of 6", "x6"; a size like "50 x 100" does not match
_PACKS = re.compile(
    r"(?<![\w.,])(\d+)(?:\s?[x×](?=\s+[^\W\d])|er[\s-]?(?:pack|set)\b|[\s-]?(?:pack|pcs|pieces)\b)"
    r"|\b(?:pack|set|box|lot|case) of (\d+)\b"
    r"|(?<!\w)(?<!\d )[x×]\s?(\d+)(?![\w.,]\w)(?!\w)"
)
_WORD = re.compile(r"[^\W\d_]+|\d+(?:[.,]\d+)?")
_SIGNS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The most likely product.

    ``score`` is from 0 to 1; ``words`` are the matching words of the name, ``code`` the product's
    code where it is similar to the given one, ``rival`` the id of another equally similar
    product; ``units`` the units of the product in a pack.
    """

    id: int
    score: float
    units: int = 1
    words: tuple = ()
    code: str = ""
    rival: int | None = None


def words_of(text):
    """Return the words of a text for comparison: without case, accents and plural s."""
    return tuple(dict.fromkeys(_stem(word) for word in _WORD.findall(_plain(text))))


def _plain(text):
    decomposed = unicodedata.normalize("NFKD", (text or "").casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def _stem(word):
    is_plural = len(word) > 3 and word.endswith("s") and not word.endswith("ss")
    return word[:-1] if is_plural else word


def pack_of(text):
    """Return the units in a pack, from its title: 6 for "6 x Mug" or "pack of 6"."""
    found = _PACKS.search(_plain(text))
    count = int(next(filter(None, found.groups()))) if found else 1
    return count if 0 < count <= MAX_PACK else 1


def bare_code(code):
    """Return a code without separators."""
    return _SIGNS.sub("", _plain(code))


def _numbers(words):
    return {word for word in words if word[0].isdigit()}


class Index:
    """An index of products, built once and searched many times.

    :param products: tuples (id, name, code)
    """

    def __init__(self, products):
        self._names, self._codes, self._code_text, self._packs = {}, {}, {}, {}
        self._by_word, self._by_part, self._by_code = (
            defaultdict(list),
            defaultdict(list),
            defaultdict(list),
        )
        for product_id, name, code in products:
            self._names[product_id] = frozenset(words_of(name))
            if (pack := pack_of(name)) > 1:
                self._packs[product_id] = pack
            self._codes[product_id] = frozenset(words_of(code))
            self._code_text[product_id] = code or ""
            for word in self._names[product_id]:
                self._by_word[word].append(product_id)
            for part in self._codes[product_id]:
                self._by_part[part].append(product_id)
            if bare := bare_code(code):
                self._by_code[bare].append(product_id)
        self._weights = {}

    def __len__(self):
        return len(self._names)

    def suggest(self, name, code=""):
        """Find the most likely product.

        :param str name: the item's name
        :param str code: the item's code, e.g. a SKU
        :rtype: Suggestion | None
        """
        words, parts = frozenset(words_of(name)), frozenset(words_of(code))
        bare = bare_code(code)
        found = {
            product_id: self._likeness(product_id, words, parts, bare)
            for product_id in self._candidates(words, parts, bare)
        }
        ranked = sorted(found.items(), key=lambda item: (-item[1], item[0]))[:2]
        if not ranked or ranked[0][1] <= 0:
            return None
        best, score = ranked[0]
        rival = ranked[1][0] if len(ranked) > 1 and score - ranked[1][1] < TIE else None
        common = words & self._names[best]
        is_alike = bool(bare) and (
            bare == bare_code(self._code_text[best]) or parts & self._codes[best]
        )
        units, pack = pack_of(name), self._packs.get(best, 1)
        units = 1 if units % pack else units // pack
        return Suggestion(
            best,
            min(score, UNSURE if rival else PACK if units > 1 else SURE),
            units,
            tuple(word for word in words_of(name) if word in common),
            self._code_text[best] if is_alike else "",
            rival,
        )

    # === CANDIDATES === #

    def _candidates(self, words, parts, bare):
        """Return the products that share the most tokens with the item."""
        votes = Counter()
        for index, tokens in ((self._by_word, words), (self._by_part, parts)):
            for token in self._searched(index, tokens):
                weight = self._weight(index, token)
                for product_id in index[token]:
                    votes[product_id] += weight
        best = [product_id for product_id, _votes in votes.most_common(CANDIDATES)]
        return dict.fromkeys([*self._by_code.get(bare, ())[:CANDIDATES], *best])

    def _searched(self, index, tokens):
        """Return the tokens to search for: the rare ones, else the rarest."""
        known = sorted((t for t in tokens if t in index), key=lambda t: (len(index[t]), t))
        rare = [token for token in known if len(index[token]) <= COMMON]
        return rare or known[:1]

    # === SCORE === #

    def _weight(self, index, token):
        """Return the weight of a token: the rarer, the higher."""
        key = index is self._by_word, token
        if key not in self._weights:
            # A word of no product does not distinguish products: average weight.
            count = len(index[token]) if token in index else math.sqrt(len(self._names))
            self._weights[key] = math.log(1 + len(self._names) / count)
        return self._weights[key]

    def _likeness(self, product_id, words, parts, bare):
        names = self._names[product_id]
        of_name = self._overlap(self._by_word, words, names)
        if _numbers(words) and _numbers(names) and not _numbers(words) & _numbers(names):
            of_name *= OTHER_NUMBERS
        if bare and bare == bare_code(self._code_text[product_id]):
            of_code = SAME_CODE
        else:
            of_code = CODE_WEIGHT * self._overlap(self._by_part, parts, self._codes[product_id])
        return 1 - (1 - of_name) * (1 - of_code)

    def _overlap(self, index, asked, known):
        """Return the similarity of two sets of tokens, from 0 to 1.

        Titles are longer than product names: the share of the product's name that is in the title
        counts as much as the share of all tokens.
        """
        if not asked or not known:
            return 0.0
        common = sum(self._weight(index, token) for token in asked & known)
        if not common:
            return 0.0
        of_asked = sum(self._weight(index, token) for token in asked)
        of_known = sum(self._weight(index, token) for token in known)
        return 0.5 * common / of_known + common / (of_asked + of_known)
