"""Find a person's names, addresses and numbers in texts and documents, and take them out."""

import json
import re

from .personal_data import ERASED

#: what stands under such a key of a document is about a person, whoever they are
PERSONAL_KEY = re.compile(
    r"(?i)(?<![a-z])(?:first_?|last_?|full_?|customer_?|recipient_?)?name(?![a-z])"
    r"|e_?mail|phone|mobile|street|address|note|comment|reason|message|text|company|vat"
)
#: shorter values are looked for as whole words only where they stand alone
MIN_LENGTH = 2
#: what may stand in the middle of an e-mail address, before the part that is looked for
LOCAL_PART = frozenset(".-_+")


class PersonalValues:
    """What is known of a person, to be recognized wherever it was written.

    A value counts where it stands as whole words, in any case; digits of a phone number count
    whatever stands between them.
    """

    def __init__(self, words=(), phones=()):
        """
        :param words: names, e-mail addresses, streets and so on; empty ones are left out
        :param phones: phone numbers, as they were written
        """
        self.words = {" ".join(w.split()).casefold() for w in words if w and w.strip()}
        self.words = {word for word in self.words if len(word) >= MIN_LENGTH}
        self.phones = {re.sub(r"\D", "", phone or "")[-8:] for phone in phones}
        self.phones = {digits for digits in self.phones if len(digits) >= 6}

    def __bool__(self):
        return bool(self.words or self.phones)

    def find(self, text):
        """:return: whether a text names the person"""
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
        """Take the person out of JSON-able data.

        :param value: the data; it is not changed
        :param str key: the key it stands under
        :param bool everything: whether what stands under keys of personal data goes, whoever it is
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
    """:return: what a text holds that is JSON itself; ``None`` for any other text"""
    if text[0] not in "{[":
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _has_whole(text, word):
    """:return: whether a text has a word that is no part of a longer one"""
    start = text.find(word)
    while start >= 0:
        end = start + len(word)
        before = text[max(start - 1, 0) : start]
        is_part = before.isalnum() or text[end : end + 1].isalnum()
        if not is_part and not ("@" in word and before in LOCAL_PART):
            return True
        start = text.find(word, end)
    return False
