"""Orders whose customers Odoo refuses in part, told by a shell; see ``test_picky.py``."""

import json
from unittest.mock import patch

from odoo.fields import Command

HOME = {"street": "1 High Street", "city": "Leeds", "zip": "LS1 1AA", "country": "GB"}
PARIS = {"street": "1 Rue X", "city": "Paris", "zip": "75001", "country": "FR"}


def run_story(env):
    """Play the story.

    :return: what came of each order, by its number, and which tax numbers the EU was asked
        about while orders came in, and afterwards
    """
    env.company.vat_check_vies = True
    asked = []

    def check_vies(number, timeout):
        asked.append(number)
        if number.startswith("FR"):
            return {"valid": True}
        raise OSError("The server is down.")

    with patch("odoo.addons.base_vat.models.res_partner.check_vies", check_vies):
        orders = take_orders(env)
        found = {"meanwhile": [*asked]}
        while env["oms.customer.creator"]._verify_one():
            env.flush_all()
    verified = env["res.partner"].search([("vies_valid", "=", True)])
    found["afterwards"] = [asked, sorted(set(verified.mapped("vat")))]
    return {**orders, "verified": found}


def take_orders(env):
    """:return: what came of each order, by its number"""
    env["product.product"].create({"name": "Mug", "default_code": "MUG", "is_storable": True})
    channel = env["oms.channel"].create(
        {"name": "Shop", "adapter": "canonical", "warehouse_ids": [Command.clear()]}
    )
    channel.action_go_live()
    env["res.partner"].create({"name": "Staff made", "email": "Bob@Example.com", "active": False})
    for ref, customer, billing in (
        ("good", {"email": "a@example.com"}, {**PARIS, "tax_number": "FR23334175221"}),
        ("pending", {"email": "b@example.com"}, {**PARIS, "tax_number": "pending"}),
        ("zip", {"email": "c@example.com"}, HOME),
        ("both", {"email": "d@example.com"}, {**HOME, "tax_number": "GB12"}),
        ("later", {"email": "a@example.com"}, {**PARIS, "company": "X", "tax_number": "FR1"}),
        ("known", {"email": "Bob@Example.com"}, PARIS),
    ):
        body = {
            "schema": "oms.order/1",
            "ref": ref,
            "placed_at": "2026-03-01T09:00:00Z",
            "currency": env.company.currency_id.name,
            "total": "10.00",
            "prices_include_tax": True,
            "customer": {"name": ref, **customer},
            "billing": {"name": ref, **billing},
            "shipping": {"name": ref, **billing},
            "lines": [
                {"ref": "1", "sku": "MUG", "quantity": "1", "unit_price": "10.00", "taxes": []}
            ],
        }
        channel._receive("orders", ref, json.dumps(body).encode())
    work = env["oms.lane"]._runners()["inbox"]
    while work():
        env.flush_all()
    return {
        order.oms_order_ref: {
            "vat": order.partner_invoice_id.vat,
            "zip": order.partner_invoice_id.zip,
            "email": order.partner_id.email,
            "given": order.oms_tax_number,
            "rejected": [
                line.split(" was not accepted: ")[0]
                for line in (order.partner_invoice_id.oms_rejected_data or "").splitlines()
            ],
            "exceptions": order.oms_hold_ids.mapped("reason_code"),
        }
        for order in env["sale.order"].search([("oms_channel_id", "=", channel.id)])
    }
