"""Shipping zones: countries, states and postcodes."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.oms_addon.tools import zones


class OmsAllocationZone(models.Model):
    _name = "oms.allocation.zone"
    _description = "Delivery Zone"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    country_ids = fields.Many2many(
        "res.country", string="Countries", help="Leave empty to apply to all priorities."
    )
    state_ids = fields.Many2many(
        "res.country.state",
        string="States",
        domain="[('country_id', 'in', country_ids)]",
        help="Leave empty to include all states of these countries.",
    )
    postcodes = fields.Text(
        help="Beginnings and ranges of postcodes: 10-19, 80331, LS. Leave empty to include all."
    )

    @api.constrains("postcodes")
    def _check_postcodes(self):
        for zone in self:
            try:
                zones.parse_postcodes(zone.postcodes)
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "“%(part)s” in zone “%(zone)s” is not a valid range of postcodes. Enter "
                        "both ends with the same number of characters, lower one first: 10-19.",
                        zone=zone.name,
                        part=str(error),
                    )
                ) from error

    def _to_zones(self):
        """:return: the zones as the engine's input
        :rtype: tuple[zones.Zone]
        """
        return tuple(
            zones.Zone(
                frozenset(zone.country_ids.ids),
                frozenset(zone.state_ids.ids),
                zones.parse_postcodes(zone.postcodes),
            )
            for zone in self
        )
