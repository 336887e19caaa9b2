"""Transit time and delivery days of a carrier."""

from odoo import fields, models

from odoo.addons.oms_addon.tools import promise

WEEKDAYS = {"working": range(5), "saturday": range(6), "daily": range(7)}


class DeliveryCarrier(models.Model):
    _inherit = "delivery.carrier"

    oms_transit_days = fields.Integer(
        "Transit Days",
        help="Number of delivery days a parcel travels. Enter 0 to use the setting of the "
        "warehouse.",
    )
    oms_delivery_days = fields.Selection(
        [
            ("working", "Monday to Friday"),
            ("saturday", "Monday to Saturday"),
            ("daily", "Every Day"),
        ],
        "Delivery Days",
        default="saturday",
        required=True,
    )
    oms_cutoff = fields.Float(
        "Cut-Off Time",
        help="Orders placed before this time ship with this carrier the same day. Enter 0 to "
        "use the cut-off time of the warehouse.",
    )
    oms_transit_ids = fields.One2many("oms.transit", "carrier_id", "Transit Days by Zone")

    def _oms_way(self, partner, warehouse):
        """Determine the transit time and delivery days from a warehouse to a customer.

        :param partner: the recipient
        :param warehouse: the sender; its transit days apply if the carrier has none
        :rtype: promise.Way
        """
        carrier_sudo = self.sudo()
        zone = carrier_sudo.oms_transit_ids._oms_best(partner)
        days = zone.days if zone else carrier_sudo.oms_transit_days
        return promise.Way(
            transit_days=days or (0 if zone else warehouse.sudo().oms_transit_days),
            weekdays=frozenset(WEEKDAYS[carrier_sudo.oms_delivery_days or "saturday"]),
        )
