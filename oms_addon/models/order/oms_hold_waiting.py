"""Retry of messages on hold after a setting changed."""

from odoo import api, models


class OmsHold(models.Model):
    _inherit = "oms.hold"

    @api.model
    def _recheck(self, codes, why, domain=()):
        """Retry messages on hold for some reasons, after a setting changed.

        The exceptions stay open until the retry, which closes those that no longer apply.

        :param codes: codes of ``oms.hold.reason``
        :param str why: what changed, for the audit trail
        :param domain: further conditions on the exceptions
        :return: the exceptions
        """
        holds = self.sudo().search(
            [
                ("state", "=", "open"),
                ("reason_code", "in", list(codes)),
                ("message_id.state", "=", "parked"),
                *domain,
            ]
        )
        holds.message_id._requeue(why, keep_holds=True)
        return holds

    @api.model
    def _sync_message(self, message, problems):
        """Sync the open exceptions of a message with its problems: open new ones, close others.

        :param message: one ``oms.channel.message``
        :param list problems: see ``_open``
        """
        if standing := message.hold_ids.filtered(lambda h: h.state == "open"):
            found = {
                (vals["reason_id"], vals["sku_key"], vals["rule_id"])
                for vals in (self._prepare_hold(message, problem) for problem in problems)
            }
            standing.filtered(
                lambda h: (h.reason_id.id, h.sku_key or False, h.rule_id.id or False) not in found
            ).sudo()._close(self.env._("The reason no longer applies."))
        self._open(message, problems)
