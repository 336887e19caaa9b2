"""Find and redact a person's names, addresses and numbers in texts and documents."""

import json
import re

from .personal_data import ERASED

#: keys of documents whose values are always personal data
PERSONAL_KEY = re.compile(
    r"(?i)(?<![a-z])(?:first_?|last_?|full_?|customer_?|recipient_?)?name(?![a-z])"
    r"|e_?mail|phone|mobile|street|address|note|comment|reason|message|text|company|vat"
)
#: minimum length of a value that is searched for
MIN_LENGTH = 2
#: characters within the local part of an e-mail address, before a searched value
LOCAL_PART = frozenset(".-_+")


class PersonalValues:
    """Values of a person, to be found in texts.

    Values match as whole words, in any case; phone numbers match by their last digits, with any
    characters in between.
    """

    def __init__(self, words=(), phones=()):
        """
        :param words: names, e-mail addresses, streets and so on; short and empty ones are ignored
        :param phones: phone numbers, as entered
        """
        self.words = {" ".join(w.split()).casefold() for w in words if w and w.strip()}
        self.words = {word for word in self.words if len(word) >= MIN_LENGTH}
        self.phones = {re.sub(r"\D", "", phone or "")[-8:] for phone in phones}
        self.phones = {digits for digits in self.phones if len(digits) >= 6}

    def __bool__(self):
        return bool(self.words or self.phones)

    def find(self, text):
        """:return: whether a text contains a value of the person"""
        text = " ".join(str(text or "").split()).casefold()
        if not text:
            return False
        if any(word in text and _has_whole(text, word) for word in self.words):
            return True
        return bool(self.phones) and self._has_phone(text)

    def _has_phone(self, text):
        digits = re.sub(r"\D", "", text)
        return any(phone in digits for phone in self.phones)

    def redact(self, value, key="", everything=False):
        """Redact the person in JSON-able data.

        :param value: the data; it is not changed
        :param str key: its key in the parent
        :param bool everything: whether values of keys with personal data are redacted for anyone
        :return: data of the same shape
        """
        if isinstance(value, dict):
            return {k: self.redact(v, str(k), everything) for k, v in value.items()}
        if isinstance(value, list):
            return [self.redact(v, key, everything) for v in value]
        if not isinstance(value, str) or not value:
            return value
        inner = _inner(value)
        if inner is not None:
            return json.dumps(self.redact(inner, key, everything))
        if self.find(value) or (everything and PERSONAL_KEY.search(key)):
            return ERASED
        return value


def _inner(text):
    """:return: the data of a JSON text; ``None`` for any other text"""
    if text[0] not in "{[":
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _has_whole(text, word):
    """:return: whether a text contains a word that is not part of a longer one"""
    start = text.find(word)
    while start >= 0:
        end = start + len(word)
        before = text[max(start - 1, 0) : start]
        is_part = before.isalnum() or text[end : end + 1].isalnum()
        if not is_part and not ("@" in word and before in LOCAL_PART):
            return True
        start = text.find(word, end)
    return False
