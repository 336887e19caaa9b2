"""Overrides of ir.actions.actions."""

from odoo import api, models


class IrActionsActions(models.Model):
    _inherit = "ir.actions.actions"

    @api.model
    def get_bindings(self, model_name):
        """Extend `base`: hide print and other actions of Sales and Purchase from users who may
        not see amounts; actions of other add-ons are kept.
        """
        bindings = super().get_bindings(model_name)
        if not self.env.user._oms_hides_documents(model_name):
            return bindings
        numbers = [action["id"] for actions in bindings.values() for action in actions]
        names_sudo = self.env["ir.model.data"].sudo()
        priced = names_sudo.search(
            [
                ("model", "=like", "ir.actions.%"),
                ("res_id", "in", numbers),
                "|",
                ("module", "=like", "sale%"),
                ("module", "=like", "purchase%"),
            ]
        ).mapped("res_id")
        left = {
            kind: [action for action in actions if action["id"] not in priced]
            for kind, actions in bindings.items()
        }
        return {kind: actions for kind, actions in left.items() if actions}
