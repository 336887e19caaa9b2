"""Queue of products whose Available to Sell has to be recomputed."""

from odoo import api, fields, models
from odoo.tools import SQL

CHANGES_PER_RUN = 20_000


class OmsStockChange(models.Model):
    """A queue: one row per change, inserted on commit, consumed by a background job.

    Rows are neither looked up nor updated, so that transactions never wait for each other.
    """

    _name = "oms.stock.change"
    _description = "Changed Stock"
    _rec_name = "product_id"
    _order = "id"
    _log_access = False

    # No index: rows are inserted in bulk and soon deleted; products are seldom deleted.
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="product_id.company_id")

    def init(self):
        """Let the id sequence cycle: no row stays long."""
        self.env.cr.execute("ALTER SEQUENCE oms_stock_change_id_seq CYCLE")

    @api.model
    def _add(self, product_ids):
        """Queue products whose stock changed; deleted products are skipped.

        :param product_ids: ids of ``product.product``
        """
        self.env.cr.execute(
            SQL(
                """INSERT INTO oms_stock_change (product_id)
                   SELECT id FROM product_product WHERE id = ANY(%s)""",
                list(product_ids),
            )
        )

    @api.model
    def _claim_products(self):
        """Remove rows from the queue, skipping those locked by another transaction.

        :return: the ids of the products
        :rtype: set[int]
        """
        rows = self.env.execute_query(
            SQL(
                """DELETE FROM oms_stock_change WHERE id IN (
                       SELECT id FROM oms_stock_change ORDER BY id LIMIT %s
                       FOR UPDATE SKIP LOCKED)
                   RETURNING product_id""",
                CHANGES_PER_RUN,
            )
        )
        self.invalidate_model()
        return {product_id for (product_id,) in rows}
