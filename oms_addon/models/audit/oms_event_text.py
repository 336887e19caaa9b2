"""Texts of the values in the audit trail."""

from odoo import api, fields, models

#: by event code: model and selection field whose keys are recorded
SELECTIONS = {
    "channel.backfill": ("oms.channel.backfill", "state"),
    "channel.state": ("oms.channel", "state"),
    "payment.updated": ("payment.transaction", "state"),
}
#: events whose recorded values are only for programs
TECHNICAL = ("channel.alert", "channel.settled", "message.edited")


class OmsEvent(models.Model):
    """Values are recorded as keys, which no later translation or label changes; users see their
    labels.
    """

    _inherit = "oms.event"

    before_text = fields.Char("Previous Value", compute="_compute_texts")
    after_text = fields.Char("New Value", compute="_compute_texts")
    change = fields.Char(compute="_compute_texts", help="Previous and new value.")

    @api.depends("code", "before", "after")
    @api.depends_context("lang")
    def _compute_texts(self):
        for code, events in self.grouped("code").items():
            labels = self._value_labels(code)
            for event in events:
                before, after = event.before, event.after
                if code in TECHNICAL:
                    before = after = False
                before = event.before_text = labels.get(before, before)
                after = event.after_text = labels.get(after, after)
                event.change = before or after
                if before and after:
                    event.change = self.env._("%(before)s → %(after)s", before=before, after=after)

    @api.model
    def _value_labels(self, code):
        """:return: the labels of the values that events with a code record, by value"""
        if code == "payment.recorded":
            return {
                "pending": self.env._("Pending"),
                "success": self.env._("Successful"),
                "failed": self.env._("Failed"),
            }
        if code not in SELECTIONS:
            return {}
        model, field = SELECTIONS[code]
        return dict(self.env[model]._fields[field]._description_selection(self.env))
