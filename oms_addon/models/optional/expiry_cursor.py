"""Progress of the expiry check over stock rows."""

from odoo import api, fields, models
from odoo.tools import SQL


class OmsLotExpiryCursor(models.Model):
    """A single row: removal date and id of the last stock row checked."""

    _name = "oms.lot.expiry.cursor"
    _description = "Position in Expired Lots"
    _rec_name = "moment"
    _log_access = False

    moment = fields.Datetime("Removal Date", required=True, readonly=True)
    # Not a relation: stock rows are merged and deleted, but the position must remain.
    quant_id = fields.Integer("Stock Row", required=True, readonly=True)

    def init(self):
        """Create the single row."""
        self.env.cr.execute(
            """INSERT INTO oms_lot_expiry_cursor (moment, quant_id)
               SELECT '1970-01-01', 0 WHERE NOT EXISTS (SELECT FROM oms_lot_expiry_cursor)"""
        )

    @api.model
    def _advance(self, moment, quant_id):
        """Move the cursor forward. Of two concurrent transactions the second is retried.

        :param datetime moment: removal date of the last row checked
        :param int quant_id: its id
        """
        self.env.cr.execute(
            SQL("UPDATE oms_lot_expiry_cursor SET moment = %s, quant_id = %s", moment, quant_id)
        )
        self.invalidate_model()
