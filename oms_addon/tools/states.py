"""States and provinces as stores write them, mapped to Odoo's codes and names.

``state_codes.csv`` maps spellings from the published lists of WooCommerce, Shopify and PrestaShop
to a state of Odoo where neither code nor name is Odoo's: country, code or name as ``plain_words``,
and Odoo's code.
"""

import csv
import re
from functools import cache
from pathlib import Path

from .contact_keys import plain_words

_PARTS = re.compile(r"[/(),]")
_GENERIC = re.compile(
    r"\b(?:provinces?|provincia|prefecture|state|region|county|co\.|governorate|department"
    r"|district|canton|oblast|krai|kray|respublika|republic|of|the|de|da|do)\b",
    re.I,
)


@cache
def _codes():
    """:return: Odoo's code by (country, plain words of the store's spelling)"""
    with (Path(__file__).parent / "state_codes.csv").open(encoding="utf-8", newline="") as file:
        return {(row["country"], row["told"]): row["code"] for row in csv.DictReader(file)}


def state_names(text):
    """Return the names in a text, each as ``plain_words``, best first.

    :param str text: e.g. ``Tokyo``, ``Province of Barcelona`` or ``Beijing / 北京``
    :rtype: list[str]
    """
    texts = [text, *_PARTS.split(text)]
    names = [name for part in texts for name in (plain_words(part), _bare(part))]
    return list(dict.fromkeys(filter(None, names)))


def _bare(text):
    return plain_words(_GENERIC.sub(" ", text))


def find_state(country, text, known):
    """Find the state of a text.

    :param str country: ISO 3166-1 alpha-2
    :param str text: a code, with or without the country, or a name
    :param dict known: the states of the country by Odoo's code in lower case, and by each of
        ``state_names``
    :return: one of ``known``; ``None`` when there is no unambiguous match
    """
    text = text.strip()
    if not text or not known:
        return None
    code = _codes().get((country, plain_words(text)), "").casefold()
    candidates = (*_code_forms(country, text), code, *state_names(text))
    return next((known[form] for form in candidates if form and form in known), None)


def _code_forms(country, text):
    """:return: spellings of a code in Odoo: with or without the country and leading zeros"""
    code, prefix = text.casefold(), country.casefold()
    after = code.removeprefix(prefix)
    bare = after.lstrip("-") if after.startswith("-") or after.isdecimal() else code
    return (
        *(code, f"{prefix}-{code}", bare, f"{prefix}-{bare}", f"{prefix}{bare}"),
        *((bare.lstrip("0"), bare.zfill(2)) if bare.isdecimal() else ()),
    )
