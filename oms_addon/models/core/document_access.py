"""What hangs on documents and quotes them: notes, attached files, papers to print."""

from odoo import api, models
from odoo.fields import Domain

from odoo.addons.oms_addon.tools.amounts import DOCUMENTS


class Base(models.AbstractModel):
    _inherit = "base"

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        """Extend `mail`: notes on a document, which quote amounts, are read by who is told those;
        others read their own, and those that were sent to them.
        """
        operations = super()._mail_get_operation_for_mail_message_operation(message_operation)
        if message_operation != "create" and self.env.user._oms_hides_documents(self._name):
            # Whoever may delete documents is told all of them.
            return dict.fromkeys(operations, "unlink")
        return operations


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    @api.model
    def _inaccessible_comodel_records(self, model_and_ids, operation):
        """Extend `base`: files of a document show amounts."""
        for model, numbers in model_and_ids.items():
            if not self.env.su and self.env.user._oms_hides_documents(model):
                yield from ((model, number) for number in numbers)
        yield from super()._inaccessible_comodel_records(model_and_ids, operation)

    @api.model
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        """Extend `base`: files of a document are not found, either."""
        if not self.env.su and not bypass_access:
            hidden = [m for m in DOCUMENTS if self.env.user._oms_hides_documents(m)]
            if hidden:
                domain = Domain(domain) & Domain("res_model", "not in", hidden)
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)


class IrActionsActions(models.Model):
    _inherit = "ir.actions.actions"

    @api.model
    def get_bindings(self, model_name):
        """Extend `base`: who is told no amounts is offered no papers, mails and links of Sales and
        Purchase; what other add-ons offer may be for the warehouse.
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
