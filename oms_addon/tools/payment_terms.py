"""Payment terms of an order, from its channel's payment method: pure."""

import re

#: paid before shipping
PREPAID = ("prepaid", "authorized", "transfer")
#: paid after shipping: no payment is expected until then
POSTPAID = ("cod", "terms")
#: channel setting with the days an order may stay unpaid, by payment terms
EXPIRY_FIELDS = {"prepaid": "unpaid_days", "authorized": "unpaid_days", "transfer": "transfer_days"}

_NOISE = re.compile(r"[\W_]+")
#: codes and names that stores and plugins commonly use, as returned by ``method_key``. Orders ship
#: unpaid based on this list, so it contains no name that a payment service uses, too.
_EXACT = {
    "cod": "cod",
    "codfee": "cod",
    "cash": "cod",
    "cashondelivery": "cod",
    "cashondeliverycod": "cod",
    "cashoncollection": "cod",
    "payondelivery": "cod",
    "payonpickup": "cod",
    "pscashondelivery": "cod",
    "nachnahme": "cod",
    "contrassegno": "cod",
    "contrareembolso": "cod",
    "contreremboursement": "cod",
    "bacs": "transfer",
    "banktransfer": "transfer",
    "directbanktransfer": "transfer",
    "bankdeposit": "transfer",
    "bankwire": "transfer",
    "wiretransfer": "transfer",
    "pswirepayment": "transfer",
    "cheque": "transfer",
    "check": "transfer",
    "checkpayment": "transfer",
    "chequepayment": "transfer",
    "pscheckpayment": "transfer",
    "moneyorder": "transfer",
    "vorkasse": "transfer",
    "invoice": "terms",
    "onaccount": "terms",
    "paymentterms": "terms",
    "purchaseorder": "terms",
}


def method_key(text):
    """Normalize a payment method, so that equal ones compare equal.

    :param str text: a code or a name, e.g. ``Cash on Delivery (COD)``
    :return: letters and digits in lower case, e.g. ``cashondeliverycod``
    """
    return _NOISE.sub("", text or "").casefold()


def recognize_terms(code, name="", known=None):
    """Return the terms of a payment method, as far as its usual names are known.

    :param str code: the channel's code of the method
    :param str name: the name shown to the customer, used where the code is unknown
    :param dict known: terms by ``method_key``, which override the usual names
    :return: ``PREPAID`` or ``POSTPAID``; '' when unknown
    """
    for text in (code, name):
        key = method_key(text)
        found = (known or {}).get(key) or _EXACT.get(key)
        if found:
            return found
    return ""
