"""Conversion of channel listing quantities to units of order lines."""

from decimal import Decimal

from odoo import api, models

from odoo.addons.oms_addon.tools.bundles import split


class OmsOrderCanceller(models.AbstractModel):
    _inherit = "oms.order.canceller"

    @api.model
    def _oms_units_of(self, order, line_ref, sku, quantity):
        """Convert a quantity of a channel line to units of order lines.

        One listing unit is several units for a multipack, and some units of each line for a
        bundle. Cancelled units are left out; a line with fewer units left returns those.

        :param order: the ``sale.order``
        :param str line_ref: the channel's line id; '' if not given
        :param str sku: the channel's SKU, used without a line id
        :param float quantity: in units of the channel listing
        :return: units by order line
        :rtype: dict
        """
        return self._find_units(order, line_ref, sku, quantity)[0]

    @api.model
    def _find_units(self, orders, line_ref, sku, quantity, price=None, taken=None):
        """Find units; see ``_oms_units_of``.

        :param orders: orders to search, best match first
        :param price: price per listing unit, matched with the SKU; ``None`` for any
        :param dict taken: units by order line that are already matched
        :return: units by order line, and the listing quantity that was not found
        :rtype: tuple[dict, float]
        """
        wanted, found = float(quantity), {}
        live = self.env["oms.order.difference"]._live_units
        for lines in self._channel_lines(orders, line_ref, sku, price):
            pieces = min(
                line._oms_channel_quantity(live(line) - (taken or {}).get(line, 0.0))
                for line in lines
            )
            pieces = min(pieces, wanted)
            if pieces <= 0:
                continue
            for line in lines:
                found[line] = found.get(line, 0.0) + pieces * (line.oms_piece_units or 1.0)
            wanted -= pieces
            if wanted <= 1e-9:
                return found, 0.0
        return found, wanted

    @api.model
    def _channel_lines(self, orders, line_ref, sku, price=None):
        """:return: the matching channel lines, each as its order lines; empty if the SKU alone is
            given and lines of several products have it
        :rtype: list[sale.order.line]
        """
        lines = orders.order_line.filtered(lambda l: not l.display_type)
        if line_ref:
            return lines.filtered(lambda l: l.oms_line_ref == line_ref)._oms_channel_lines()
        key_of = self.env["oms.channel.listing"]._normalize_sku
        key = key_of(sku)
        found = [
            of_line
            for of_line in lines.filtered(lambda l: key_of(l.oms_sku) == key)._oms_channel_lines()
            if price is None or self._costs(of_line, price)
        ]
        per_order = {(of_line.order_id, of_line.product_id) for of_line in found}
        is_clear = len(per_order) == len({order for order, _products in per_order})
        return found if is_clear else []

    @api.model
    def _costs(self, lines, price):
        """:return: whether a channel line has this price per listing unit, before discount"""
        of_piece = sum(line.price_unit * (line.oms_piece_units or 1.0) for line in lines)
        return not lines.currency_id.compare_amounts(of_piece, float(price))

    @api.model
    def _shares_of_bundles(self, quantities, known):
        """Compute the amounts of bundle units whose components, rounded individually, do not add
        up to the rounded amount of the bundle: the channel rounds the bundle.

        :param dict quantities: units by order line
        :param dict known: amounts by order line that are already known
        :return: amounts with taxes by order line; other lines are left out
        :rtype: dict
        """
        lines = self.env["sale.order.line"].concat(*quantities)
        found = {}
        for parts in lines._oms_channel_lines():
            pieces = {part._oms_channel_quantity(quantities[part]) for part in parts}
            if (
                len(parts) == 1
                or len(pieces) > 1
                or any(part in known for part in parts)
                or any(self._are_last(part, quantities[part]) for part in parts)
            ):
                continue
            currency = parts[0].currency_id
            costs = [
                part._oms_exact_total() * quantities[part] / part.product_uom_qty for part in parts
            ]
            cost = currency.round(sum(costs))
            if currency.compare_amounts(cost, sum(map(currency.round, costs))):
                coin = Decimal(str(currency.rounding))
                weights = [Decimal(str(max(one, 0.0))) for one in costs]
                shares = split(Decimal(str(cost)), weights, coin)
                found.update(zip(parts, map(float, shares), strict=True))
        return found

    @api.model
    def _are_last(self, line, units):
        """:return: whether these are the last units of a line, which get its remaining amount"""
        left = [line.product_uom_qty, *([line.qty_invoiced] if line.qty_invoiced > 0 else [])]
        return any(line.product_uom_id.compare(units, one) >= 0 for one in left)
