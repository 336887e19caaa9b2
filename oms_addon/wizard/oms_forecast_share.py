"""Which order consumed which period of a forecast, computed when it is opened."""

from odoo import api, fields, models


class OmsForecastShare(models.TransientModel):
    _name = "oms.forecast.share"
    _inherit = "oms.wizard"
    _description = "Forecast Consumption"
    _order = "period, id"

    demand_id = fields.Many2one("oms.demand", readonly=True, ondelete="cascade")
    order_id = fields.Many2one(related="demand_id.order_id", string="Order")
    product_id = fields.Many2one(related="demand_id.product_id")
    channel_id = fields.Many2one(related="demand_id.channel_id")
    day = fields.Date(related="demand_id.day", string="Due")
    period = fields.Date(
        readonly=True, help="First day of the period whose forecast the order consumed."
    )
    quantity = fields.Float(digits="Product Unit", readonly=True)
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    status = fields.Selection(
        [("consumed", "Consumed"), ("above", "Above Forecast")], readonly=True
    )

    @api.model
    def _open(self, shares, name):
        """Open a list of shares.

        :param shares: tuples of ``oms.forecast`` ``_read_shares``
        :param str name: title of the list
        :return: an action
        """
        rows = self.sudo().create(
            [
                {
                    "demand_id": demand_id,
                    "period": period.day,
                    "quantity": quantity,
                    "status": "consumed" if period else "above",
                }
                for demand_id, period, quantity in shares
            ]
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "oms_addon.oms_forecast_share_action"
        )
        return {**action, "name": name, "domain": [("id", "in", rows.ids)]}
