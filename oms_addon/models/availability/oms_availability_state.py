"""Out-of-stock and back-in-stock events of channels, each reported once."""

from odoo import api, fields, models
from odoo.tools import SQL

NOTE = """
    INSERT INTO oms_availability_state AS state (channel_id, company_id, product_id, is_out,
        number, changed_at, changes)
    SELECT %(channel)s, %(company)s, told.product_id, told.number <= 0, told.number, %(now)s, 0
    FROM unnest(%(products)s::int[], %(numbers)s::int[]) AS told (product_id, number)
    ORDER BY told.product_id
    ON CONFLICT (channel_id, product_id) DO UPDATE
        SET is_out = excluded.is_out, number = excluded.number, changed_at = excluded.changed_at,
            changes = state.changes + 1
        WHERE state.is_out <> excluded.is_out
    RETURNING id, changes > 0"""


class OmsAvailabilityState(models.Model):
    """Whether a channel is out of stock of a product. Only crossing zero counts as a change."""

    _name = "oms.availability.state"
    _description = "Out of Stock on a Channel"
    _rec_name = "product_id"
    _order = "changed_at desc, id desc"
    # One row per product and channel, written in bulk: every index and foreign key costs time.
    _log_access = False

    channel_id = fields.Many2one("oms.channel", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, ondelete="cascade", index=True
    )
    is_out = fields.Boolean("Out of Stock", readonly=True)
    number = fields.Integer("Available to Sell", readonly=True)
    changed_at = fields.Datetime("Since", readonly=True)
    changes = fields.Integer(
        readonly=True, help="Number of times the product went out of stock or was restocked."
    )

    _product_uniq = models.UniqueIndex("(channel_id, product_id)")

    @api.model
    def _watching(self, limit=None):
        """:return: the live channels that record out-of-stock events"""
        return self.env["oms.channel"].search(
            [("state", "=", "live"), ("watch_stock", "=", True)], limit=limit
        )

    @api.model
    def _products_of(self, channel, product_ids, listings):
        """:param listings: the channel's listings made of the products
        :return: those of the products that the channel sells: by its listings, or any if it has
            none
        """
        listed = [("channel_id", "=", channel.id), ("state", "=", "matched")]
        has_list = listings or channel._adapter()._can_fetch_listings
        if has_list or self.env["oms.channel.listing"].search_count(listed, limit=1):
            sold = set(listings._stock_products().ids)
            self._forget(channel, set(product_ids) - sold)
            product_ids = sold & set(product_ids)
        return self.env["product.product"].browse(product_ids).exists()

    @api.autovacuum
    def _gc_unlisted(self):
        """Delete states of products that are not listed on channels with listings."""
        Listing = self.env["oms.channel.listing"]
        noted = [channel for (channel,) in self._read_group([], ["channel_id"])]
        for channel in noted:
            listings = Listing.search([("channel_id", "=", channel.id), ("state", "=", "matched")])
            if listings or channel._adapter()._can_fetch_listings:
                self.search(
                    [
                        ("channel_id", "=", channel.id),
                        ("product_id", "not in", listings._stock_products().ids),
                    ]
                ).unlink()

    @api.model
    def _forget(self, channel, product_ids):
        """Delete the states of products that a channel does not list."""
        if product_ids:
            self.search(
                [("channel_id", "=", channel.id), ("product_id", "in", list(product_ids))]
            ).unlink()

    @api.model
    def _note(self, channel, numbers):
        """Store the available quantities where they crossed zero, and report the changes.

        :param dict numbers: available quantity by product id; infinite ones are ignored
        :return: the states that changed
        """
        counted = {p: int(number) for p, number in numbers.items() if number != float("inf")}
        if not counted:
            return self.browse()
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                NOTE,
                channel=channel.id,
                company=channel.company_id.id,
                now=fields.Datetime.now(),
                products=list(counted),
                numbers=list(counted.values()),
            )
        )
        self.invalidate_model(flush=False)
        changed = self.browse(row[0] for row in rows if row[1])
        if changed:
            changed._log_changes()
        return changed

    def _log_changes(self):
        """Log the changes in the audit trail and queue messages to channels that use the API and
        have an address.
        """
        for is_out, states in self.grouped("is_out").items():
            self.env["oms.event"]._log(
                states,
                "stock.out" if is_out else "stock.back",
                {state.id: state._sentence() for state in states},
            )
        reported = self.filtered(
            lambda s: s.channel_id._adapter()._can_use_api and s.channel_id.base_url
        )
        self.env["oms.channel.message"]._send_later(
            [
                (
                    state.channel_id,
                    "availability",
                    f"availability:{state.id}:{state.changes}",
                    self.env["sale.order"],
                    state._prepare_message(),
                )
                for state in reported
            ]
        )

    def _sentence(self):
        """:return: the change for display"""
        values = {"channel": self.channel_id.name, "product": self.product_id.display_name}
        if self.is_out:
            return self.env._("Out of stock on %(channel)s: %(product)s", **values)
        return self.env._("Back in stock on %(channel)s: %(product)s", **values)

    def _prepare_message(self):
        """:return: the message to the channel"""
        listing = self.env["oms.channel.listing"].search(
            [("channel_id", "=", self.channel_id.id), ("product_id", "=", self.product_id.id)],
            order="multiplier, id",
            limit=1,
        )
        return {
            "schema": "oms.availability/1",
            "sku": listing.sku or self.product_id.default_code or "",
            "name": self.product_id.name,
            "state": "out_of_stock" if self.is_out else "back_in_stock",
            "quantity": self.number,
            "at": f"{self.changed_at.isoformat()}Z",
        }
