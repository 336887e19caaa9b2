"""Wizard: import the stock that a channel reports, as an inventory adjustment."""

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class OmsChannelStockImport(models.TransientModel):
    _name = "oms.channel.stock.import"
    _inherit = "oms.wizard"
    _description = "Import Stock from a Channel"

    line_ids = fields.One2many("oms.channel.stock.import.line", "import_id")

    def action_apply(self):
        """Apply the quantities to the warehouses, then start syncing the listings."""
        self.ensure_one()
        self._check_records()
        listings = self.line_ids.listing_id
        listings.check_access("write")
        chosen = self.line_ids.filtered(lambda line: line.is_chosen and line.warehouse_id)
        if any(line.warehouse_id.company_id != line.listing_id.company_id for line in chosen):
            raise UserError(self.env._("Select warehouses of the company of the listings."))
        for listing_lines in chosen.grouped(lambda l: (l.product_id, l.warehouse_id)).values():
            listing_lines._count()
        self._log_imported(chosen)
        listings.sudo().is_stock_pending = False
        return {"type": "ir.actions.act_window_close"}

    def action_skip(self):
        """Start syncing Odoo's stock without an import."""
        self.ensure_one()
        self.check_access("write")
        self.line_ids.listing_id.action_skip_import()
        return {"type": "ir.actions.act_window_close"}

    def _log_imported(self, lines):
        """Log the imported quantities in the audit trail."""
        for channel, of_channel in lines.grouped(lambda l: l.listing_id.channel_id).items():
            self.env["oms.event"]._log(
                channel,
                "channel.stock_imported",
                self.env._(
                    "Stock imported from the channel: %(goods)s",
                    goods=", ".join(
                        f"{line.quantity:g} × {line.product_id.display_name}" for line in of_channel
                    ),
                )[:500],
            )

    def _fill(self, listings):
        """Add a line for each reported quantity of listings at mapped locations."""
        lines = []
        for channel, of_channel in listings.grouped("channel_id").items():
            places = {
                place.ref or "": warehouses[:1]
                for place, warehouses in channel._location_warehouses().items()
            }
            lines += [
                {
                    "listing_id": listing.id,
                    "warehouse_id": places[ref].id,
                    "reported": quantity,
                    "quantity": max(quantity, 0) * listing.multiplier,
                }
                for listing in of_channel
                if listing.product_id.is_storable
                for ref, quantity in (listing.told_quantities or {}).items()
                if ref in places
            ]
        self.sudo().line_ids = [Command.create(line) for line in lines]


class OmsChannelStockImportLine(models.TransientModel):
    _name = "oms.channel.stock.import.line"
    _inherit = "oms.wizard"
    _description = "Stock Import Listing"

    import_id = fields.Many2one(
        "oms.channel.stock.import", "Stock Import", required=True, ondelete="cascade"
    )
    is_chosen = fields.Boolean("Import", default=True)
    listing_id = fields.Many2one("oms.channel.listing", readonly=True, ondelete="cascade")
    product_id = fields.Many2one(related="listing_id.product_id")
    company_id = fields.Many2one(related="listing_id.company_id")
    warehouse_id = fields.Many2one("stock.warehouse", domain="[('company_id', '=', company_id)]")
    reported = fields.Integer("On the Channel", readonly=True)
    quantity = fields.Float("Quantity to Count", digits="Product Unit")

    def _count(self):
        """Apply the quantity of one product in one warehouse.

        Channels report available units: units that are reserved or backordered are added.
        """
        product, warehouse = self.product_id, self.warehouse_id
        engine = self.env["oms.availability"].sudo()
        channel = self[:1].listing_id.channel_id
        terms = engine._terms(channel, product, warehouse).get(product.id)
        held = -(terms.reserved + terms.waiting) if terms else 0.0
        quant_sudo = self.env["stock.quant"].sudo().with_context(inventory_mode=True)
        quant_sudo.create(
            {
                "product_id": product.id,
                "location_id": warehouse.lot_stock_id.id,
                "inventory_quantity": max(self.mapped("quantity")) + held,
            }
        ).action_apply_inventory()
