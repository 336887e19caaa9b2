"""Actual shipping cost of a parcel, charged to its orders."""

from decimal import Decimal

from odoo import fields, models

from odoo.addons.oms_addon.tools.shares import rounded, spread


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _oms_charges_orders(self):
        """:return: whether the cost of one parcel is charged by this add-on: for channel orders and
        combined shipments
        """
        orders = self._oms_orders()
        return bool(len(orders) > 1 or orders.oms_channel_id or orders.oms_shared_picking_ids)

    def _oms_charge_orders(self):
        """Charge the actual cost of a parcel to its orders.

        It is split by the value of the items including taxes: every line has a value, while
        weights are often missing, and free shipping depends on it too. An order with settled
        shipping is not charged, and its share is not charged to the others.
        """
        if self.carrier_id.invoice_policy != "real" or not self.carrier_price:
            return
        # Lock: of two concurrent parcels of an order, the second reads the first one's charge.
        self._oms_orders()._oms_claim()
        # Users who ship need no access to the orders.
        for order_sudo, cost in self.sudo()._oms_cost_parts().items():
            self.sudo()._oms_charge(order_sudo, cost)

    def _oms_cost_parts(self):
        """Split the cost of a parcel among its orders.

        :return: the share of each order in its own currency, oldest order first
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
        """Charge a share of a parcel's cost to an order, unless its shipping is settled.

        :param float cost: in the order's currency
        """
        if order._oms_is_shipping_charged() or order.currency_id.is_zero(cost):
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

    # === CONTENTS === #

    def _oms_value(self, order):
        """:return: the value of an order's items in this delivery, including taxes, in the
        company's currency
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
                # Kit components have no price of their own.
                everything = line.move_ids.filtered(
                    lambda m: m.state != "cancel" and m.location_dest_id.usage == "customer"
                )
                wanted = sum(everything.mapped("product_qty"))
                value += line.price_total * sum(here.mapped("quantity")) / (wanted or 1.0)
        return self._oms_convert(value, order.currency_id, self.company_id.currency_id)

    def _oms_measures(self):
        """:return: the values for the pricing rules of a carrier, for all items of this delivery"""
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
        """:return: an amount converted at the date of the delivery"""
        day = self.date_done or fields.Datetime.now()
        return currency._convert(amount, into, self.company_id, day)
