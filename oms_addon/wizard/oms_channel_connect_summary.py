"""Wizard to connect a channel: summary of the setup and its open points."""

from markupsafe import Markup

from odoo import api, models


class OmsChannelConnect(models.TransientModel):
    _inherit = "oms.channel.connect"

    # === SUMMARY === #

    @api.depends("step", "channel_id", "preset", "backfill_id", "wants_backfill")
    def _compute_summary(self):
        for wizard in self:
            wizard.summary = wizard.step == "summary" and wizard._render_summary()

    def _render_summary(self):
        """:return: the summary as HTML"""
        rows = Markup("").join(
            Markup(
                '<li class="d-flex"><i class="fa {} me-2 mt-1" role="img"></i><span>{}</span></li>'
            ).format(
                "fa-check text-success" if is_fine else "fa-exclamation-triangle text-warning", text
            )
            for is_fine, text in self._summary_points()
        )
        return Markup('<ul class="list-unstyled o_oms_summary">{}</ul>').format(rows)

    def _summary_points(self):
        """:return: pairs (whether it is complete, sentence)"""
        channel = self.channel_id
        label = dict(self._selection_adapter())[channel.adapter]
        yield True, self.env._("%(name)s: %(kind)s", name=channel.name, kind=label)
        if "test" in self._steps():
            yield (
                self.test_ok,
                self.env._("The connection works.")
                if self.test_ok
                else self.env._("The connection was not tested."),
            )
        yield from self._stock_points()
        if "taxes" in self._steps() and self.tax_ids:
            missing = self.missing_tax_count
            yield (
                not missing,
                self.env._("Taxes missing in Odoo: %(count)s", count=missing)
                if missing
                else self.env._("All tax rates of the channel exist in Odoo."),
            )
        if self.preset:
            label = dict(self._selection_preset())[self.preset]
            yield True, self.env._("Policy: %(name)s", name=label)
        if "sync" in self._steps():
            is_on = channel._is_synced("stock")
            yield (
                is_on,
                self.env._("Stock is synced from Odoo to the channel.")
                if is_on
                else self.env._(
                    "Stock is not synced. Choose Sync Stock on the channel to start it later."
                ),
            )
        if "prices" in self._steps() and channel._is_synced("price"):
            yield True, self.env._("Prices are synced from Odoo to the channel.")
        yield from self._message_points()

    def _stock_points(self):
        """:return: the summary's points about warehouses"""
        mine = self.channel_id.location_ids.filtered("fulfils")
        loose = mine.filtered(lambda l: not l.warehouse_ids)
        if loose:
            names = ", ".join(loose.mapped("name"))
            yield (
                False,
                self.env._(
                    "Locations without a warehouse: %(names)s. Their stock is not synced.",
                    names=names,
                ),
            )
        else:
            names = ", ".join(self.channel_id._get_warehouses().mapped("name"))
            yield True, self.env._("Ships from: %(names)s", names=names)

    def _message_points(self):
        """:return: the summary's points about webhooks, polling and history"""
        if self.can_register:
            yield (
                not self.address_problem,
                self.address_problem
                or self.env._("The channel sends new and changed orders by webhook."),
            )
        if self.can_fetch:
            yield True, self.env._("Odoo polls the channel for orders, so that none is missed.")
        if self.can_fetch and self.channel_id.state == "draft" and self.start_policy == "record":
            yield True, self.env._("Orders placed before going live are imported as record-only.")
        if self.backfill_id:
            count = self.count_text or self.env._("not counted yet")
            yield True, self.env._("Order history to import: %(count)s.", count=count)
