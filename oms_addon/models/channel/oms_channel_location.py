"""A stock location of a channel and the warehouses assigned to it."""

from odoo import api, fields, models


class OmsChannelLocation(models.Model):
    _name = "oms.channel.location"
    _description = "Channel Location"
    _order = "channel_id, name, id"
    _check_company_auto = True

    channel_id = fields.Many2one("oms.channel", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="channel_id.company_id", store=True, index=True)
    ref = fields.Char("Channel ID", required=True)
    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    fulfils = fields.Boolean(
        "Fulfilled by Us",
        default=True,
        help="If unchecked, the channel ships from this location itself, e.g. from a "
        "marketplace's warehouse: no stock is synced to it, and its orders are shipped by "
        "the channel.",
    )
    warehouse_ids = fields.Many2many(
        "stock.warehouse",
        string="Warehouses",
        check_company=True,
        help="Warehouses whose stock is synced to this location. Leave empty to sync no stock.",
    )

    _ref_uniq = models.UniqueIndex(
        "(channel_id, ref)", "The channel has this place of stock already."
    )

    @api.model_create_multi
    def create(self, vals_list):
        locations = super().create(vals_list)
        self.env["oms.channel.stock"]._touch_channels(locations.channel_id)
        return locations

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"warehouse_ids", "active", "fulfils"}:
            self.env["oms.channel.stock"]._touch_channels(self.channel_id)
        return result
