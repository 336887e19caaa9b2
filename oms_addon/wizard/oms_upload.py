"""Base of the wizards that upload a file."""

import base64

from odoo import fields, models
from odoo.exceptions import UserError


class OmsUpload(models.AbstractModel):
    _name = "oms.upload"
    _inherit = "oms.wizard"
    _description = "Upload"

    #: maximum size of the file, in bytes
    _max_bytes = 20 * 1024**2

    data = fields.Binary("File", attachment=False)
    filename = fields.Char()
    state = fields.Selection(
        [("upload", "Upload"), ("preview", "Preview")], default="upload", readonly=True
    )

    # === ACTION METHODS === #

    def action_back(self):
        """Go back to choose another file."""
        self.ensure_one()
        self.check_access("write")
        self.sudo().state = "upload"
        return self._reopen()

    # === BUSINESS METHODS === #

    def _uploaded(self):
        """:return: the content of the uploaded file
        :rtype: bytes
        :raise UserError: when there is none, or it is too large
        """
        self.ensure_one()
        data = base64.b64decode(self.with_context(bin_size=False).data or b"")
        if not data:
            raise UserError(self.env._("Select a file."))
        if len(data) > self._max_bytes:
            raise UserError(
                self.env._(
                    "The file is larger than %(size)s MB. Split it.",
                    size=self._max_bytes // 1024**2,
                )
            )
        return data

    def _reopen(self):
        """:return: the action that opens the wizard again"""
        return {
            "type": "ir.actions.act_window",
            "name": self._title(),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _title(self):
        """:return: the title of the dialog"""
        return self._description
