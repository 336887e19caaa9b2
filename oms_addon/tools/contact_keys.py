"""Keys that identify a customer: e-mail addresses, phone numbers, names.

A key identifies one person. Placeholders, relay addresses that a marketplace issues per order, and
invalid phone numbers are not keys.
"""

import re
import unicodedata
from dataclasses import dataclass

from odoo.addons.oms_addon.documents.parts import normalise_email

try:
    import phonenumbers
except ImportError:  # Odoo does without it as well: then no number is known to be one
    phonenumbers = None

_MUTE_MAILBOX = re.compile(
    r"(noreply|donotreply|dontreply|noresponse).*"
    r"|(guest|anonymous|anonymi[sz]ed)(user|buyer|customer|account|checkout)?\d*"
    r"|unknown|nobody|none|noe?mail(address)?|null|undefined|invalid|not(provided|available)"
    r"|mailerdaemon"
)
_RELAY_DOMAIN = re.compile(
    r"(?:\A|\.)(?:(?:members|reply|mail)\.ebay\.[a-z.]{1,60}|allegromail\.pl|relay\.walmart\.com"
    r"|verkopen\.bol\.com|kaufland-marktplatz\.[a-z]{1,60}|marketplace\.[a-z.]{1,60}"
    r"|marketplace-messages?\.[a-z.]{1,60})\Z"
)
_NO_DOMAINS = {"invalid", "local", "localhost", "localdomain"}
#: maximum characters of an e-mail address (RFC 5321, 4.5.3.1.3), and of a phone number as entered
MAX_EMAIL = 254
MAX_PHONE = 80
_DIALLED = re.compile(r"[\d\s()+./\u2010-\u2015\u2212-]+")
_EXTENSION = re.compile(r"(?:;\s*ext\s*=|ext(?:ension)?\b\.?:?|x\.?|#)\s*(\d{1,9})\s*$", re.I)
_PLACEHOLDER_REFS = {"0", "guest", "none", "null", "anonymous"}


def ref_key(ref):
    """Return a channel's customer id; '' for placeholders."""
    ref = ref.strip()
    return "" if ref.casefold() in _PLACEHOLDER_REFS else ref


def email_key(email):
    """Return an e-mail address that identifies one person.

    :return: in lower case; '' for none, for no-reply addresses, and for relay addresses of
        marketplaces
    """
    email = normalise_email(email) if len(email) <= MAX_EMAIL else ""
    mailbox, _at, domain = email.rpartition("@")
    mailbox = re.sub(r"[-_.]", "", mailbox.partition("+")[0])
    if (
        not email
        or _MUTE_MAILBOX.fullmatch(mailbox)
        or _RELAY_DOMAIN.search(domain)
        or "." not in domain
        or domain.rpartition(".")[2] in _NO_DOMAINS
    ):
        return ""
    return email


def phone_key(phone, country=""):
    """Return a phone number as E.164, with its extension where it has one.

    :param str phone: as entered
    :param str country: ISO 3166-1 alpha-2, for numbers without a country code
    :return: e.g. ``+442079460000`` or ``+14154198616;ext=12``; '' for invalid numbers: with
        masked digits or letters, too short, or one digit repeated
    """
    if len(phone) > MAX_PHONE:
        return ""
    extension = _EXTENSION.search(phone)
    number = (phone[: extension.start()] if extension else phone).strip()
    if number.startswith("00"):
        number = f"+{number[2:]}"
    if not phonenumbers or not _DIALLED.fullmatch(number):
        return ""
    # As `phone_validation` parses, but without its second attempt, which reads 33… as +33…: a
    # guessed key would merge two customers.
    try:
        parsed = phonenumbers.parse(number, country or None)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(parsed) or len(set(str(parsed.national_number))) == 1:
        return ""
    key = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return f"{key};ext={extension[1]}" if extension else key


def plain_words(text):
    """Return letters and digits of a text, so that different spellings compare equal.

    :return: without accents, case, spaces and punctuation
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("ı", "i"))
    return "".join(c for c in decomposed if c.isalnum())


def number_words(number):
    """Return a tax number without spaces and punctuation, so that spellings compare equal."""
    return re.sub(r"[\W_]", "", number).upper()


@dataclass(frozen=True, slots=True)
class Person:
    """Data to compare two customers who share a phone number: values of ``plain_words``.

    ``addresses`` are the customer's known addresses, ``email`` is an address as entered.
    """

    name: str = ""
    addresses: frozenset = frozenset()
    email: str = ""

    def contradicts(self, other):
        """Return whether another customer with the same phone number is a different person.

        True when their e-mail addresses differ, or their names differ and no address matches.
        """
        if self.email and other.email and self.email != other.email:
            return True
        names = {self.name, other.name} - {""}
        return len(names) == 2 and not self.addresses & other.addresses
