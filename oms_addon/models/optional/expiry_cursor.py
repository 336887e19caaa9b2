"""Up to which stock row the expired lots were looked at."""

from odoo import api, fields, models
from odoo.tools import SQL


class OmsLotExpiryCursor(models.Model):
    """One row: the removal date and the id of the stock row that was looked at last."""

    _name = "oms.lot.expiry.cursor"
    _description = "Position in Expired Lots"
    _rec_name = "moment"
    _log_access = False

    moment = fields.Datetime("Removal Date", required=True, readonly=True)
    # No link: rows of stock are merged and deleted, and their order stays.
    quant_id = fields.Integer("Stock Row", required=True, readonly=True)

    def init(self):
        """Add the one row."""
        self.env.cr.execute(
            """INSERT INTO oms_lot_expiry_cursor (moment, quant_id)
               SELECT '1970-01-01', 0 WHERE NOT EXISTS (SELECT FROM oms_lot_expiry_cursor)"""
        )

    @api.model
    def _advance(self, moment, quant_id):
        """Move on. Of two transactions that do so at once the second begins again.

        :param datetime moment: the removal date of the last row that was looked at
        :param int quant_id: its id
        """
        self.env.cr.execute(
            SQL("UPDATE oms_lot_expiry_cursor SET moment = %s, quant_id = %s", moment, quant_id)
        )
        self.invalidate_model()
