"""Planners' corrections of the demand history; recorded orders stay as they are."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, format_date

from odoo.addons.oms_addon.tools.forecasting import buckets

#: the demand that a correction replaces; an empty channel or warehouse is all of them
_CORRECTED = """
    SELECT correction.id, COALESCE(SUM(demand.quantity), 0)::float
      FROM oms_demand_correction correction LEFT JOIN oms_demand demand
        ON demand.company_id = correction.company_id
       AND demand.product_id = correction.product_id
       AND demand.day >= correction.day
       AND demand.day < correction.day + ('1 ' || correction.bucket)::interval
       AND (correction.channel_id IS NULL OR demand.channel_id = correction.channel_id)
       AND (correction.warehouse_id IS NULL OR demand.warehouse_id = correction.warehouse_id)
       AND demand.is_exceptional IS NOT TRUE
     WHERE correction.id = ANY(%s)
  GROUP BY correction.id"""


class OmsDemandCorrection(models.Model):
    """A correction is neither changed nor deleted: it is withdrawn, and a new one is entered."""

    _name = "oms.demand.correction"
    _description = "Demand Correction"
    _rec_name = "product_id"
    _order = "day desc, id desc"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    product_id = fields.Many2one(
        "product.product", required=True, check_company=True, ondelete="cascade"
    )
    channel_id = fields.Many2one(
        "oms.channel",
        "Sales Channel",
        check_company=True,
        ondelete="cascade",
        help="Leave empty to correct the total of all channels.",
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        check_company=True,
        ondelete="cascade",
        help="Leave empty to correct the total of all warehouses.",
    )
    bucket = fields.Selection(
        [("week", "Week"), ("month", "Month")], "Period Length", required=True, default="week"
    )
    day = fields.Date("Period", required=True, help="Any day of the period.")
    quantity = fields.Float("Corrected Quantity", digits="Product Unit", required=True)
    original_qty = fields.Float(
        "Original Quantity",
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="Recorded demand when the correction was entered.",
    )
    reason = fields.Char(required=True)
    user_id = fields.Many2one(
        "res.users", "Entered By", readonly=True, default=lambda self: self.env.user
    )
    withdrawn_on = fields.Datetime(readonly=True, copy=False)
    withdrawn_by_id = fields.Many2one("res.users", readonly=True, copy=False)

    _period_uniq = models.UniqueIndex(
        "(company_id, product_id, COALESCE(channel_id, 0), COALESCE(warehouse_id, 0), bucket, day) "
        "WHERE withdrawn_on IS NULL",
        "There is already a correction for this period. Withdraw that one first.",
    )
    _product_idx = models.Index("(product_id) WHERE withdrawn_on IS NULL")

    @api.constrains("quantity")
    def _check_quantity(self):
        for correction in self:
            if correction.quantity < 0:
                raise ValidationError(
                    self.env._(
                        "The corrected quantity of %(product)s cannot be negative.",
                        product=correction.product_id.display_name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Extend: complete the period and keep the original quantity.

        :raise UserError: if a period has not ended
        """
        corrections = super().create([self._complete(vals) for vals in vals_list])
        originals = dict(corrections._read_originals())
        for correction_sudo in corrections.sudo():
            correction_sudo._check_period()
            correction_sudo.original_qty = originals[correction_sudo.id]
        return corrections

    @api.model
    def _complete(self, vals):
        """:return: values with the first day of the period"""
        day = fields.Date.to_date(vals["day"])
        return {**vals, "day": buckets.start_of(day, vals.get("bucket", "week"))}

    def _check_period(self):
        """:raise UserError: if the period has not ended"""
        self.ensure_one()
        if self.day >= self.env["oms.forecast"]._current_bucket(self.company_id, self.bucket):
            raise UserError(
                self.env._(
                    "The period of %(day)s has not ended. Correct a period of the past, or enter "
                    "an override of the forecast.",
                    day=format_date(self.env, self.day),
                )
            )

    def write(self, vals):
        """Extend: keep corrections as they were entered.

        :raise UserError: for a field that people enter
        """
        if any(not self._fields[name].readonly for name in vals):
            raise UserError(
                self.env._(
                    "A correction cannot be changed. Withdraw it, and enter a new correction."
                )
            )
        return super().write(vals)

    # === ACTION METHODS === #

    def action_withdraw(self):
        """Use the recorded demand again from the next run on; the correction stays visible."""
        self.check_access("write")
        self.sudo().filtered(lambda correction: not correction.withdrawn_on).write(
            {"withdrawn_on": fields.Datetime.now(), "withdrawn_by_id": self.env.uid}
        )

    # === BUSINESS METHODS === #

    def _read_originals(self):
        """:return: pairs (id, recorded demand of the period)"""
        self.flush_model()
        self.env["oms.demand"].flush_model()
        return self.env.execute_query(SQL(_CORRECTED, self.ids))

    @api.model
    def _read_cells(self, company, product_ids, bucket, first):
        """Read what corrections add to the recorded demand of products.

        :param first: first day of the history
        :return: tuples (product, channel, warehouse, first day of the period, quantity)
        """
        corrections = self.search(
            [
                ("company_id", "=", company.id),
                ("product_id", "in", list(product_ids)),
                ("withdrawn_on", "=", False),
                ("day", ">=", first),
            ]
        )
        originals = dict(corrections._read_originals()) if corrections else {}
        return [
            (
                correction.product_id.id,
                correction.channel_id.id or None,
                correction.warehouse_id.id or None,
                buckets.start_of(correction.day, bucket),
                correction.quantity - originals[correction.id],
            )
            for correction in corrections
        ]
