"""Order discounts that the channel reallocates between lines when items are added."""

from collections import defaultdict

from odoo import api, models
from odoo.fields import Command


class OmsOrderAmender(models.AbstractModel):
    """Invoiced lines keep their price: the difference from reallocated discounts is added to the
    price of new items with the same taxes, so that total and taxes match the channel.
    ``oms_share_moved`` stores the amount per line.
    """

    _inherit = "oms.order.amender"

    @api.model
    def _is_other_share(self, line, vals):
        """:return: whether a line with unchanged quantity has the same price before discount, so
        that only its share of a discount differs
        """
        units = self.env["oms.order.difference"]._reported_units(line)
        if (
            not line.oms_list_price
            or not line.oms_channel_price
            or line.product_uom_id.compare(units, vals["product_uom_qty"])
        ):
            return False
        slack = line.currency_id.rounding / max(units, 1.0) + 1e-6
        return abs(line.oms_list_price - vals["oms_list_price"]) <= slack

    @api.model
    def _moved(self, line, vals):
        """:return: by how much the line's total on the channel increased, in the channel's prices
        (with or without tax)
        :rtype: float
        """
        currency, units = line.currency_id, vals["product_uom_qty"]
        reported, known = vals["oms_channel_price"] * units, line.oms_channel_price * units
        return currency.round(currency.round(reported) - currency.round(known))

    @api.model
    def _prepare_moved(self, line, vals, amount):
        """:return: the values of a line whose share of a discount changed on the channel"""
        return {
            "oms_channel_price": vals["oms_channel_price"],
            "oms_share_moved": line.oms_share_moved + amount,
        }

    @api.model
    def _with_moved(self, fresh, moved):
        """Add reallocated amounts to new lines with the same taxes.

        :param list fresh: the values of new lines
        :param dict moved: amounts by order line
        :return: the values of new lines; ``None`` if none is a product or a price would be
            negative
        """
        goods = [vals for vals in fresh if vals["oms_kind"] == "product"]
        amounts, lines = defaultdict(float), {}
        for line, amount in moved.items():
            taxes = tuple(sorted(line.tax_ids.ids))
            amounts[taxes] += amount
            lines[taxes] = line
        if not goods:
            return None
        others = [vals for vals in fresh if vals["oms_kind"] != "product"]
        for taxes, amount in amounts.items():
            currency = lines[taxes].currency_id
            if currency.is_zero(amount):
                continue
            alike = [vals for vals in goods if self._tax_ids(vals) == taxes]
            if not alike:
                others.append(self._prepare_adjustment(goods[0], lines[taxes], amount))
                continue
            dearest = max(alike, key=lambda vals: vals["price_unit"] * vals["product_uom_qty"])
            units = dearest["product_uom_qty"]
            total = currency.round(dearest["oms_channel_price"] * units) + amount
            if units <= 0 or total < 0:
                return None
            goods[goods.index(dearest)] = {
                **dearest,
                "price_unit": total / units,
                "discount": 0.0,
                "oms_share_moved": -amount,
            }
        return [*goods, *others]

    @api.model
    def _tax_ids(self, vals):
        """:return: the ids of the taxes in the values of a line"""
        return tuple(sorted(vals["tax_ids"][0][2]))

    @api.model
    def _prepare_adjustment(self, vals, line, amount):
        """:param dict vals: the values of a new line
        :param line: a line with the taxes of the amount
        :return: the values of an adjustment line that does not exist on the channel
        """
        service = self.env["oms.order.builder"]._services(line.company_id)["discount"]
        return {
            **vals,
            "product_id": service.id,
            "product_uom_id": service.uom_id.id,
            "name": self.env._("Discount reallocated"),
            "product_uom_qty": 1.0,
            "price_unit": amount,
            "discount": 0.0,
            "tax_ids": [Command.set(line.tax_ids.ids)],
            "is_delivery": False,
            "oms_kind": "rounding",
            "oms_sku": False,
            "oms_line_ref": False,
            "oms_channel_qty": 0.0,
            "oms_channel_price": 0.0,
            "oms_list_price": 0.0,
            "oms_piece_units": 1.0,
            "oms_share_moved": -amount,
        }
