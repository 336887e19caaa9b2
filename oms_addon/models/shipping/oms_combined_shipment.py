"""Rules for which orders can be combined in one shipment."""

from odoo import api, models
from odoo.fields import Domain

ADDRESS = ("name", "street", "street2", "zip", "city")


class OmsCombinedShipment(models.AbstractModel):
    _name = "oms.combined.shipment"
    _description = "Orders to Combine"

    # === SEARCH === #

    @api.model
    def _companions(self, orders):
        """Find the other orders that each order could be combined with.

        :param orders: ``sale.order`` records
        :return: the other orders by order; orders without any are left out
        :rtype: dict[sale.order, sale.order]
        """
        fit = self._fit(orders)
        if not fit:
            return {}
        groups = self._fit(self._open_orders(fit)).grouped(self._get_group_key)
        companions = {}
        for order in fit:
            others = groups.get(self._get_group_key(order), order) - order
            others -= self._merged_with(order)
            if others:
                companions[order] = self.env["oms.shared.delivery"]._oldest_first(others)
        return companions

    @api.model
    def _open_orders(self, orders):
        """:return: these orders and all orders of the same customers with open deliveries"""
        customers = orders.partner_id.commercial_partner_id
        pickings = self.env["stock.picking"].search(
            Domain("picking_type_code", "=", "outgoing")
            & Domain("state", "in", ("waiting", "confirmed", "assigned"))
            & Domain("company_id", "in", orders.company_id.ids)
            & Domain("partner_id.commercial_partner_id", "in", customers.ids)
        )
        return orders | pickings._oms_orders()

    @api.model
    def _merged_with(self, order):
        """:return: the orders that are already combined with an order"""
        return order.oms_shared_picking_ids._oms_is_leaving().oms_shared_order_ids - order

    @api.model
    def _fit(self, orders):
        """:return: the orders that could be combined with others"""
        return orders - orders.browse().union(*self._unfit(orders))

    @api.model
    def _held(self, orders):
        """:return: the orders with an open blocking exception"""
        holds = (
            self.env["oms.hold"]
            .sudo()
            ._read_group(
                [
                    ("order_id", "in", orders.ids),
                    ("state", "=", "open"),
                    ("is_blocking", "=", True),
                ],
                ["order_id"],
            )
        )
        return orders.browse(order.id for (order,) in holds)

    @api.model
    def _stopped(self, orders):
        """:return: the orders with an open stop request"""
        asked = (
            self.env["oms.stop.request"]
            .sudo()
            ._read_group([("order_id", "in", orders.ids), ("state", "=", "asked")], ["order_id"])
        )
        return orders.browse(order.id for (order,) in asked)

    @api.model
    def _get_group_key(self, order):
        """:return: the key shared by orders that can be combined"""
        leaving = self._outgoing(order)
        carrier = order.carrier_id or leaving.carrier_id[:1]
        return (
            order.company_id,
            order.partner_id.commercial_partner_id,
            self._address(order.partner_shipping_id),
            leaving.picking_type_id,
            leaving.location_dest_id,
            carrier or self._plain(order.oms_shipping_method),
        )

    @api.model
    def _outgoing(self, order):
        """:return: the transfers of orders that are still to ship"""
        return order._oms_pickings()._oms_is_leaving()

    @api.model
    def _address(self, partner):
        """:return: the normalized delivery address of a partner, for comparison"""
        values = tuple(self._plain(partner[name]) for name in ADDRESS)
        if not any(values[1:]):
            return partner
        return (*values, partner.state_id, partner.country_id)

    @api.model
    def _plain(self, text):
        """:return: the letters and digits of a text, case-folded"""
        return "".join(c for c in (text or "").casefold() if c.isalnum())

    # === REASONS === #

    @api.model
    def _why_not(self, orders):
        """:return: why orders cannot be combined, as a sentence; '' if they can"""
        if len(orders) < 2:
            return self.env._("Select the orders to combine.")
        if unfit := self._unfit(orders):
            return next(iter(unfit.values()))
        first = self.env["oms.shared.delivery"]._oldest_first(orders)[0]
        for order in orders - first:
            if reason := self._differs(first, order):
                return reason
        return self._incomplete_reason(orders)

    @api.model
    def _unfit(self, orders):
        """:return: the reason by order for orders that cannot be combined with any other; orders
            that can are left out
        :rtype: dict[sale.order, str]
        """
        held = self._held(orders) | self._stopped(orders)
        # Read in bulk for the checks per order below.
        started = self._outgoing(orders)._oms_started()
        return {
            order: text
            for order in orders
            if (text := self._unfit_reason(order, order in held, started))
        }

    @api.model
    def _unfit_reason(self, order, is_held, started):
        """:return: why an order cannot be combined with any other; '' if it can"""
        leaving = self._outgoing(order)
        channel_sudo = order.oms_channel_id.sudo()
        if order.state != "sale" or not leaving:
            text = self.env._("%(order)s has no items left to ship.", order=order.name)
        elif order.oms_by_channel:
            text = self.env._("%(order)s is fulfilled by its channel.", order=order.name)
        elif is_held:
            text = self.env._(
                "%(order)s is on hold. Resolve it in Exceptions first.", order=order.name
            )
        elif order.oms_pickup_point or order.carrier_id.sudo().delivery_type == "in_store":
            text = self.env._("%(order)s is picked up by the customer.", order=order.name)
        elif channel_sudo.together_policy == "never":
            text = self.env._(
                "%(channel)s does not combine orders. Change it on the channel to combine "
                "%(order)s.",
                channel=channel_sudo.name,
                order=order.name,
            )
        elif leaving & started:
            text = self.env._(
                "%(deliveries)s of %(order)s is already being picked, packed or labeled.",
                deliveries=", ".join((leaving & started).mapped("name")),
                order=order.name,
            )
        else:
            text = ""
        return text

    @api.model
    def _differs(self, first, order):
        """:return: why two orders cannot be combined with each other; '' if they can"""
        texts = (
            self.env._("%(one)s and %(other)s belong to different companies."),
            self.env._("%(one)s and %(other)s have different customers."),
            self.env._("%(one)s and %(other)s have different addresses."),
            self.env._("%(one)s and %(other)s ship from different warehouses."),
            self.env._("%(one)s and %(other)s have different destination locations."),
            self.env._("%(one)s and %(other)s have different shipping methods."),
        )
        for text, mine, theirs in zip(
            texts, self._get_group_key(first), self._get_group_key(order), strict=True
        ):
            if mine != theirs:
                return text % {"one": first.name, "other": order.name}
        return ""

    @api.model
    def _incomplete_reason(self, orders):
        """:return: why an order that ships only complete would wait for another one; '' if not"""
        short = orders.filtered(self._is_short)
        if short and "one" in orders.mapped("picking_policy"):
            return self.env._(
                "%(short)s is still waiting for stock, and %(complete)s ships only complete.",
                short=", ".join(short.mapped("name")),
                complete=", ".join(
                    orders.filtered(lambda o: o.picking_policy == "one").mapped("name")
                ),
            )
        return ""

    @api.model
    def _is_short(self, order):
        """:return: whether some items of an order are not reserved"""
        moves = order.order_line.move_ids.filtered(lambda m: m.picking_type_id.code != "incoming")
        return any(moves.mapped(self._lacks_items))

    @api.model
    def _doubt(self, order):
        """:return: what a user has to consider before combining an order; '' if nothing"""
        if self._is_early(order):
            return self.env._(
                "pre-order, not before %(date)s", date=order._oms_local_date(order.oms_available_at)
            )
        if self._is_short(order):
            return self.env._("waiting for stock")
        if not order.sudo()._oms_may_ship():
            return self.env._("not paid yet")
        if order.oms_ship_alone:
            return self.env._("split off by a user")
        return ""
