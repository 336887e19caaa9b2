"""How an order is to be paid, by what its channel calls the payment method: pure."""

import re

#: what is paid before anything is shipped
PREPAID = ("prepaid", "authorized", "transfer")
#: what is shipped before it is paid: no money is expected of these until then
POSTPAID = ("cod", "terms")

_NOISE = re.compile(r"[\W_]+")
#: codes and names most shops and their plugins use, as ``method_key`` makes them. Items leave
#: unpaid on the word of this list, so it holds no name that a payment service uses as well.
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
    """Return a payment method so that equal ones compare equal.

    :param str text: a code or a name, e.g. ``Cash on Delivery (COD)``
    :return: letters and digits in lower case, e.g. ``cashondeliverycod``
    """
    return _NOISE.sub("", text or "").casefold()


def recognize_terms(code, name="", known=None):
    """Return the terms of a payment method as far as its usual names say.

    :param str code: what the channel calls the method
    :param str name: how the customer reads it, which says it where the code does not
    :param dict known: terms by ``method_key`` that come before the usual names
    :return: one of ``PREPAID`` and ``POSTPAID``; '' when nobody knows
    """
    for text in (code, name):
        key = method_key(text)
        found = (known or {}).get(key) or _EXACT.get(key)
        if found:
            return found
    return ""
