"""Simulation of one order: the decision of the rules, step by step; nothing is saved."""

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class OmsAllocationTest(models.TransientModel):
    _name = "oms.allocation.test"
    _inherit = "oms.wizard"
    _description = "Allocation Simulation"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    run_id = fields.Many2one(
        "oms.allocation.run",
        help="Leave empty to apply all active rules. A selected rule set "
        "is simulated even if archived.",
    )
    order_id = fields.Many2one(
        "sale.order",
        "Copy from Order",
        help="Existing order to simulate. Leave empty to enter products below.",
    )
    channel_id = fields.Many2one("oms.channel", help="Leave empty for an order created in Odoo.")
    priority = fields.Selection([("0", "Normal"), ("1", "Urgent")], default="0", required=True)
    carrier_id = fields.Many2one("delivery.carrier")
    country_id = fields.Many2one("res.country", default=lambda self: self.env.company.country_id)
    zip = fields.Char("Postcode")
    line_ids = fields.One2many("oms.allocation.test.line", "test_id", "Lines")
    result = fields.Json(readonly=True)

    def _compute_display_name(self):
        self.display_name = self.env._("Simulation")

    def action_decide(self):
        """Show step by step how the order would be allocated now."""
        self.ensure_one()
        self._check_records()
        if not self.order_id and not self.line_ids.filtered(lambda line: line.quantity > 0):
            raise UserError(
                self.env._("Select an order, or enter at least one product with a quantity.")
            )
        self.sudo().result = self._try()
        return True

    def _try(self):
        """Allocate the simulated order and roll back everything that was created for it.

        :return: the decision with its explanation
        :rtype: dict
        """
        self.ensure_one()
        simulation = self.env["oms.allocation.simulation"].sudo()
        with simulation._nothing_written():
            order = self.order_id.sudo() or self.sudo()._create_order()
            runs = self.run_id.sudo() or None
            explained = simulation._explained(order, runs)
        return explained

    def _create_order(self):
        """:return: a draft order with the entered values; rolled back by the caller"""
        customer = self.env["res.partner"].create(
            {
                "name": self.env._("Simulation"),
                "country_id": self.country_id.id,
                "zip": self.zip,
                "company_id": self.company_id.id,
            }
        )
        lines = self.line_ids.filtered(lambda line: line.quantity > 0)
        return (
            self.env["sale.order"]
            .with_company(self.company_id)
            .create(
                {
                    "partner_id": customer.id,
                    "company_id": self.company_id.id,
                    # Do not consume the sequence of real orders.
                    "name": self.env._("Simulation"),
                    "oms_channel_id": self.channel_id.id,
                    "oms_priority": self.priority,
                    "carrier_id": self.carrier_id.id,
                    "order_line": [
                        Command.create(
                            {"product_id": line.product_id.id, "product_uom_qty": line.quantity}
                        )
                        for line in lines
                    ],
                }
            )
        )


class OmsAllocationTestLine(models.TransientModel):
    _name = "oms.allocation.test.line"
    _inherit = "oms.wizard"
    _description = "Allocation Simulation Line"

    test_id = fields.Many2one("oms.allocation.test", required=True, ondelete="cascade")
    product_id = fields.Many2one(
        "product.product", required=True, domain="[('is_storable', '=', True)]"
    )
    quantity = fields.Float(digits="Product Unit", default=1.0, required=True)
