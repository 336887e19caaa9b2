"""What comes of one order of a channel, and of one in Odoo's own way, beside another add-on.

Told by ``test_foreign.py`` and by ``./oms bench guests``, on databases with and without ours.
"""

import json

from odoo.fields import Command

PLAIN = ("boolean", "integer", "float", "monetary", "selection", "char")
#: what names a row, or is random
OWN = {"id", "name", "reference", "origin", "sequence", "access_token", "res_id", "parent_path"}
OWN |= {"payment_reference", "ref", "sequence_number", "sequence_prefix", "memo"}
#: whether a second passed between the confirmation, which is the deadline, and the shipment
OWN |= {"has_deadline_issue"}


def run_story(env):
    """Play the story.

    :return: what came of both orders; without our add-on of the second alone
    """
    found = {"plain": plain(env)}
    if "oms.channel" in env:
        found["channel"] = channel(env)
    return found


def product(env, sku):
    """:return: a product with 20 in stock, invoiced when it is ordered, without taxes"""
    made = env["product.product"].create(
        {
            "name": sku,
            "default_code": sku,
            "is_storable": True,
            "list_price": 10.0,
            "invoice_policy": "order",
            "taxes_id": [Command.clear()],
        }
    )
    stock = env["stock.warehouse"].search([], limit=1).lot_stock_id
    env["stock.quant"]._update_available_quantity(made, stock, 20)
    return made


def plain(env):
    """Sell, deliver, invoice and cash in Odoo's own way.

    :return: the plain values of all rows that were written
    """
    made = product(env, "PLAIN")
    order = env["sale.order"].create(
        {
            "partner_id": env["res.partner"].create({"name": "Ann"}).id,
            "order_line": [Command.create({"product_id": made.id, "product_uom_qty": 2})],
        }
    )
    order.action_confirm()
    picking = order.picking_ids
    reserved = values(picking.move_ids.move_line_ids)
    picking.move_ids.picked = True
    picking.with_context(skip_sms=True).button_validate()
    invoice = order.invoice_ids or order._create_invoices()
    if invoice.state == "draft":
        invoice.action_post()
    register = env["account.payment.register"].with_context(
        active_model="account.move", active_ids=invoice.ids
    )
    payment = register.create({})._create_payments()
    env.flush_all()
    rows = (
        order,
        order.order_line,
        picking,
        picking.move_ids,
        picking.move_ids.move_line_ids,
        made.stock_quant_ids,
        invoice,
        invoice.line_ids,
        payment,
        payment.move_id.line_ids,
    )
    return [reserved, *map(values, rows)]


def values(records):
    """:return: the plain stored values of records that are not ours, without what names them"""
    return [
        {
            name: record[name]
            for name, field in sorted(record._fields.items())
            if field.store
            and field.type in PLAIN
            and name not in OWN
            and not name.startswith(("oms_", "x_"))
        }
        for record in records.sudo().sorted("id")
    ]


def channel(env):
    """Take an order of a channel from the document to the end of its path.

    :return: how far it came, and what was reserved, shipped, invoiced and paid
    """
    made = product(env, "GUEST")
    env["stock.warehouse"].search([], limit=1).oms_managed = True
    shop = env["oms.channel"].create(
        {"name": "Guest", "adapter": "canonical", "auto_ship": True, "send_receipt": False}
    )
    shop.action_go_live()
    shop._receive("orders", "g1", json.dumps(document(env, made)).encode())
    env["oms.lane"]._drain()
    order = env["sale.order"].search([("oms_channel_id", "=", shop.id)])
    env["oms.parcel"].search([("channel_id", "=", shop.id)]).action_mark_delivered()
    env["oms.lane"]._drain()
    env.invalidate_all()
    here = made.stock_quant_ids.filtered(lambda q: q.location_id.usage == "internal")
    return {
        "step": order.oms_step,
        "exceptions": order.oms_hold_ids.mapped("reason_code"),
        "delivered": order.order_line.filtered("product_id.is_storable").mapped("qty_delivered"),
        "delivery": order.picking_ids.mapped("state"),
        "invoice": order.invoice_ids.mapped("payment_state"),
        "left": sum(here.mapped("quantity")),
    }


def document(env, made):
    """:return: the canonical document of one paid order of three"""
    return {
        "schema": "oms.order/1",
        "ref": "G1",
        "number": "G1",
        "placed_at": "2026-03-01T09:00:00Z",
        "currency": env.company.currency_id.name,
        "total": "30.00",
        "prices_include_tax": True,
        "customer": {"ref": "c1", "name": "Guest", "email": "guest@example.com"},
        "shipping": {
            "name": "Guest",
            "street": "1 High Street",
            "city": "Leeds",
            "zip": "LS1 1AA",
            "country": "GB",
        },
        "lines": [
            {
                "ref": "1",
                "sku": made.default_code,
                "name": "Guest",
                "quantity": "3",
                "unit_price": "10.00",
                "taxes": [],
            }
        ],
        "charges": [
            {
                "ref": "T1",
                "kind": "charge",
                "amount": "30.00",
                "at": "2026-03-01T09:00:00Z",
                "currency": env.company.currency_id.name,
                "status": "success",
            }
        ],
    }
