"""Customers, addresses and pickup points of PrestaShop's orders."""

import html
import re

from odoo.addons.oms_addon.documents.order import Address, Customer

from .parse_values import number_of, text

# How pickup networks write the number of a pickup point into its address.
_PICKUP = re.compile(
    r"(?:relais|relay|pick-?up|point|locker|pakket|paczkomat|parcel ?shop)\D{0,40}?"
    r"\b([A-Z]{0,5}-?\d{3,10}[A-Z]?)\b",
    re.I,
)


def person(row):
    return f"{text(row, 'firstname')} {text(row, 'lastname')}".strip()


def address_of(row):
    """:return: an address, ``None`` when there is none"""
    if not row:
        return None
    return Address(
        name=person(row),
        company=text(row, "company"),
        street=text(row, "address1"),
        street2=text(row, "address2"),
        city=text(row, "city"),
        zip=text(row, "postcode"),
        state=text(row, "state"),
        state_name=text(row, "state_name"),
        country=text(row, "country"),
        phone=text(row, "phone_mobile") or text(row, "phone"),
        tax_number=text(row, "vat_number") or text(row, "dni"),
    )


def carrier_name(carrier):
    """:return: a carrier's name; PrestaShop's "0" means the shop itself"""
    name = text(carrier, "name")
    return "" if name == "0" else name


def pickup_point_of(address):
    """:return: the number of the pickup point at an address, '' when there is none"""
    for key in ("alias", "other", "company", "address2"):
        if found := _PICKUP.search(text(address, key)):
            return found[1]
    return ""


class PeopleReader:
    """Parses customer, addresses and messages."""

    def customer(self, invoice):
        row = self.data.get("customer") or {}
        name = f"{text(row, 'firstname')} {text(row, 'lastname')}".strip()
        return Customer(
            ref=text(self.order, "id_customer"),
            name=name or person(invoice),
            email=text(row, "email"),
            phone=text(invoice, "phone_mobile") or text(invoice, "phone"),
            company=text(row, "company") or text(invoice, "company"),
            tax_number=text(invoice, "vat_number") or text(invoice, "dni"),
            language=text(self.data, "language"),
        )

    def note(self, delivery):
        """:return: messages of the customer: with the order, after it, and in the address"""
        # The checkout escapes messages for HTML, twice.
        rows = [*(self.data.get("messages") or ()), *(self.data.get("threads") or ())]
        notes = [
            html.unescape(text(row, "message"))
            for row in rows
            if text(row, "private") != "1" and number_of(row, "id_employee") == 0
        ]
        return "\n".join(filter(None, dict.fromkeys([*notes, text(delivery, "other")])))
