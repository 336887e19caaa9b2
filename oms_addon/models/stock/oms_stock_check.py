"""Inconsistencies of stock data: found every night, repaired on demand."""

from odoo import api, fields, models

from .oms_stock_comparison import KEYS

IDENTITY = ("kind", *KEYS, "move_id")


class OmsStockCheck(models.Model):
    """A difference between stock rows, move lines and moves, open until it is resolved."""

    _name = "oms.stock.check"
    _description = "Stock Difference"
    _inherit = ["mail.thread", "mail.activity.mixin", "oms.state.mixin"]
    _order = "state, id desc"
    _rec_name = "text"

    _TRANSITIONS = {"open": ("settled",), "settled": ()}

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    kind = fields.Selection(
        [
            ("oversold", "Reserved Exceeds On Hand"),
            ("reserved", "Inconsistent Reservations"),
            ("negative", "Negative Stock"),
            ("quantity", "Quantity Differs from Lines"),
            ("state", "Inconsistent State"),
            ("duplicate", "Duplicate Stock Records"),
        ],
        required=True,
        readonly=True,
    )
    product_id = fields.Many2one("product.product", readonly=True, index=True, ondelete="cascade")
    location_id = fields.Many2one("stock.location", readonly=True, ondelete="cascade")
    lot_id = fields.Many2one("stock.lot", readonly=True, ondelete="cascade")
    package_id = fields.Many2one("stock.package", readonly=True, ondelete="cascade")
    owner_id = fields.Many2one("res.partner", readonly=True, ondelete="cascade")
    move_id = fields.Many2one(
        "stock.move", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    expected = fields.Float(digits="Product Unit", readonly=True)
    found = fields.Float("Actual", digits="Product Unit", readonly=True)
    text = fields.Char("Problem", compute="_compute_text")
    advice = fields.Char("Recommended Action", compute="_compute_text")
    since = fields.Datetime(readonly=True, default=fields.Datetime.now)
    state = fields.Selection(
        [("open", "Open"), ("settled", "Resolved")], default="open", required=True, readonly=True
    )
    settled_at = fields.Datetime("Resolved On", readonly=True)

    _open_idx = models.Index("(company_id) WHERE state = 'open'")

    # === COMPUTE METHODS === #

    @api.depends("kind", "expected", "found", "move_id", "product_id", "location_id")
    def _compute_text(self):
        for check in self:
            check.text = check._describe()
            check.advice = check._advise()

    def _describe(self):
        """:return: the difference for display, in one sentence"""
        values = {
            "product": self.product_id.display_name,
            "place": self._place(),
            "found": f"{self.found:g}",
            "expected": f"{self.expected:g}",
            "move": self.move_id.picking_id.name or self.move_id.display_name or "",
        }
        texts = {
            "oversold": self.env._("%(found)s of %(product)s are reserved in %(place)s, but "
                                   "only %(expected)s are on hand.", **values),
            "reserved": self.env._("%(found)s of %(product)s are marked as reserved in "
                                   "%(place)s, but transfers reserve %(expected)s.", **values),
            "negative": self.env._("%(found)s of %(product)s are in %(place)s.", **values),
            "quantity": self.env._("%(move)s reserves %(found)s of %(product)s, but its lines "
                                   "reserve %(expected)s.", **values),
            "state": self.env._("%(move)s has %(found)s of %(expected)s × %(product)s, which "
                                "does not match its state.", **values),
            "duplicate": self.env._("The stock of %(product)s in %(place)s is stored in "
                                    "%(found)s records.", **values),
        }  # fmt: skip
        return texts.get(self.kind, "")

    def _place(self):
        """:return: the location, with lot, package and owner"""
        details = (self.lot_id, self.package_id, self.owner_id)
        names = [record.sudo().display_name for record in (self.location_id, *details) if record]
        return ", ".join(names)

    def _advise(self):
        """:return: the remedy for the difference"""
        return {
            "oversold": self.env._(
                "Count the location. Repair removes the reservation from the least urgent "
                "deliveries."
            ),
            "negative": self.env._(
                "Count the location and enter the quantity in Inventory, Physical Inventory."
            ),
        }.get(self.kind) or self.env._("Repair: no count is needed.")

    # === ACTION METHODS === #

    def action_repair(self):
        """Repair the differences that can be, under the locks of the allocator."""
        self.check_access("write")
        self = self.sudo()
        self.sudo().filtered(lambda check: check.state == "open")._repair()
        return True

    def action_open_record(self):
        """Open the transfer, or the stock of the product."""
        self.ensure_one()
        self.check_access("read")
        if self.move_id:
            return (self.move_id.picking_id or self.move_id).get_formview_action()
        action = self.env["ir.actions.act_window"]._for_xml_id("stock.dashboard_open_quants")
        return {**action, "domain": [("product_id", "=", self.product_id.id)], "context": {}}

    def action_check(self):
        """Run the check now."""
        self.check_access("write")
        self = self.sudo()
        self.sudo()._run()
        return True

    # === BUSINESS METHODS === #

    @api.model
    def _process(self):
        """Run the check in the nightly job.

        :return: 0, no work is left
        :rtype: int
        """
        self._run()
        return 0

    @api.model
    def _run(self):
        """Compare the stock, create new differences, resolve those that are gone and notify a
        person.

        :return: the open differences
        """
        problems = {
            tuple(problem.get(key) or False for key in IDENTITY): problem
            for problem in self.env["oms.stock.comparison"]._compare()
        }
        there = {check._identity(): check for check in self.search([("state", "=", "open")])}
        for key, check in there.items():
            if key in problems:
                check.write({name: problems[key][name] for name in ("expected", "found")})
        self.union(*(check for key, check in there.items() if key not in problems))._resolve()
        fresh = self.create(
            [
                {**problem, "company_id": problem["company_id"] or self.env.company.id}
                for key, problem in problems.items()
                if key not in there
            ]
        )
        fresh._notify()
        return self.search([("state", "=", "open")])

    def _identity(self):
        """:return: the key that identifies the same difference in two checks"""
        return tuple(
            check.id if isinstance(check, models.BaseModel) else check
            for check in (self[key] for key in IDENTITY)
        )

    def _notify(self):
        """Create one activity per company for new differences, and log them."""
        for company, checks in self.grouped("company_id").items():
            owner = company.oms_user_id or self.env.ref("base.user_admin")
            checks[0].with_context(mail_activity_automation_skip=False).activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Stock: %(count)s differences found", count=len(checks)),
                note=checks[0].text,
                user_id=owner.id,
            )
            self.env["oms.event"]._log(
                checks, "stock.difference", {check.id: check.text[:500] for check in checks}
            )

    def _resolve(self):
        """Close differences that no longer exist."""
        if not self:
            return
        self._set_state("settled", settled_at=fields.Datetime.now())
        self.activity_ids.action_feedback(feedback=self.env._("Resolved."))

    def _repair(self):
        """Repair differences and compare again; repairs are logged in the audit trail."""
        repair = self.env["oms.stock.repair"]
        repair._lock(self)
        wrong = self.env["oms.stock.comparison"]._compare(set(self.product_id.ids))
        # Skip differences that have been corrected in the meantime.
        still = {tuple(p.get(key) or False for key in IDENTITY) for p in wrong}
        checks = self.filtered(lambda check: check._identity() in still)
        repair._repair(checks)
        left = {
            tuple(p.get(key) or False for key in IDENTITY)
            for p in self.env["oms.stock.comparison"]._compare(set(self.product_id.ids))
        }
        gone = self.filtered(lambda check: check._identity() not in left)
        self.env["oms.event"]._log(
            gone & checks,
            "stock.repaired",
            self.env._("Repaired: reservations are consistent"),
            before={check.id: f"{check.found:g}" for check in checks},
            after={check.id: f"{check.expected:g}" for check in checks},
        )
        gone._resolve()

    @api.autovacuum
    def _gc_resolved(self):
        """Delete differences that were resolved before the retention period."""
        days = int(self.env["ir.config_parameter"].sudo().get_param("oms_addon.keep_days", 365))
        if days:
            limit = fields.Datetime.subtract(fields.Datetime.now(), days=days)
            self.search(
                [("state", "=", "settled"), ("settled_at", "<", limit)], limit=10000
            ).unlink()
