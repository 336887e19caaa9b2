"""Exceptions: one record per reason why an order or message needs a user's decision."""

from odoo import api, fields, models
from odoo.fields import Domain

#: fields that identify an exception; at most one per identity is open
IDENTITY = ("order_id", "message_id", "reason_id", "rule_id", "sku_key", "listing_ref")
LINKS = ("order_id", "message_id", "reason_id", "rule_id")


class OmsHold(models.Model):
    _name = "oms.hold"
    _description = "Order Exception"
    _inherit = ["oms.state.mixin"]
    _order = "reason_id, id"
    _rec_name = "order_ref"
    _check_company_auto = True

    _TRANSITIONS = {"open": ("released", "closed"), "released": (), "closed": ()}

    reason_id = fields.Many2one("oms.hold.reason", required=True, readonly=True, index=True)
    reason_code = fields.Char("Reason Code", related="reason_id.code", store=True, index=True)
    advice = fields.Char(related="reason_id.advice")
    is_blocking = fields.Boolean(compute="_compute_is_blocking", store=True)
    fix = fields.Selection(related="reason_id.fix")
    detail = fields.Char("Details", required=True, readonly=True)
    state = fields.Selection(
        [("open", "Open"), ("released", "Released"), ("closed", "Resolved")],
        default="open",
        required=True,
        readonly=True,
    )
    order_id = fields.Many2one(
        "sale.order", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    message_id = fields.Many2one(
        "oms.channel.message", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    channel_id = fields.Many2one("oms.channel", readonly=True, index="btree_not_null")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    rule_id = fields.Many2one("oms.hold.rule", readonly=True, index="btree_not_null")
    order_ref = fields.Char("Channel Order", readonly=True)
    customer_name = fields.Char("Customer", readonly=True)
    amount_text = fields.Char("Total", readonly=True)
    sku = fields.Char("SKU", readonly=True)
    sku_key = fields.Char("SKU Key", readonly=True)
    listing_ref = fields.Char("Listing", readonly=True, help="ID of the listing on the channel.")
    parent_ref = fields.Char("Parent Listing", readonly=True)
    product_id = fields.Many2one(
        "product.product",
        "Product for This SKU",
        check_company=True,
        help="Select a product to link the SKU to it.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Customer for This Order",
        check_company=True,
        help="Select a customer to assign the order to them and continue it.",
    )
    candidate_id = fields.Many2one(
        "res.partner",
        "Contact with This Email",
        readonly=True,
        check_company=True,
        index="btree_not_null",
        help="Contact the order may belong to.",
    )
    summary = fields.Html(related="message_id.summary", related_sudo=False)
    order_line_ids = fields.One2many(related="order_id.order_line", string="Order Lines")
    user_id = fields.Many2one("res.users", "Assigned To", index="btree_not_null")
    deadline = fields.Datetime(
        "Resolve By", readonly=True, help="Date by which the exception must be resolved."
    )
    released_by_id = fields.Many2one("res.users", readonly=True)
    released_at = fields.Datetime(readonly=True)
    resolution = fields.Char(readonly=True)
    age_days = fields.Integer("Age (Days)", compute="_compute_age_days")

    _sku_idx = models.Index("(channel_id, sku_key) WHERE state = 'open' AND sku_key IS NOT NULL")
    _open_idx = models.Index("(company_id, reason_id) WHERE state = 'open'")
    # At most one open exception per order, reason and rule.
    _order_uniq = models.UniqueIndex(
        "(order_id, reason_id, COALESCE(rule_id, 0)) WHERE state = 'open' AND order_id IS NOT NULL"
    )

    # === COMPUTE METHODS === #

    @api.depends("order_ref", "customer_name", "reason_id")
    def _compute_display_name(self):
        """Use the order reference, else the customer, else the reason."""
        for hold in self:
            hold.display_name = hold.order_ref or hold.customer_name or hold.reason_id.name

    @api.depends("reason_id")
    def _compute_is_blocking(self):
        """Stored: a later change of the reason's setting applies to new exceptions only."""
        for hold in self:
            hold.is_blocking = hold.reason_id.is_blocking

    @api.depends("create_date")
    def _compute_age_days(self):
        now = fields.Datetime.now()
        for hold in self:
            hold.age_days = (now - (hold.create_date or now)).days

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if vals.get("product_id"):
            self._apply_product()
        if vals.get("partner_id"):
            self._apply_customer()
        return result

    # === ACTION METHODS === #

    def action_release(self):
        """Release the exceptions manually."""
        self.check_access("write")
        self = self.sudo()
        return self._release_manually(self.env._("Released by %(user)s.", user=self.env.user.name))

    def action_retry(self):
        self.check_access("write")
        self = self.sudo()
        return self._release_manually(self.env._("Retried by %(user)s.", user=self.env.user.name))

    def action_ignore(self):
        """Dismiss the messages without applying them."""
        self.check_access("write")
        self = self.sudo()
        self.message_id.action_ignore()
        return True

    def action_cancel_order(self):
        """Accept a cancellation request: cancel unshipped items in Odoo and on the channel.

        :return: a notification action if the user may not release some of them, else True
        """
        self.check_access("write")
        self = self.sudo()
        self.order_id.check_access("write")
        reserved = self._reserved()
        for hold in (self - reserved).filtered(lambda h: h.state == "open" and h.order_id):
            hold._cancel_order(self.env._("Cancelled by %(user)s.", user=self.env.user.name))
        return reserved._refuse() if reserved else True

    def action_choose_candidate(self):
        """Assign the order to the contact with its email address."""
        self.check_access("write")
        for hold in self.filtered("candidate_id"):
            hold.partner_id = hold.candidate_id
        return True

    def action_open(self):
        """Open the form of the exception."""
        self.ensure_one()
        self.check_access("read")
        return self.get_formview_action()

    def action_view_source(self):
        """Open the order on hold, else the message."""
        self.ensure_one()
        self.check_access("read")
        return (self.order_id or self.message_id).get_formview_action()

    # === BUSINESS METHODS === #

    @api.model
    def _open(self, record, problems):
        """Open an exception for each problem; one that is already open gets the new details.

        :param record: one ``sale.order`` or ``oms.channel.message``
        :param list problems: ``HoldReason`` values
        :return: the new exceptions
        """
        return self._open_many([(record, problem) for problem in problems])

    @api.model
    def _open_many(self, pairs):
        """Open exceptions for several records; see ``_open``.

        :param list pairs: tuples (record, problem)
        """
        fresh = self._without_open([self._prepare_hold(*pair) for pair in pairs])
        # Lock the orders, so that a concurrent combined shipment sees the exception or waits.
        self.env["sale.order"].browse({v["order_id"] for v in fresh if v["order_id"]})._oms_claim()
        holds = self.sudo().create(fresh)
        # An order on hold must not block the orders it shares a delivery with.
        self.env["oms.shared.delivery"].sudo()._leave_behind(
            holds.filtered("is_blocking").order_id, self.env._("order on hold")
        )
        for hold in holds:
            self.env["oms.event"]._log(
                hold.order_id or hold.message_id, f"hold.{hold.reason_code.lower()}", hold.detail
            )
        return holds

    @api.model
    def _without_open(self, vals_list):
        """Update the details of exceptions that are already open.

        :return: the values of those not open yet, the first one per identity
        """
        standing = {
            tuple(hold[name].id if name in LINKS else hold[name] for name in IDENTITY): hold
            for hold in self.search(self._get_open_domain(vals_list))
        }
        by_identity = {}
        for vals in vals_list:
            by_identity.setdefault(tuple(vals[name] for name in IDENTITY), vals)
        for identity, vals in by_identity.items():
            hold = standing.get(identity)
            if hold and hold.detail != vals["detail"]:
                hold.sudo().detail = vals["detail"]
        return [vals for identity, vals in by_identity.items() if identity not in standing]

    @api.model
    def _get_open_domain(self, vals_list):
        """:return: the domain of the open exceptions of the orders and messages in values"""
        return Domain("state", "=", "open") & Domain.OR(
            Domain(name, "in", [vals[name] for vals in vals_list if vals[name]])
            for name in ("order_id", "message_id")
        )

    @api.model
    def _prepare_hold(self, record, problem):
        """:return: the values of the exception of ``record`` for ``problem``"""
        reason = (
            self.env["oms.hold.reason"]
            .sudo()
            .browse(self.env["oms.hold.reason"]._id_of(problem.code))
        )
        is_order = record._name == "sale.order"
        channel = record.oms_channel_id if is_order else record.channel_id
        rule = problem.rule or self.env["oms.hold.rule"]
        sku = problem.sku or False
        return {
            "reason_id": reason.id,
            "detail": problem.message,
            "order_id": record.id if is_order else False,
            "message_id": False if is_order else record.id,
            "channel_id": channel.id or False,
            "company_id": record.company_id.id,
            "rule_id": rule.id or False,
            "order_ref": (record.oms_order_ref or record.name) if is_order else record.order_ref,
            "customer_name": record.partner_id.name if is_order else problem.customer or False,
            "amount_text": (
                record.currency_id.format(record.amount_total)
                if is_order
                else problem.amount or False
            ),
            "deadline": problem.deadline or False,
            "candidate_id": problem.candidate.id if problem.candidate else False,
            "sku": sku,
            "sku_key": self.env["oms.channel.listing"]._normalize_sku(sku) or False,
            "listing_ref": problem.listing_ref or False,
            "parent_ref": problem.parent_ref or False,
            "user_id": (
                rule.user_id
                or reason.owner_id
                or channel.user_id
                or record.company_id.sudo().oms_user_id
            ).id
            or False,
        }
