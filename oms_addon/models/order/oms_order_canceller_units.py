"""What a channel counts in pieces of its listings, in units of our order lines."""

from decimal import Decimal

from odoo import api, models

from odoo.addons.oms_addon.tools.bundles import split


class OmsOrderCanceller(models.AbstractModel):
    _inherit = "oms.order.canceller"

    @api.model
    def _oms_units_of(self, order, line_ref, sku, quantity):
        """Find the units of an order's lines that some pieces of a channel line are.

        Of a multipack a piece is several units, of a bundle some of each of its lines. What
        was cancelled already is not found; a line that has less left gives what it has.

        :param order: the ``sale.order``
        :param str line_ref: the channel's line id; '' when it does not tell
        :param str sku: the channel's SKU, which tells when the line id does not
        :param float quantity: pieces as the channel counts them
        :return: units by order line
        :rtype: dict
        """
        return self._find_units(order, line_ref, sku, quantity)[0]

    @api.model
    def _find_units(self, orders, line_ref, sku, quantity, price=None, taken=None):
        """Find units; see ``_oms_units_of``.

        :param orders: where to look, the best first
        :param price: the price of a piece, which tells beside the SKU; ``None`` does not
        :param dict taken: units by order line that are spoken for already
        :return: units by order line, and how many pieces are on no line any more
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
        """:return: the channel lines that are meant, each as its order lines; none when the SKU
            alone is told and lines of several products have it
        :rtype: list[sale.order.line]
        """
        lines = orders.order_line.filtered(lambda l: not l.display_type)
        if line_ref:
            return lines.filtered(lambda l: l.oms_line_ref == line_ref)._oms_channel_lines()
        key_of = self.env["oms.channel.listing"]._key
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
        """:return: whether a piece of a channel line costs so much, before discount"""
        of_piece = sum(line.price_unit * (line.oms_piece_units or 1.0) for line in lines)
        return not lines.currency_id.compare_amounts(of_piece, float(price))

    @api.model
    def _shares_of_bundles(self, quantities, known):
        """Find what units of bundles cost, where the parts, each rounded for itself, make another
        amount than the pieces they are: a channel rounds the piece.

        :param dict quantities: units by order line
        :param dict known: what is given back for units, by order line, where it is told
        :return: amounts with taxes, by order line; of other lines nothing
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
        """:return: whether units are the last of a line, which take what is left of it"""
        left = [line.product_uom_qty, *([line.qty_invoiced] if line.qty_invoiced > 0 else [])]
        return any(line.product_uom_id.compare(units, one) >= 0 for one in left)
