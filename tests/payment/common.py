"""Orders with charges, made directly: the path of orders has tests of its own."""

from datetime import datetime, timezone
from decimal import Decimal

from odoo.fields import Command

from odoo.addons.oms_addon.documents.order import Charge

from ..common import OmsCommon


class PaymentCommon(OmsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls.env["oms.payment.collector"]
        cls.poster = cls.env["oms.invoice.poster"]
        cls.tax = cls.env["account.tax"].create(
            {
                "name": "20 % included",
                "amount": 20.0,
                "type_tax_use": "sale",
                "price_include_override": "tax_included",
            }
        )
        cls.other_currency = cls.env.ref("base.CHF")
        cls.other_currency.active = True
        cls.sequence = 0

    @classmethod
    def _make_order(cls, *lines, channel=None, **values):
        """:return: a draft order of lines (product, quantity, price[, discount])"""
        cls.sequence += 1
        channel = channel or cls.channel
        customer = cls.env["res.partner"].create(
            {"name": f"Ann {cls.sequence}", "email": f"ann{cls.sequence}@example.com"}
        )
        return cls.env["sale.order"].create(
            {
                "partner_id": customer.id,
                "oms_channel_id": channel.id,
                "oms_order_ref": f"O{cls.sequence}",
                "oms_order_number": f"#{cls.sequence}",
                "oms_placed_at": datetime(2026, 3, 1, 9),
                "pricelist_id": channel._get_pricelist(cls.company.currency_id.name).id,
                "payment_term_id": False,
                "order_line": [cls._prepare_line(*line) for line in lines or [(cls.mug, 4, 10.0)]],
                **values,
            }
        )

    @classmethod
    def _prepare_line(cls, product, quantity, price, discount=0.0):
        return Command.create(
            {
                "product_id": product.id,
                "product_uom_qty": quantity,
                "price_unit": price,
                "technical_price_unit": -1,
                "discount": discount,
                "tax_ids": [Command.set(cls.tax.ids)],
                "oms_kind": "product",
            }
        )

    @classmethod
    def _charge(cls, ref, amount, **values):
        """:return: a charge that succeeded, in the company's currency"""
        return Charge(
            **{
                "ref": ref,
                "kind": "charge",
                "amount": Decimal(amount),
                "currency": cls.company.currency_id.name,
                "at": cls._at(9),
                "method": "card",
                "gateway": "stripe",
                "status": "success",
                **values,
            }
        )

    @staticmethod
    def _at(hour, day=1):
        return datetime(2026, 3, day, hour, tzinfo=timezone.utc)

    @classmethod
    def _pay(cls, order, amount=None, ref=None, **values):
        """:return: the transaction of a charge of an order, by default of its total"""
        charge = cls._charge(ref or f"T{order.id}", amount or f"{order.amount_total:.2f}", **values)
        return cls.collector._record([(order, charge)])

    @classmethod
    def _invoiced(cls, *lines, **values):
        """:return: an order that is paid, booked, confirmed and invoiced"""
        order = cls._make_order(*lines, **values)
        cls._pay(order)
        order.action_confirm()
        cls.collector._collect(order)
        cls.poster._invoice(order)
        return order

    @classmethod
    def _ship(cls, order, quantity=None):
        """Ship an order's goods, or so many of each line."""
        picking = order.picking_ids.filtered(lambda p: p.state not in ("done", "cancel"))
        for move in picking.move_ids:
            move.quantity = quantity or move.product_uom_qty
            move.picked = True
        picking.with_context(skip_backorder=True, skip_sms=True).button_validate()
