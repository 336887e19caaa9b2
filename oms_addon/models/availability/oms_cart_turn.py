"""Serialization of carts that reserve the same product."""

from odoo import api, fields, models
from odoo.tools import SQL


class OmsCartTurn(models.Model):
    """One row per product that was in a cart; its id is the product's.

    Reserving a product for a cart writes its row: of two concurrent transactions the second gets a
    serialization error and is retried with current figures.
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
        """Write the rows of products, creating missing ones.

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
