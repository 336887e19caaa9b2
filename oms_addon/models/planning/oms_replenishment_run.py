"""Runs: the nightly computation of proposals for a company, product by product."""

import logging

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from odoo.addons.oms_addon.tools.forecasting.proposal import Proposal, Row, Terms

_logger = logging.getLogger(__name__)

PRODUCTS_PER_BATCH = 300
RUNS_KEPT = 30
BUDGET_DAYS = 7


class OmsReplenishmentRun(models.Model):
    """A run continues where it was interrupted; a product computed twice has the same proposals."""

    _name = "oms.replenishment.run"
    _inherit = ["oms.state.mixin"]
    _description = "Replenishment Run"
    _rec_name = "day"
    _order = "day desc, id desc"

    _TRANSITIONS = {
        "running": ("done", "failed"),
        "done": ("running",),
        "failed": ("running",),
    }

    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    day = fields.Date("Date", required=True, readonly=True)
    state = fields.Selection(
        [("running", "Running"), ("done", "Done"), ("failed", "Failed")],
        "Status",
        default="running",
        required=True,
        readonly=True,
    )
    finished_at = fields.Datetime("Finished On", readonly=True)
    last_product_id = fields.Integer(readonly=True)
    product_count = fields.Integer("Products", readonly=True)
    error = fields.Char(readonly=True)

    _day_uniq = models.UniqueIndex("(company_id, day)")
    _running_idx = models.Index("(id) WHERE state = 'running'")

    # === BACKGROUND JOB === #

    @api.model
    def _start_due(self):
        """Start today's runs of the companies whose forecasts are computed.

        :return: the number of runs that were started
        """
        count = 0
        for (company,) in self.env["oms.forecast.rule"]._read_group([], ["company_id"]):
            today = self.env["oms.forecast"]._current_bucket(company, "day")
            known = [("company_id", "=", company.id), ("day", "=", today)]
            if not self.search_count(known, limit=1):
                self.create({"company_id": company.id, "day": today})
                count += 1
        return count

    @api.model
    def _restart(self, companies):
        """Compute the proposals of companies again, today."""
        for company in companies:
            today = self.env["oms.forecast"]._current_bucket(company, "day")
            run = self.search([("company_id", "=", company.id), ("day", "=", today)])
            values = {"last_product_id": 0, "product_count": 0, "error": False}
            if run:
                run._set_state("running")
                run.write(values)
            else:
                self.create({"company_id": company.id, "day": today})
        self.env["oms.lane"].search([("code", "=", "planning")])._wake()

    @api.model
    def _process(self):
        """Compute the proposals of the next products of the oldest run.

        :return: the number of products; at least 1 while a run is not finished
        """
        run = self.search([("state", "=", "running")], order="id", limit=1)
        if not run or not run.try_lock_for_update():
            return 0
        try:
            with self.env.cr.savepoint():
                return run._compute_next()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:  # noqa: BLE001 - stored on the run, the next company goes on
            _logger.exception("Replenishment run %s failed", run.id)
            run._set_state("failed", error=str(error), finished_at=fields.Datetime.now())
            return 1

    def _compute_next(self):
        """Compute the next products, and finish the run after the last one.

        :return: the number of products; 1 for the end
        """
        self.ensure_one()
        Plan = self.env["oms.replenishment.plan"].with_company(self.company_id)
        product_ids = self._next_products(PRODUCTS_PER_BATCH)
        if not product_ids:
            self._finish()
            return 1
        products = self.env["product.product"].with_company(self.company_id).browse(product_ids)
        self._store(products, Plan._plan(self.company_id, products))
        self.write(
            {
                "last_product_id": product_ids[-1],
                "product_count": self.product_count + len(product_ids),
            }
        )
        return len(product_ids)

    def _finish(self):
        """Mark what exceeds the weekly budget, and remove old runs."""
        self._mark_over_budget()
        self._set_state("done", finished_at=fields.Datetime.now())
        self.search([("company_id", "=", self.company_id.id)], offset=RUNS_KEPT).unlink()

    # === PRODUCTS === #

    def _next_products(self, limit):
        """:return: ids of the next products with a forecast, a reordering rule, orders or a
        proposal, in order
        """
        for name in ("oms.forecast", "stock.warehouse.orderpoint", "stock.move", "product.product"):
            self.env[name].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT product.id FROM product_product product
                    WHERE product.id > %(after)s AND (
                          EXISTS (SELECT FROM oms_replenishment r WHERE r.product_id = product.id
                                     AND r.company_id = %(company)s AND r.state = 'draft')
                       OR product.active AND (
                          EXISTS (SELECT FROM oms_forecast f WHERE f.product_id = product.id
                                     AND f.company_id = %(company)s)
                       OR EXISTS (SELECT FROM stock_warehouse_orderpoint o
                                   WHERE o.product_id = product.id AND o.active
                                     AND o.company_id = %(company)s)
                       OR EXISTS (SELECT FROM stock_move m WHERE m.product_id = product.id
                                     AND m.company_id = %(company)s
                                     AND m.state IN ('confirmed', 'partially_available',
                                                     'waiting', 'assigned'))))
                 ORDER BY product.id LIMIT %(limit)s""",
                after=self.last_product_id,
                company=self.company_id.id,
                limit=limit,
            )
        )
        return [product_id for (product_id,) in rows]

    # === PROPOSALS === #

    def _store(self, products, cases):
        """Bring the drafts of products in line with what is missing.

        A dismissed proposal stays dismissed until its need has passed once.

        :param cases: `Case` records of the plan
        """
        Replenishment = self.env["oms.replenishment"]
        known = {
            proposal._key(): proposal
            for proposal in Replenishment.search(
                [
                    ("company_id", "=", self.company_id.id),
                    ("product_id", "in", products.ids),
                    ("state", "in", ("draft", "dismissed")),
                ],
                order="state desc, id",
            )
        }
        wanted = {}
        for case in cases:
            wanted.update(self._prepare_proposals(case))
        missing = []
        for key, values in wanted.items():
            proposal = known.pop(key, None)
            if not proposal:
                missing.append(values)
            elif proposal.state == "draft":
                proposal._update(values)
        Replenishment.create(missing)
        for proposal in known.values():
            proposal._set_state("outdated")

    def _prepare_proposals(self, case):
        """:return: values of ``oms.replenishment`` by its key"""
        Plan = self.env["oms.replenishment.plan"]
        need, stockout, cover = Plan._dates(self.company_id, case)
        shared = {
            "company_id": self.company_id.id,
            "product_id": case.product.id,
            "warehouse_id": case.warehouse.id,
            "rule_id": case.rule.id,
            "orderpoint_id": case.orderpoint.id if case.orderpoint else False,
            "need_date": need,
            "stockout_date": stockout or False,
            "cover_days": cover or 0.0,
            "lead_days": round(case.lead_days, 1),
            "run_id": self.id,
        }
        supply = case.supply
        terms = supply.terms(case.rule.holding_rate) if supply else Terms(multiple=1.0)
        proposal = Plan._propose(case, terms)
        found = {}
        for source_id, units in case.moved:
            rows = self._transfer_rows(Plan, case, units)
            values = {"kind": "transfer", "source_warehouse_id": source_id, "problem": False}
            self._put(found, shared | values, Proposal(units, units, rows))
        if proposal.quantity > 0:
            problem = not supply and "vendor" or not supply.lead and "lead_time"
            vendor_id = supply.vendor_id if supply else False
            values = {"kind": "purchase", "vendor_id": vendor_id, "problem": problem}
            self._put(found, shared | values, proposal)
        return found

    @api.model
    def _transfer_rows(self, Plan, case, units):
        """:return: rows that explain a transfer: the need, less what comes from elsewhere"""
        moved, case.moved = case.moved, []
        need = Plan._propose(case, Terms(multiple=1.0))
        case.moved = moved
        rest = units - need.quantity
        return (*need.rows, Row("purchase", rest)) if round(rest, 6) else need.rows

    @api.model
    def _put(self, found, values, proposal):
        """Add a proposal under its key."""
        key = (
            values["product_id"],
            values["warehouse_id"],
            values.get("vendor_id") or False,
            values.get("source_warehouse_id") or False,
        )
        found[key] = {
            **values,
            "proposed_qty": proposal.quantity,
            "quantity": proposal.quantity,
            "price": proposal.price or 0.0,
            "saving": proposal.saving,
            "line_ids": [
                fields.Command.create(
                    {"sequence": place, "code": row.code, "quantity": row.quantity}
                )
                for place, row in enumerate(proposal.rows)
            ],
        }

    # === BUDGET === #

    def _mark_over_budget(self):
        """Mark the proposals beyond the weekly budget of their rule, the latest stockouts first."""
        drafts = self.env["oms.replenishment"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "=", "draft"),
                ("kind", "=", "purchase"),
            ]
        )
        for rule, group in drafts.grouped("rule_id").items():
            left = rule.weekly_budget and rule.weekly_budget - rule._spent_value(BUDGET_DAYS)
            over = group.browse()
            for proposal in group.sorted(lambda p: (p.stockout_date or p.need_date, p.id)):
                if rule.weekly_budget and proposal.value > left:
                    over += proposal
                else:
                    left -= proposal.value
            over.filtered(lambda p: not p.is_over_budget).is_over_budget = True
            (group - over).filtered("is_over_budget").is_over_budget = False
