"""Changes of a listing's SKU on the channel."""

from odoo import api, models


class OmsChannelListing(models.Model):
    _inherit = "oms.channel.listing"

    @api.model
    def _prepare_rename(self, renamed, changes, known):
        """Clear old SKUs before new ones are written: rows may have swapped SKUs, or another row
        may have the new one.

        :param dict renamed: old SKU by row
        """
        if not renamed:
            return
        rows = self.browse([row.id for row in renamed])
        rows.write({"sku": False})
        for row in renamed:
            if row.alias_of_id:
                changes[row] |= {"alias_of_id": False, "product_id": False, "matched_by": False}
            if changes[row].get("is_sku_shared", row.is_sku_shared):
                continue
            key = self._normalize_sku(changes[row]["sku"])
            other = known.keys.get(key)
            if other and other != row and other.sku_key == key:
                row._pass_on()
                changes[row]["alias_of_id"] = (other.alias_of_id or other).id
            known.keys[key] = row
        rows.flush_recordset()

    def _pass_on(self):
        """Transfer product and aliases of a row to the first of its aliases."""
        self.ensure_one()
        heir = self.alias_ids[:1]
        if not heir:
            return
        others = self.alias_ids - heir
        heir.write(
            {
                "alias_of_id": False,
                "product_id": self.product_id.id,
                "multiplier": self.multiplier,
                "matched_by": self.matched_by,
            }
        )
        self.component_ids.listing_id = heir
        others.alias_of_id = heir

    @api.model
    def _after_rename(self, renamed):
        """Match rows again after a change of SKU. Links made by a person are kept, with the old SKU
        as an alias for pending orders.

        :param dict renamed: old SKU by row
        """
        by_hand, found = [], []
        for row, old in renamed.items():
            if row.alias_of_id or row.state != "matched":
                continue
            (by_hand if row.matched_by in ("hand", "suggestion") else found).append((row, old))
        for row, (product, units, how) in (
            self._find_sure(
                found[0][0].channel_id, {row: row._own_names() for row, _old in found}
            ).items()
            if found
            else ()
        ):
            if row.product_id != product:
                row.write({"product_id": product.id, "multiplier": units, "matched_by": how})
        self._create_aliases(by_hand)

    @api.model
    def _create_aliases(self, pairs):
        """Create aliases for old SKUs of rows, unless another row uses them.

        :param list pairs: tuples (row, old SKU)
        """
        pairs = [(row, old) for row, old in pairs if old]
        if not pairs:
            return
        taken = set(
            self.search(
                [
                    ("channel_id", "=", pairs[0][0].channel_id.id),
                    ("sku_key", "in", [self._normalize_sku(old) for _row, old in pairs]),
                ]
            ).mapped("sku_key")
        )
        self.create(
            [
                {"channel_id": row.channel_id.id, "sku": old, "alias_of_id": row.id}
                for row, old in pairs
                if self._normalize_sku(old) not in taken
            ]
        )
