"""Updates of known listings with received data."""

from odoo import api, fields, models


class OmsChannelListing(models.Model):
    _inherit = "oms.channel.listing"

    @api.model
    def _update_listed(self, channel, updates, known):
        """Update records with the received listings.

        :param dict updates: (``Listing``, date of the change) by row
        :return: the records
        """
        rows = self.browse([row.id for row in updates])
        if not rows:
            return rows
        rows.write({"seen_at": fields.Datetime.now()})
        changes = self._changes(channel, updates, known)
        renamed = {
            # A shared SKU does not become an alias.
            row: "" if row.is_sku_shared else row.sku
            for row, vals in changes.items()
            if "sku" in vals and self._normalize_sku(vals["sku"]) != (row.sku_key or "")
        }
        self._prepare_rename(renamed, changes, known)
        self._forget_shown(changes)
        for row, vals in changes.items():
            row.write(vals)
        self._after_rename(renamed)
        self._match_changed(changes)
        return rows

    @api.model
    def _changes(self, channel, updates, known):
        """:return: the changed values, by record
        :rtype: dict[oms.channel.listing, dict]
        """
        currencies = self._currencies(channel, [listing for listing, _at in updates.values()])
        changes = {}
        for row, (listing, moment) in updates.items():
            if moment and row.told_at and moment < row.told_at:
                continue
            reported = self._prepare_listed_values(listing, moment, currencies)
            reported["external_ref"] = listing.ref
            reported |= self._prepare_shared(channel, listing, known.shared, row)
            vals = {name: value for name, value in reported.items() if row._differs(name, value)}
            vals |= row._prepare_unsure(vals)
            row._prepare_own_sku(listing, vals, known)
            if vals:
                changes[row] = vals
        return changes

    def _prepare_own_sku(self, listing, vals, known):
        """Restore the own SKU of a listing that shared one, unless another record has it by now.

        :param dict vals: values to write, changed in place
        """
        self.ensure_one()
        if vals.get("is_sku_shared") is not False:
            return
        other = known.keys.get(self._normalize_sku(listing.sku), self)
        if other != self and self.state == "matched":
            # Already linked: the other record keeps the SKU.
            del vals["is_sku_shared"]
        elif listing.sku:
            vals["sku"] = listing.sku

    @api.model
    def _forget_shown(self, changes):
        """Mark the shown quantity of records as unknown when they now belong to another listing."""
        moved = [r.id for r, v in changes.items() if "external_ref" in v and r.external_ref]
        if moved:
            self.env["oms.channel.stock"].search([("listing_id", "in", moved)]).is_shown = False

    @api.model
    def _match_changed(self, changes):
        """Match records again whose SKU, barcode or name changed."""
        coded = [r.id for r, v in changes.items() if v.keys() & {"sku", "barcode"}]
        self.browse(coded)._match()
        retitled = [r.id for r, v in changes.items() if "name" in v]
        self.browse(retitled).filtered_domain(self._get_open_domain())._schedule_suggestions()

    def _differs(self, name, value):
        """:return: whether a field differs from the received value"""
        self.ensure_one()
        if name == "price":
            return abs(self.price - value) > 1e-6
        return self._fields[name].convert_to_write(self[name], self) != value
