"""What a parcel really cost, on the orders whose items are in it."""

from decimal import Decimal

from odoo import fields, models

from odoo.addons.oms_addon.tools.shares import rounded, spread


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _oms_charges_orders(self):
        """:return: whether what one parcel cost is put on orders by us: on those of a channel, and
        on each of several that share it
        """
        orders = self._oms_orders()
        return bool(len(orders) > 1 or orders.oms_channel_id or orders.oms_shared_picking_ids)

    def _oms_charge_orders(self):
        """Put a parcel's real cost on each of its orders.

        Each bears the part that the value of its items has in the parcel, taxes included: every
        line has a value, whereas weights are often not known, and it is what free shipping looks
        at. The parts add up to the cost. An order whose shipping is settled is charged nothing,
        and the others do not pay its part: the customer paid for it already, or it left before.
        """
        if self.carrier_id.invoice_policy != "real" or not self.carrier_price:
            return
        # Of two parcels of an order that leave at once, the later sees what the first charged.
        self._oms_orders()._oms_claim()
        # Whoever ships need not be allowed to change the orders of others.
        for order_sudo, cost in self.sudo()._oms_cost_parts().items():
            self.sudo()._oms_charge(order_sudo, cost)

    def _oms_cost_parts(self):
        """Split what a parcel cost over the orders whose items are in it.

        :return: the part of each order, in its own currency, the oldest order first
        :rtype: dict[sale.order, float]
        """
        self.ensure_one()
        orders = self.env["oms.shared.delivery"]._oldest_first(self._oms_orders())
        currency = self.sale_id.currency_id or self.company_id.currency_id
        coin = Decimal(1).scaleb(-currency.decimal_places)
        weights = [Decimal(str(self._oms_value(order))) for order in orders]
        parts = spread(
            rounded(Decimal(str(self.carrier_price)), coin),
            weights if any(weights) else [Decimal(1)] * len(orders),
            coin,
        )
        return {
            order: self._oms_convert(float(part), currency, order.currency_id)
            for order, part in zip(orders, parts, strict=True)
        }

    def _oms_charge(self, order, cost):
        """Put a part of the cost of a parcel on an order, unless its shipping is settled.

        :param float cost: in the order's currency
        """
        if order._oms_is_shipping_settled() or order.currency_id.is_zero(cost):
            return
        waiting = order.order_line.filtered(
            lambda line: line.is_delivery and line.product_id == self.carrier_id.product_id
        )
        line = waiting[:1] or order._create_delivery_line(self.carrier_id, cost)
        line.write({**self._prepare_sale_delivery_line_vals(), "price_unit": cost})
        if self.oms_shared_order_ids:
            text = self.env._(
                "Shipping cost of %(cost)s: share of the cost of %(delivery)s",
                cost=order.currency_id.format(cost),
                delivery=self.name,
            )
            self.env["oms.event"]._log(order, "order.shipping_charged", text)

    # === WHAT IS IN IT === #

    def _oms_value(self, order):
        """:return: what the items of an order in this delivery are worth, taxes included, in
        the company's currency
        """
        value = 0.0
        for line, moves in order._oms_moves(self).grouped("sale_line_id").items():
            here = moves.filtered(lambda m: m.state != "cancel")
            if here and here.product_id == line.product_id:
                units = sum(
                    m.product_uom._compute_quantity(m.quantity, line.product_uom_id) for m in here
                )
                value += line._oms_value_of(units)
            elif line:
                # Parts of a kit have no price of their own.
                everything = line.move_ids.filtered(
                    lambda m: m.state != "cancel" and m.location_dest_id.usage == "customer"
                )
                wanted = sum(everything.mapped("product_qty"))
                value += line.price_total * sum(here.mapped("quantity")) / (wanted or 1.0)
        return self._oms_convert(value, order.currency_id, self.company_id.currency_id)

    def _oms_measures(self):
        """:return: what the rules of a carrier look at, of all items in this delivery"""
        goods = [
            (m.product_id, m.product_uom._compute_quantity(m.quantity, m.product_id.uom_id))
            for m in self.move_ids.filtered(lambda m: m.state != "cancel")
        ]
        return {
            "total": sum(self._oms_value(order) for order in self._oms_orders()),
            "weight": self.shipping_weight or sum(p.weight * units for p, units in goods),
            "volume": sum(p.volume * units for p, units in goods),
            "quantity": sum(units for _p, units in goods),
            "wv": sum(p.weight * p.volume * units for p, units in goods),
        }

    def _oms_convert(self, amount, currency, into):
        """:return: an amount in another currency, as of the day the parcel leaves"""
        day = self.date_done or fields.Datetime.now()
        return currency._convert(amount, into, self.company_id, day)
