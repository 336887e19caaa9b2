"""What happens in Odoo's own shop, told by a shell that has the eCommerce app: see
``test_website_shop.py``. Returns what was found at each point.
"""

import contextlib
from unittest.mock import patch

from odoo.fields import Command

PRICE = 10.0


def run_story(env):
    """Play the story. :return: JSON-able facts by the name of the point"""
    return Story(env).play()


class Story:
    def __init__(self, env):
        self.website = env["website"].search([], limit=1)
        company = self.website.company_id
        self.env = env(context={**env.context, "allowed_company_ids": company.ids})
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1)
        warehouse.oms_managed = True
        self.product = self.env["product.product"].create(
            {
                "name": "Web mug",
                "default_code": "WEBMUG",
                "is_storable": True,
                "list_price": PRICE,
                "invoice_policy": "order",
                "taxes_id": [Command.clear()],
                "is_published": True,
                "allow_out_of_stock_order": False,
            }
        )
        self.env["stock.quant"]._update_available_quantity(self.product, warehouse.lot_stock_id, 20)
        self.channel = self.env["oms.channel"].create(
            {
                "name": "Web",
                "adapter": "odoo_shop",
                "account_ref": str(self.website.id),
                "auto_ship": True,
                "send_receipt": False,
                "stock_buffer": 3,
                "warehouse_ids": [Command.set(warehouse.ids)],
            }
        )
        self.channel.action_go_live()
        self.provider = self.env.ref("payment.payment_provider_demo")
        self.provider.write({"state": "test", "is_published": True})

    def play(self):
        return {
            "paid": self.paid(),
            "greedy": self.greedy(),
            "captured": self.captured(),
            "cancelled": self.cancelled(),
            "missed": self.missed(),
            "kept": self.kept(),
            "cash": self.cash(),
        }

    # === WHAT CAN BE DONE IN A SHOP === #

    @contextlib.contextmanager
    def visit(self, order=None):
        """Be a visitor of the website, with a cart or without. :return: the website"""
        # Not before the shell has loaded all models: it is a module of tests.
        from odoo.addons.website_sale.tests.common import MockRequest

        visitor = self.website.user_id
        website = self.website.with_user(visitor).with_context(website_id=self.website.id)
        # The request asks for the port of a server that a shell does not have.
        no_server = patch("odoo.tests.common.HttpCase.http_port", return_value=None)
        cart = order and order.id
        with (
            no_server,
            MockRequest(self.env(user=visitor), website=website, sale_order_id=cart),
        ):
            yield website

    def cart(self, quantity):
        """A visitor puts mugs into the cart. :return: the order, how many went in"""
        with self.visit() as website:
            order = website._create_cart()
            added = order._cart_add(self.product.id, quantity)["quantity"]
        order = self.env["sale.order"].browse(order.id)
        order.partner_id = self.env["res.partner"].create(
            {
                "name": "Ann",
                "email": "ann@example.com",
                "street": "1 High Street",
                "city": "Leeds",
                "zip": "LS1 1AA",
                "country_id": self.env.ref("base.uk").id,
            }
        )
        return order, added

    def pay(self, order):
        """The customer pays by the provider that only pretends. :return: the transaction"""
        transaction = self.env["payment.transaction"].create(
            {
                "provider_id": self.provider.id,
                "operation": "online_direct",
                "payment_method_id": self.env.ref("payment_demo.payment_method_demo").id,
                "amount": order.amount_total,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                "sale_order_ids": [Command.set(order.ids)],
            }
        )
        transaction._process(
            "demo", {"reference": transaction.reference, "simulated_state": "done"}
        )
        transaction._post_process()
        return transaction

    def cash(self):
        """A customer pays on delivery, in a channel whose orders are to be prepaid.

        :return: what is known of the order when the jobs are done, and long after
        """
        provider = self.env["payment.provider"].search(
            [
                ("custom_mode", "=", "cash_on_delivery"),
                ("company_id", "=", self.channel.company_id.id),
            ],
            limit=1,
        )
        provider.write({"state": "test", "is_published": True})
        self.channel.write({"unpaid_days": 7, "auto_ship": True})
        order, _added = self.cart(1)
        transaction = self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "operation": "online_direct",
                "payment_method_id": self.env.ref("delivery.payment_method_cash_on_delivery").id,
                "amount": order.amount_total,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                "sale_order_ids": [Command.set(order.ids)],
            }
        )
        transaction._set_pending()
        transaction._post_process()
        self.work()
        found = {
            **self.facts(order),
            "method": order.oms_payment_method,
            "terms": order.oms_payment_terms,
        }
        order.oms_placed_at = "2026-01-01 00:00:00"
        self.env["oms.order.expiry"]._expire_unpaid()
        return {**found, "later": self.facts(order)["state"]}

    def work(self):
        self.env["oms.lane"]._drain()

    def available(self):
        """:return: how many the website says there are"""
        self.refresh()
        product = self.product.with_context(website_id=self.website.id).sudo()
        return self.website._get_product_available_qty(product)

    def refresh(self):
        self.env.flush_all()
        self.env.invalidate_all()

    def facts(self, order):
        self.refresh()
        transactions = order._oms_transactions()
        return {
            "of_channel": order.oms_channel_id == self.channel,
            "state": order.state,
            "progress": order.oms_status,
            "waits": bool(order.oms_wait_reason),
            "money": order.oms_payment_state,
            "total": order.amount_total,
            "deliveries": order.picking_ids.mapped("state"),
            "invoices": order.invoice_ids.mapped("payment_state"),
            "payments": sorted(transactions.payment_id.mapped("amount")),
            "transactions": len(transactions),
        }

    # === WHAT HAPPENS === #

    def paid(self):
        """An order is paid, walks to the door, and is told of once more."""
        found = {"offered": self.available()}
        order, found["added"] = self.cart(2)
        found["cart"] = self.facts(order)
        transaction = self.pay(order)
        found["joined"] = self.facts(order)
        self.work()
        found["walked"] = self.facts(order)
        transaction._post_process()
        self.work()
        found["again"] = self.facts(order) == found["walked"]
        found["left"] = self.available()
        return found

    def greedy(self):
        """Somebody wants more than the channel offers."""
        order, added = self.cart(40)
        order.action_cancel()
        return added

    def captured(self):
        """Money is authorised, captured in two parts, and a part of it given back."""
        self.channel.confirm_policy = "authorized"
        self.provider.capture_manually = True
        order, _added = self.cart(2)
        held = self.pay(order)
        self.work()
        found = {"held": self.facts(order)}
        for amount in (5.0, 15.0):
            held._capture(amount)
            for part in held.child_transaction_ids.filtered(lambda t: not t.is_post_processed):
                part._post_process()
        held._post_process()
        self.work()
        found["walked"] = self.facts(order)
        part = held.child_transaction_ids.filtered(lambda t: t.amount == 15.0)
        part._refund(4.0)
        part.child_transaction_ids._post_process()
        self.refresh()
        found["money"] = [order.oms_amount_paid, order.oms_amount_refunded, order.amount_paid]
        self.provider.capture_manually = False
        return found

    def cancelled(self):
        """An order is reserved, and cancelled in Odoo before it left."""
        self.channel.auto_ship = False
        before = self.available()
        order, _added = self.cart(3)
        self.pay(order)
        self.work()
        found = {
            "reserved": before - self.available(),
            "deliveries": order.picking_ids.mapped("state"),
        }
        order.action_cancel()
        self.work()
        facts = self.facts(order)
        found.update(progress=facts["progress"], deliveries_after=facts["deliveries"])
        found["back"] = before - self.available()
        return found

    def kept(self):
        """The channel keeps carts: one visitor's goods are not offered to another."""
        self.channel.write({"reserve_carts": True, "cart_minutes": 15})
        before = self.available()
        order, added = self.cart(before - 1)
        found = {"added": added == before - 1, "others_see": self.available()}
        _rival, found["rival_gets"] = self.cart(2)
        carts = self.env["oms.cart.reservation"].search([("order_id", "=", order.id)])
        found["kept"] = sum(carts.mapped("quantity")) == before - 1
        # The time of the first ends, and somebody else takes all.
        carts.expires_at = "2026-01-01 00:00:00"
        other, _added = self.cart(3)
        found["too_late"] = self.refused(order)
        found["in_time"] = self.refused(other)
        self.pay(other)
        self.refresh()
        left = self.env["oms.cart.reservation"].search([("order_id", "=", other.id)])
        found["consumed"] = not left
        return found

    def refused(self, order):
        """:return: whether the shop takes no money for a visitor's cart: goods are gone"""
        self.refresh()
        with self.visit(order) as website:
            # What the shop asks of each line before it lets anybody pay.
            lines = order.with_context(website_id=website.id).order_line
            return not all(line._check_availability() for line in lines)

    def missed(self):
        """An order is confirmed while the channel is paused, and found afterwards."""
        self.channel.action_pause()
        order, _added = self.cart(1)
        self.pay(order)
        found = {"paused": self.facts(order)["of_channel"]}
        self.channel._set_state("live")
        self.channel._poll()
        found["live"] = self.facts(order)["of_channel"]
        return found
