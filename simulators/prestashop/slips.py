"""Refunds: order slips and vouchers, and their totals per order."""

from decimal import (
    Decimal,
)

from .tables import rounded, six


class Slips:
    """Refunds: order slips and vouchers, and their totals per order."""

    def refund_order(self, ref, lines=(), amount=None, *, returned=False, shipping="0"):
        """Override: a credit slip by staff; it does not change the order's time of change.

        A line may have a third value: its refunded amount. The slip's rows are rounded, its sums
        are not.
        """
        with self.lock:
            self.tick()
            order = self.tables["orders"][int(ref)]
            details = {d["product_reference"]: d for d in self.rows("order_details", id_order=ref)}
            rows, total = [], {"incl": Decimal(0), "excl": Decimal(0)}
            is_chosen = amount is not None or Decimal(shipping) > 0
            for sku, quantity, *price in lines:
                detail = details[sku]
                values = {"id_order_detail": str(detail["id"]), "product_quantity": str(quantity)}
                for kind in total:
                    unit = Decimal(detail[f"unit_price_tax_{kind}"])
                    part = unit * quantity
                    if price:
                        is_chosen = True
                        part = Decimal(price[0]) * unit / Decimal(detail["unit_price_tax_incl"])
                    total[kind] += part
                    values[f"amount_tax_{kind}"] = six(rounded(part, self._coin(order)))
                rows.append(values)
                refunded = int(detail["product_quantity_refunded"]) + quantity
                detail["product_quantity_refunded"] = str(refunded)
            chosen = Decimal(amount) if amount is not None else total["incl"]
            slip = self._add_slip(
                {
                    "id_customer": order["id_customer"],
                    "id_order": str(order["id"]),
                    "conversion_rate": order["conversion_rate"],
                    "total_products_tax_incl": six(total["incl"] if rows else chosen),
                    "total_products_tax_excl": six(total["excl"] if rows else chosen),
                    "total_shipping_tax_incl": six(Decimal(shipping)),
                    "total_shipping_tax_excl": six(
                        Decimal(shipping) / (1 + Decimal(order["carrier_tax_rate"]) / 100)
                    ),
                    "amount": six(chosen),
                    "order_slip_type": "2" if is_chosen else "0",
                },
                rows,
            )
            return str(slip["id"])

    def refund_by_voucher(self, ref, lines):
        """Issue a voucher for units, without a credit slip: only the order's rows contain it, and
        no time changes.
        """
        with self.lock:
            self.tick()
            details = {d["product_reference"]: d for d in self.rows("order_details", id_order=ref)}
            for sku, quantity in lines:
                refunded = int(details[sku]["product_quantity_refunded"]) + quantity
                details[sku]["product_quantity_refunded"] = str(refunded)

    def _add_slip(self, values, details):
        at = self.local()
        return self.insert(
            "order_slip",
            **{
                "amount": "0",
                "shipping_cost": "0",
                "shipping_cost_amount": "0",
                "partial": "0",
                "order_slip_type": "0",
                **values,
                "date_add": at,
                "date_upd": at,
                "associations": {
                    "order_slip_details": [
                        {"id": str(n), **row} for n, row in enumerate(details, 1)
                    ]
                },
            },
        )

    def orders(self):
        with self.lock:
            return {
                str(order["id"]): self._truth(order) for order in self.tables["orders"].values()
            }

    def _truth(self, order):
        slips = self.rows("order_slip", id_order=order["id"])
        currency = self.tables["currencies"][int(order["id_currency"])]
        cancelled = order["current_state"] == "6"
        slipped = {}
        for slip in slips:
            for row in slip["associations"]["order_slip_details"]:
                number = int(row["id_order_detail"])
                slipped[number] = slipped.get(number, 0) + int(row["product_quantity"])
        return {
            "total": f"{Decimal(self.totals[str(order['id'])]):.2f}",
            "currency": currency["iso_code"],
            "cancelled": cancelled,
            "paid": sum(
                (
                    Decimal(p["amount"])
                    for p in self.rows("order_payments", order_reference=order["reference"])
                ),
                Decimal(0),
            ),
            "refunded": sum((self._slip_total(slip) for slip in slips), Decimal(0)),
            "quantities": {
                d["product_reference"]: 0
                if cancelled
                else int(d["product_quantity"]) - slipped.get(d["id"], 0)
                for d in self.rows("order_details", id_order=order["id"])
            },
        }

    def _slip_total(self, slip):
        chosen = slip["order_slip_type"] == "2"
        goods = slip["amount"] if chosen else slip["total_products_tax_incl"]
        return Decimal(goods) + Decimal(slip["total_shipping_tax_incl"])
