"""Where postcodes are, for distances: imported by whoever wants them exact."""

from odoo import api, fields, models

from odoo.addons.oms_addon.tools import geo


class OmsPostcode(models.Model):
    """A postcode, or what several begin with, and the middle of its area.

    The list is imported as a CSV file with the columns country, postcode, latitude,
    longitude; without any, an address is where its country's main city is.
    """

    _name = "oms.postcode"
    _description = "Postcode"
    _order = "country_id, postcode"
    _rec_name = "postcode"

    country_id = fields.Many2one("res.country", required=True, index=True)
    postcode = fields.Char(required=True, help="Complete postcode, or the beginning of several.")
    latitude = fields.Float(digits=(10, 7), required=True)
    longitude = fields.Float(digits=(10, 7), required=True)

    _postcode_uniq = models.UniqueIndex(
        "(country_id, postcode)", "This postcode of the country is there already."
    )
    _on_earth = models.Constraint(
        "CHECK (latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180)",
        "Latitude must be between -90 and 90, longitude between -180 and 180.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Extend: blanks and hyphens do not matter."""
        return super().create([self._normalize(vals) for vals in vals_list])

    def write(self, vals):
        """Extend: blanks and hyphens do not matter."""
        return super().write(self._normalize(vals))

    @api.model
    def _normalize(self, vals):
        if vals.get("postcode"):
            return {**vals, "postcode": geo.normalized(vals["postcode"])}
        return vals

    @api.model
    def _points(self, partners):
        """Find where partners are: by their own coordinates, else by their postcode, else by
        their country.

        :param partners: ``res.partner`` records
        :return: (latitude, longitude) by partner; those of unknown country are missing
        :rtype: dict
        """
        found = {
            partner: (partner.partner_latitude, partner.partner_longitude)
            for partner in partners
            if partner.partner_latitude or partner.partner_longitude
        }
        rest = partners.filtered(lambda p: p not in found and p.country_id)
        known = self._known(rest)
        for partner in rest:
            country = partner.country_id
            point = next(
                (
                    known[country.id, prefix]
                    for prefix in geo.prefixes(partner.zip)
                    if (country.id, prefix) in known
                ),
                geo.country_points().get(country.code),
            )
            if point:
                found[partner] = point
        return found

    @api.model
    def _known(self, partners):
        """:return: the point of each postcode, or beginning of one, of partners, by country"""
        prefixes = {prefix for partner in partners for prefix in geo.prefixes(partner.zip)}
        rows = self.sudo().search_fetch(
            [
                ("country_id", "in", partners.country_id.ids),
                ("postcode", "in", sorted(prefixes)),
            ],
            ["country_id", "postcode", "latitude", "longitude"],
        )
        return {(row.country_id.id, row.postcode): (row.latitude, row.longitude) for row in rows}
