"""Transit days of a carrier to a country, or to a part of one."""

from odoo import fields, models


class OmsTransit(models.Model):
    _name = "oms.transit"
    _description = "Transit Time"
    _order = "country_id, zip_prefix"
    _check_company_auto = True
    _rec_name = "country_id"

    carrier_id = fields.Many2one("delivery.carrier", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="carrier_id.company_id", store=True)
    country_id = fields.Many2one("res.country", required=True)
    zip_prefix = fields.Char(
        "Postcode Prefix",
        help="Leave empty to apply to the whole country. The longest matching prefix is used.",
    )
    days = fields.Integer(required=True, default=1)

    _days_positive = models.Constraint("CHECK (days >= 0)", "Transit days cannot be negative.")
    _zone_uniq = models.UniqueIndex(
        "(carrier_id, country_id, COALESCE(zip_prefix, ''))",
        "The carrier already has transit days for this zone.",
    )

    def _oms_best(self, partner):
        """:return: the narrowest of these zones that contains the customer; empty if none does"""
        postcode = (partner.zip or "").replace(" ", "").upper()
        fitting = self.filtered(
            lambda zone: (
                zone.country_id == partner.country_id
                and postcode.startswith((zone.zip_prefix or "").replace(" ", "").upper())
            )
        )
        return fitting.sorted(lambda zone: -len(zone.zip_prefix or ""))[:1]
