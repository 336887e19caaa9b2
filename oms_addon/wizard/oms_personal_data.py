"""Wizard: export or erase the personal data of a customer."""

import base64

from odoo import api, fields, models
from odoo.exceptions import UserError


class OmsPersonalData(models.TransientModel):
    _name = "oms.personal.data"
    _inherit = "oms.wizard"
    _description = "Personal Data of a Customer"

    partner_id = fields.Many2one("res.partner", "Customer", required=True)
    obstacle = fields.Char("Cannot Be Erased Now", compute="_compute_summary")
    summary = fields.Html(compute="_compute_summary", sanitize=False)
    outcome = fields.Json(readonly=True, help="Summary of what was erased.")
    file = fields.Binary("Export", attachment=False, readonly=True)
    filename = fields.Char(readonly=True)

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        if self.env.context.get("active_model", "res.partner") != "res.partner":
            return values
        partner = self.env["res.partner"].browse(self.env.context.get("active_id"))
        partner.check_access("read")
        values["partner_id"] = partner.id
        return values

    # === COMPUTE METHODS === #

    @api.depends("partner_id", "outcome")
    @api.depends_context("allowed_company_ids", "lang")
    def _compute_summary(self):
        privacy_sudo = self.env["oms.privacy"].sudo()
        for wizard in self:
            wizard.obstacle = False
            if wizard.outcome or not wizard.partner_id:
                wizard.summary = wizard._render_summary(wizard.outcome or {})
                continue
            person = wizard._person()
            wizard.obstacle = privacy_sudo._obstacle(person)
            wizard.summary = wizard._render_summary(privacy_sudo._preview(person))

    def _render_summary(self, outcome):
        """:param dict outcome: see ``oms.privacy`` ``_preview``
        :return: the summary as HTML: erased and kept data, and remaining steps
        """
        return self.env["ir.qweb"]._render(
            "oms_addon.oms_personal_data_summary",
            {"outcome": outcome, "is_done": bool(self.outcome)},
        )

    # === ACTION METHODS === #

    def action_export(self):
        """Export all personal data of the customer as a ZIP file."""
        self.ensure_one()
        self._check_records()
        data = self.env["oms.privacy"].sudo()._export(self._person())
        self.sudo().write(
            {
                "file": base64.b64encode(data),
                "filename": f"personal_data_{self.partner_id.id}.zip",
            }
        )
        self.env["oms.event"]._log(
            self.partner_id, "customer.exported", self.env._("Personal data exported")
        )
        return self._reopen()

    def action_erase(self):
        """Erase the customer and show which data has to be kept.

        :raise UserError: while orders are open
        """
        self.ensure_one()
        self._check_records()
        privacy_sudo = self.env["oms.privacy"].sudo()
        person = self._person()
        obstacle = privacy_sudo._obstacle(person)
        if obstacle:
            raise UserError(obstacle)
        # Wizards about the customer are erased, except this one, which shows the result.
        person.records[self._name] -= self
        outcome = privacy_sudo._erase(person)
        self.sudo().write({"outcome": outcome.to_json(), "file": False, "filename": False})
        return self._reopen()

    # === BUSINESS METHODS === #

    def _person(self):
        """:return: the ``Person`` of the wizard, in the user's companies"""
        self.partner_id.check_access("read")
        privacy_sudo = self.env["oms.privacy"].sudo()
        return privacy_sudo._person(privacy_sudo._root_contact(self.partner_id), self.env.companies)

    def _reopen(self):
        """:return: the action that opens the wizard again"""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Personal Data"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }
