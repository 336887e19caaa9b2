"""Policies for received orders: their customers, money and items."""

from odoo import api, fields, models


class OmsChannel(models.Model):
    _inherit = "oms.channel"

    # Policy: customers and content
    address_level = fields.Selection(
        [("full", "Street, City and Country"), ("country", "Country only")],
        default="full",
        required=True,
    )
    guest_partner_id = fields.Many2one(
        "res.partner",
        "Guest Customer",
        check_company=True,
        help="Customer for orders received without one. Leave empty to put these orders on hold.",
    )
    warehouse_ids = fields.Many2many(
        "stock.warehouse",
        string="Warehouses",
        check_company=True,
        help="Warehouses that may ship orders of the channel, in their own sequence. Leave "
        "empty to allow all warehouses.",
    )
    pricelist_ids = fields.Many2many(
        "product.pricelist",
        string="Pricelists",
        check_company=True,
        help="One pricelist per currency. A missing one is created when the first order needs it.",
    )
    default_tax_ids = fields.Many2many(
        "account.tax",
        string="Default Taxes",
        domain=[("type_tax_use", "=", "sale")],
        check_company=True,
    )
    carrier_id = fields.Many2one("delivery.carrier", "Default Carrier", check_company=True)
    team_id = fields.Many2one("crm.team", "Sales Team", check_company=True)
    user_id = fields.Many2one("res.users", "Responsible", tracking=True, check_company=True)

    # Policy: money
    currency_id = fields.Many2one(related="company_id.currency_id")
    tax_rounding = fields.Selection(
        [
            ("round_per_unit", "Per Unit"),
            ("round_per_line", "Per Line"),
            ("round_globally", "Globally"),
        ],
        help="How the channel rounds taxes. It determines how much the taxes of an order may "
        "differ from Odoo's; leave empty if unknown.",
    )
    rounding_limit = fields.Monetary(
        "Rounding Tolerance",
        default=0.0,
        help="Differences to the channel's total up to this amount are posted as a rounding "
        "line. Larger differences put the order on hold.",
    )
    rate_max_days = fields.Integer(
        "Exchange Rate Age (Days)",
        default=30,
        help="Orders in a foreign currency are put on hold if the last exchange rate before "
        "their date is older. Enter 0 to accept any age.",
    )
    live_at = fields.Datetime("Live Since", readonly=True, copy=False)
    start_policy = fields.Selection(
        [("record", "Record Only"), ("process", "Process Open Orders")],
        "Orders Placed Before Going Live",
        compute="_compute_start_policy",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        copy=False,
        help="Record-only orders can be searched and counted: nothing is reserved, shipped, "
        "invoiced or posted for them.",
    )
    completed_policy = fields.Selection(
        [("sale", "Invoice and Deduct Stock"), ("record", "Record Only")],
        "Orders Received as Completed",
        default="sale",
        required=True,
        help="Applies to orders placed after the channel went live that are already shipped by "
        "the channel when received. Orders without items to ship are always sales.",
    )
    # Policy: items
    picking_policy = fields.Selection(
        [("direct", "As Soon as Possible"), ("one", "Only When Complete")],
        "Shipping Policy",
        default="direct",
        required=True,
    )

    @api.depends("adapter")
    def _compute_start_policy(self):
        base = self.env["oms.channel.adapter"]
        for channel in self:
            adapter = channel._adapter() if channel.adapter else base
            channel.start_policy = adapter._start_policy

    def write(self, vals):
        """Extend: orders waiting for the guest customer are processed again."""
        result = super().write(vals)
        if vals.get("guest_partner_id"):
            self.env["oms.hold"]._recheck(
                ["MISSING_CUSTOMER"],
                self.env._("The guest customer was set."),
                [("channel_id", "in", self.ids)],
            )
        return result

    def _get_warehouses(self):
        """:return: the warehouses that may ship, best first"""
        self.ensure_one()
        return self.warehouse_ids.sorted("sequence") or self.env["stock.warehouse"].search(
            [("company_id", "=", self.company_id.id)]
        )

    def _get_pricelist(self, code):
        """:param str code: ISO 4217 code
        :return: the pricelist of the channel in that currency, created if missing; empty if Odoo
            has no such active currency
        """
        self.ensure_one()
        pricelist = self.pricelist_ids.filtered(lambda p: p.currency_id.name == code)[:1]
        currency = self.env["res.currency"].search([("name", "=", code)], limit=1)
        if pricelist or not currency:
            return pricelist
        pricelist = (
            self.env["product.pricelist"]
            .sudo()
            .create(
                {
                    "name": f"{self.name} {code}",
                    "currency_id": currency.id,
                    "company_id": self.company_id.id,
                }
            )
        )
        self.sudo().pricelist_ids = [fields.Command.link(pricelist.id)]
        return pricelist
