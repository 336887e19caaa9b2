"""WooCommerce: what it is told, of stock, prices, shipments, cancellations and refunds."""

import json
from collections import defaultdict
from decimal import Decimal

from odoo import api, models

from odoo.addons.oms_addon.exceptions import FinalError, RetryableError
from odoo.addons.oms_addon.tools.document_values import to_decimal
from odoo.addons.oms_addon.tools.woocommerce import (
    KEY,
    KIND,
    SHIPMENTS,
    TRACKING,
    UNPAID,
    ZERO,
    find_refund,
    meta_of,
    quantities,
    refund_line,
    share_of,
    shipping_shares,
    token_of,
    tracking_items,
)
from odoo.addons.oms_addon.tools.woocommerce_orders import RANKS

from .woocommerce import PAGE


class OmsChannelAdapterWoocommerce(models.AbstractModel):
    _inherit = "oms.channel.adapter.woocommerce"

    # === OUT: STOCK AND PRICES === #

    @api.model
    def _push_stock(self, channel, key, items):
        """Override of `oms.channel.adapter`: what was sold there meanwhile is not undone.

        The shop itself does not compare: it is asked right before, all products in one call
        and all variations in one.
        """
        there = self._stock_there(channel, items)
        stale, writes = {}, {}
        for position, item in enumerate(items):
            shown = there.get(item["ref"])
            if item.get("seen") is not None and shown not in (None, item["seen"]):
                stale[str(position)] = shown
            if shown != item["quantity"]:
                writes[position] = item
        stale = {p: shown for p, shown in stale.items() if int(p) in writes}
        answer = self._push_items(
            channel,
            {p: item for p, item in writes.items() if str(p) not in stale},
            lambda item: {"manage_stock": True, "stock_quantity": int(item["quantity"])},
        )
        return {**answer, "stale": stale}

    @api.model
    def _stock_there(self, channel, items):
        """:return: what the shop shows now, by listing; those it does not count are left out"""
        found = {}
        for kind, is_variation in (("products", False), ("variations", True)):
            refs = [i["ref"] for i in items if bool(i.get("parent_ref")) == is_variation]
            if not refs or all(i.get("seen") is None for i in items):
                continue
            params = {
                "include": ",".join(refs),
                "per_page": str(PAGE),
                "_fields": "id,manage_stock,stock_quantity",
            }
            answer = self._call(channel, "GET", f"/{kind}", params=params, accept=(404,))
            for row in answer.json() if answer.status == 200 else ():
                if row.get("manage_stock") is True and row.get("stock_quantity") is not None:
                    found[str(row["id"])] = int(row["stock_quantity"])
        return found

    @api.model
    def _push_price(self, channel, key, items):
        """Override of `oms.channel.adapter`: the usual price; a sale's price is the shop's."""
        return self._push_items(
            channel, dict(enumerate(items)), lambda item: {"regular_price": item["price"]}
        )

    @api.model
    def _push_items(self, channel, items, prepare):
        """Update products in one call, and the variations of each product in one.

        The first call takes the rate limit's share of all, so that no half is sent twice.
        When a later call fails, what came before is told and the rest is tried again.

        :param dict items: items by position
        :param prepare: makes the values of an item
        :return: ``failed`` by position
        """
        groups = defaultdict(list)
        for position, item in items.items():
            groups[item.get("parent_ref") or ""].append(position)
        failed, cost = {}, float(len(groups))
        for number, (parent, positions) in enumerate(groups.items()):
            path = f"/products/{parent}/variations/batch" if parent else "/products/batch"
            try:
                updates = [{"id": int(items[p]["ref"]), **prepare(items[p])} for p in positions]
                answer = self._call(channel, "POST", path, body={"update": updates}, cost=cost)
                failed |= self._refused(positions, answer.json())
            except RetryableError as error:
                if not number:
                    raise
                left = [p for rest in list(groups.values())[number:] for p in rest]
                return {"failed": failed | {str(p): str(error) for p in left}}
            except (FinalError, ValueError) as error:
                if len(groups) == 1 and len(positions) > 1:
                    raise
                failed |= {str(p): str(error) for p in positions}
            cost = 0.0
        return {"failed": failed}

    @api.model
    def _refused(self, positions, answer):
        """:return: why items of a batch were refused, by position"""
        return {
            str(position): row["error"].get("message") or row["error"].get("code") or "?"
            for position, row in zip(positions, answer.get("update", ()), strict=False)
            if row.get("error")
        }

    # === OUT: SHIPMENTS === #

    @api.model
    def _push_shipment(self, channel, key, shipment):
        """Override of `oms.channel.adapter`: a note the customer gets, and the order is
        completed when everything left.

        What was told is kept on the order there, so that telling it again changes nothing.
        """
        path = f"/orders/{shipment['order_ref']}"
        order = self._call(channel, "GET", path).json()
        meta = meta_of(order)
        told = meta.get(SHIPMENTS) or []
        entry = next((entry for entry in told if entry["key"] == key), None)
        is_again = entry is not None
        if not is_again:
            entry = {"key": key, "lines": quantities(order, shipment["lines"]), "noted": False}
            told.append(entry)
            self._write_order(channel, path, {SHIPMENTS: told})
        if not entry["noted"]:
            self._note_shipment(channel, path, shipment, is_again)
            entry["noted"] = True
        values = {SHIPMENTS: told, TRACKING: tracking_items(meta.get(TRACKING) or [], shipment)}
        complete = order["status"] in ("pending", "on-hold", "processing") or (
            order["status"] not in RANKS
        )
        if complete and not self._unshipped(channel, order, told):
            # The shop takes a completed order for paid.
            unpaid = {} if order.get("date_paid_gmt") else {UNPAID: "yes"}
            self._write_order(channel, path, values | unpaid, status="completed")
            return {"status": "completed"}
        self._write_order(channel, path, values)
        return {"status": order["status"]}

    @api.model
    def _write_order(self, channel, path, meta, **values):
        """Write notes of ours, and more, on an order."""
        rows = [{"key": key, "value": value} for key, value in meta.items()]
        self._call(channel, "PUT", path, body={"meta_data": rows, **values})

    @api.model
    def _note_shipment(self, channel, path, shipment, is_again):
        """Write the customer a note, unless a call whose answer was lost did."""
        text = self._shipment_text(channel, shipment)
        if is_again:
            notes = self._call(channel, "GET", f"{path}/notes", params={"type": "customer"}).json()
            if any(note["note"].strip() == text for note in notes):
                return
        self._call(channel, "POST", f"{path}/notes", body={"note": text, "customer_note": True})

    @api.model
    def _shipment_text(self, channel, shipment):
        """:return: what the customer reads, in the company's language"""
        env = self.with_context(lang=channel.company_id.partner_id.lang).env
        parcels = [
            " ".join(filter(None, (p.get("carrier"), p.get("number"), p.get("url"))))
            for p in shipment["parcels"]
            if p.get("number")
        ]
        if not parcels:
            return env._("Your order was shipped (%(ref)s).", ref=shipment["shipment_ref"])
        return env._(
            "Your order was shipped (%(ref)s): %(parcels)s",
            ref=shipment["shipment_ref"],
            parcels=", ".join(parcels),
        )

    @api.model
    def _unshipped(self, channel, order, told):
        """:return: the lines of which goods are still to leave, virtual ones left out"""
        left = {str(line["id"]): Decimal(str(line["quantity"])) for line in order["line_items"]}
        for entry in told:
            for ref, quantity in entry["lines"].items():
                left[ref] = left.get(ref, ZERO) - Decimal(quantity)
        if order.get("refunds") and any(quantity > 0 for quantity in left.values()):
            for refund in self._refunds_of(channel, order["id"]):
                for line in refund.get("line_items", ()):
                    ref = str(meta_of(line).get("_refunded_item_id", ""))
                    left[ref] = left.get(ref, ZERO) - abs(Decimal(str(line["quantity"])))
        return [
            line
            for line in order["line_items"]
            if left[str(line["id"])] > 0 and not self._is_virtual(channel, line)
        ]

    @api.model
    def _is_virtual(self, channel, line):
        """:return: whether nothing of a line is ever shipped"""
        path = f"/products/{line['product_id']}"
        if line.get("variation_id"):
            path += f"/variations/{line['variation_id']}"
        answer = self._call(channel, "GET", path, params={"_fields": "id,virtual"}, accept=(404,))
        return answer.status == 200 and bool(answer.json().get("virtual"))

    # === OUT: CANCELLATIONS AND REFUNDS === #

    @api.model
    def _push_cancellation(self, channel, key, cancellation):
        """Override of `oms.channel.adapter`: the status, or for pieces a refund of them."""
        path = f"/orders/{cancellation['order_ref']}"
        order = self._call(channel, "GET", path).json()
        if cancellation["lines"]:
            return self._cancel_pieces(channel, key, order, cancellation)
        if order["status"] not in ("cancelled", "refunded", "trash"):
            self._call(channel, "PUT", path, body={"status": "cancelled"})
        if not cancellation["refund"] or not order.get("date_paid_gmt"):
            return {"status": "cancelled"}
        before = self._refunds_of(channel, order["id"])
        known = find_refund(before, key)
        rest = Decimal(order["total"]) - sum(Decimal(refund["amount"]) for refund in before)
        if not known and rest <= 0:
            return {"status": "cancelled"}
        return self._refund(
            channel,
            key,
            order,
            known,
            rest,
            [],
            cancellation["text"],
            "cancellation",
            restock=False,
        )

    @api.model
    def _cancel_pieces(self, channel, key, order, cancellation):
        """Take pieces off: with their money where it is to go back or never came, else
        without.
        """
        before = self._refunds_of(channel, order["id"])
        unpaid = not order.get("date_paid_gmt")
        lines = []
        for ref, quantity in quantities(order, cancellation["lines"]).items():
            share = share_of(order, before, ref, Decimal(quantity))
            if not (cancellation["refund"] or unpaid):
                share = ZERO
            lines.append((ref, Decimal(quantity), share))
        amount = sum((share for _ref, _quantity, share in lines), ZERO)
        return self._refund(
            channel,
            key,
            order,
            find_refund(before, key),
            amount,
            lines,
            cancellation["text"],
            "cancellation",
            restock=cancellation["restock"],
            money=cancellation["refund"] and not unpaid,
        )

    @api.model
    def _push_refund(self, channel, key, refund):
        """Override of `oms.channel.adapter`: through the gateway where it can; where it
        cannot, the shop writes it down and somebody pays by hand.
        """
        order = self._call(channel, "GET", f"/orders/{refund['order_ref']}").json()
        before = self._refunds_of(channel, order["id"])
        known = find_refund(before, key)
        lines = [
            (ref, to_decimal(line["quantity"]), to_decimal(line["amount"]))
            for line in refund["lines"]
            for ref in quantities(order, [line])
        ]
        lines += shipping_shares(order, before, to_decimal(refund.get("shipping") or "0"))
        restock = any(line.get("restock") for line in refund["lines"])
        amount = to_decimal(refund["amount"])
        text = refund["text"]
        return self._refund(
            channel, key, order, known, amount, lines, text, "refund", restock=restock
        )

    @api.model
    def _refund(
        self, channel, key, order, known, amount, lines, text, kind, *, restock, money=True
    ):
        """Make a refund, or find the one that was made under this key.

        :param dict known: the refund found
        :param list lines: tuples (line's id, quantity, amount with taxes)
        :param str kind: what it is for; ours is told apart by it when it comes back
        :param bool money: whether the gateway is to pay
        """
        pays = bool(money and amount) and self._gateway_refunds(channel, order)
        if known:
            if pays and known.get("refunded_payment") is False:
                raise RetryableError(
                    self.env._("The shop is still busy with refund %(id)s.", id=known["id"])
                )
            return {"refund_ref": str(known["id"])}
        body = {
            "amount": f"{amount:f}",
            "reason": f"{text} ({token_of(key)})".strip(),
            "api_refund": pays,
            "api_restock": bool(restock),
            "meta_data": [{"key": KEY, "value": key}, {"key": KIND, "value": kind}],
            "line_items": [refund_line(order, *line) for line in lines],
        }
        path = f"/orders/{order['id']}/refunds"
        answer = self._call(channel, "POST", path, body=body, accept=(500,))
        if answer.status == 500:
            self._raise_refused(answer)
        made = {"refund_ref": str(answer.json()["id"])}
        if money and amount and not pays:
            self._tell_by_hand(channel, order, amount)
            made["by_hand"] = True
        return made

    @api.model
    def _raise_refused(self, answer):
        """Tell a shop that is broken from one that refuses a refund; both answer 500."""
        try:
            refusal = json.loads(answer.body)
        except ValueError:
            refusal = {}
        if refusal.get("code") == "woocommerce_rest_cannot_create_order_refund":
            raise FinalError(
                self.env._("The shop refuses the refund: %(why)s", why=refusal.get("message"))
            )
        raise RetryableError(self.env._("The shop failed: %(text)s", text=answer.text[:200]))

    @api.model
    def _gateway_refunds(self, channel, order):
        """:return: whether the order's way of payment can give money back by itself"""
        method = order.get("payment_method")
        if not method or not order.get("date_paid_gmt"):
            return False
        answer = self._call(channel, "GET", f"/payment_gateways/{method}", accept=(404,))
        return answer.status == 200 and "refunds" in answer.json().get("method_supports", ())

    @api.model
    def _tell_by_hand(self, channel, order, amount):
        channel._tell_owner(
            self.env._("A refund has to be paid by hand"),
            self.env._(
                "Order %(order)s: pay back %(amount)s %(currency)s, “%(method)s” cannot do it "
                "by itself. The shop has it written down as paid.",
                order=order.get("number") or order["id"],
                amount=f"{amount:f}",
                currency=order["currency"],
                method=order.get("payment_method_title") or order.get("payment_method"),
            ),
        )
