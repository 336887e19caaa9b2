"""Wizard to connect a channel: rounding of the channel and of Odoo."""

from odoo import api, models


class OmsChannelConnect(models.TransientModel):
    _inherit = "oms.channel.connect"

    @api.depends("tax_rounding", "told_tax_rounding", "price_rounding", "company_tax_rounding")
    def _compute_rounding_advice(self):
        for wizard in self:
            wizard.rounding_advice = "\n".join(wizard._rounding_advice()) or False

    def _rounding_advice(self):
        """:return: notes on differences in rounding, and how to correct them
        :rtype: list[str]
        """
        self.ensure_one()
        chosen, told, found = self.tax_rounding, self.told_tax_rounding, []
        ways = dict(
            self.env["oms.channel"]._fields["tax_rounding"]._description_selection(self.env)
        )
        if told and chosen != told:
            found.append(
                self.env._(
                    "The channel's setting is %(told)s. Orders are compared using the setting "
                    "selected in this step.",
                    told=ways[told],
                )
            )
        if chosen == "round_per_unit":
            found.append(
                self.env._(
                    "Odoo does not round taxes per unit. Taxes may differ by the smallest coin "
                    "per unit; larger differences put the order on hold."
                )
            )
        elif chosen and chosen != self.company_tax_rounding:
            found.append(
                self.env._(
                    "The channel rounds taxes differently from Odoo, so taxes may differ by "
                    "cents. Select the channel's method under Invoicing, Configuration, "
                    "Settings, Rounding Method, or accept a rounding line."
                )
            )
        if self.price_rounding and self.price_rounding != "half_up":
            modes = dict(self._fields["price_rounding"]._description_selection(self.env))
            found.append(
                self.env._(
                    "The channel rounds amounts %(mode)s, Odoo rounds half up. Order totals are "
                    "taken from the channel and prices are synced so that the channel shows "
                    "them as in Odoo; taxes may differ by the smallest coin per amount.",
                    mode=modes[self.price_rounding].lower(),
                )
            )
        return found
