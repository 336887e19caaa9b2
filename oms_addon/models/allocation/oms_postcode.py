"""Coordinates of postcodes for distances, an optional import."""

from odoo import api, fields, models

from odoo.addons.oms_addon.tools import geo


class OmsPostcode(models.Model):
    """A postcode, or a prefix of postcodes, and the center of its area.

    The list is imported as a CSV file with the columns country, postcode, latitude, longitude;
    without it, an address is located at its country's main city.
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
        """Extend: remove blanks and hyphens."""
        return super().create([self._normalize(vals) for vals in vals_list])

    def write(self, vals):
        """Extend: remove blanks and hyphens."""
        return super().write(self._normalize(vals))

    @api.model
    def _normalize(self, vals):
        if vals.get("postcode"):
            return {**vals, "postcode": geo.normalized(vals["postcode"])}
        return vals

    @api.model
    def _points(self, partners):
        """Locate partners by their own coordinates, else by postcode, else by country.

        :param partners: ``res.partner`` records
        :return: (latitude, longitude) by partner; those without a known country are omitted
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
        """:return: the coordinates of the partners' postcodes or their prefixes, by country"""
        prefixes = {prefix for partner in partners for prefix in geo.prefixes(partner.zip)}
        rows = self.sudo().search_fetch(
            [
                ("country_id", "in", partners.country_id.ids),
                ("postcode", "in", sorted(prefixes)),
            ],
            ["country_id", "postcode", "latitude", "longitude"],
        )
        return {(row.country_id.id, row.postcode): (row.latitude, row.longitude) for row in rows}
