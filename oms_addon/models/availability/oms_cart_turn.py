"""Carts that want the same product take turns."""

from odoo import api, fields, models
from odoo.tools import SQL


class OmsCartTurn(models.Model):
    """One row per product that lay in a cart; its id is the product's.

    Whoever reserves a product for a cart writes its row: of two that decided on the same figures
    the second gets a serialization error, and begins again with fresh ones.
    """

    _name = "oms.cart.turn"
    _description = "Turn of Carts"
    _rec_name = "product_id"
    _log_access = False

    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="product_id.company_id")
    turn = fields.Integer(
        required=True, readonly=True, help="How often it was reserved for a cart."
    )

    @api.model
    def _lock(self, product_ids):
        """Take the next turn of products.

        :param product_ids: ids of ``product.product``
        """
        self.env.cr.execute(
            SQL(
                """INSERT INTO oms_cart_turn AS mine (id, product_id, turn)
                   SELECT wanted.id, wanted.id, 1 FROM unnest(%s) AS wanted (id)
                   ORDER BY wanted.id
                   ON CONFLICT (id) DO UPDATE SET turn = mine.turn + 1""",
                sorted(product_ids),
            )
        )
        self.invalidate_model()
