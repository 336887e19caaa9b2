"""Wizard to connect a channel: what each step applies and prepares."""

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from .oms_channel_connect_fields import PLAIN, SECRETS

BACKFILL_DAYS = 90


class OmsChannelConnect(models.TransientModel):
    _inherit = "oms.channel.connect"

    # === KIND AND CREDENTIALS === #

    def _leave_kind(self):
        if not self.adapter:
            return self.env._("Select the type of channel to connect.")
        if not self.channel_id:
            label = dict(self._selection_adapter())[self.adapter]
            Channel = self.env["oms.channel"]
            untouched = Channel._untouched_drafts().filtered(
                lambda c: (
                    (c.adapter, c.create_uid, c.company_id)
                    == (self.adapter, self.env.user, self.env.company)
                )
            )
            self.sudo().channel_id = untouched[:1] or Channel.create(
                {"name": label, "adapter": self.adapter}
            )
        elif self.channel_id.adapter != self.adapter:
            if self.channel_id.state != "draft":
                return self.env._("The type of a channel that was live cannot be changed.")
            self.channel_id.adapter = self.adapter
        return ""

    def _enter_credentials(self):
        channel = self.channel_id
        self.write({"name": channel.name, **{name: channel[name] for name in PLAIN}})

    def _leave_credentials(self):
        if not (self.name or "").strip():
            return self.env._("Enter a name for the channel. It is shown on its orders.")
        used = self._adapter()._credentials
        values = {name: (self[name] or "").strip() for name in PLAIN if name in used}
        typed = self.sudo().typed_secrets or {}
        typed = {name: typed[name].strip() for name in SECRETS if name in used and typed.get(name)}
        # Users who may edit the channel may set its secrets, not read them. Secrets belong to the
        # address they are entered with, so both are written in one call.
        self.channel_id.check_access("write")
        had = {name for name in SECRETS if self.channel_id.sudo()[name]}
        self.channel_id.sudo().write({"name": self.name.strip(), **values, **typed})
        required = self._adapter()._required_credentials
        missing = [name for name in required if not self.channel_id.sudo()[name]]
        labels = ", ".join(self[f"{name}_label"] for name in missing)
        if had.intersection(missing):
            return self.env._(
                "The address changed, and the credentials belong to the previous address. Enter "
                "them again: %(fields)s.",
                fields=labels,
            )
        if missing:
            return self.env._("Fill in: %(fields)s.", fields=labels)
        return ""

    # === TEST === #

    def _enter_test(self):
        problem = self._adapter()._test_connection(self.channel_id._checked())
        self.sudo().test_ok = not problem
        if not problem:
            self.channel_id._checked()._note_answer()
        return problem

    def _leave_test(self):
        return "" if self.test_ok else self._enter_test()

    # === STOCK AND TAXES === #

    def _enter_stock(self):
        if self.can_fetch_locations:
            self.channel_id._checked()._sync_locations()

    def _enter_taxes(self):
        wizard_sudo, channel = self.sudo(), self.channel_id._checked()
        wizard_sudo.told_tax_rounding = self._adapter()._fetch_tax_rounding(channel)
        wizard_sudo.price_rounding = self._adapter()._price_rounding(channel)
        if self.told_tax_rounding:
            self.channel_id.tax_rounding = self.told_tax_rounding
        pairs = channel._match_taxes(self._adapter()._fetch_taxes(channel))
        wizard_sudo.tax_ids = [
            Command.clear(),
            *[
                Command.create(
                    {
                        "name": reported["name"],
                        "rate": float(reported["rate"]),
                        "included": reported["included"],
                        "ref": reported.get("ref"),
                        "compound": reported.get("compound"),
                        "priority": reported.get("priority"),
                        "affects": reported.get("affects"),
                        "tax_id": tax.id,
                        "is_wanted": not tax,
                    }
                )
                for reported, tax in pairs
            ],
        ]

    def _leave_taxes(self):
        wanted = self.tax_ids.filtered(lambda line: line.is_wanted and not line.tax_id)
        reported = [line._channel_tax() for line in wanted]
        for line, tax in zip(
            wanted, self.channel_id._checked()._create_taxes(reported), strict=True
        ):
            line.tax_id = tax
        self.channel_id._checked()._map_taxes(
            [(line._channel_tax(), line.tax_id) for line in self.tax_ids]
        )

    # === POLICY === #

    def _enter_policy(self):
        if not self.preset:
            is_new = self.channel_id.state == "draft"
            self.preset = self._adapter()._policy_preset if is_new else "keep"

    def _leave_policy(self):
        if not self.preset:
            return self.env._(
                "Select the policy closest to how you sell. All of its settings "
                "can be changed later."
            )
        if self.preset != "keep":
            presets = self.channel_id._policy_presets()
            self.channel_id.write(presets[self.preset]["values"])
        return ""

    # === STOCK AND PRICES === #

    def _enter_sync(self):
        """Fetch the channel's stock and compare it with Odoo's."""
        self.wants_stock = self.channel_id._is_synced("stock")
        if not self.stock_sync_id:
            self.sudo().stock_sync_id = self.env["oms.channel.sync"]._open(self.channel_id, "stock")
        self.stock_sync_id._fetch()
        self.stock_sync_id._fill()
        return self.stock_sync_id.problem or ""

    def _leave_sync(self):
        if self.wants_stock:
            self.stock_sync_id._agree()
        elif self.channel_id.push_stock:
            self.channel_id.action_stop_stock()
        return ""

    def _enter_prices(self):
        """Compare the channel's prices with those of the price list."""
        self.wants_prices = self.channel_id._is_synced("price")
        if not self.price_sync_id:
            self.sudo().price_sync_id = self.env["oms.channel.sync"]._open(self.channel_id, "price")
            # Already fetched for the stock step, unless the channel only syncs prices.
            if not self.stock_sync_id:
                self.price_sync_id._fetch()
        return self._compare_prices()

    def _compare_prices(self):
        self.price_sync_id._fill()
        return self.price_sync_id.problem or ""

    def _leave_prices(self):
        if self.wants_prices:
            # The price list may have changed since the comparison was shown.
            self._compare_prices()
            self.price_sync_id._agree()
        elif self.channel_id.push_price:
            self.channel_id.action_stop_prices()
        return ""

    # === MESSAGES AND HISTORY === #

    def _enter_history(self):
        backfill = self.channel_id.backfill_ids.filtered(lambda b: b.state == "draft")[:1]
        now = fields.Datetime.now().replace(second=0)
        self.sudo().write(
            {
                "backfill_id": backfill.id,
                "wants_backfill": bool(backfill),
                "backfill_from": backfill.date_from
                or fields.Datetime.subtract(now, days=BACKFILL_DAYS),
                "backfill_to": backfill.date_to or now,
            }
        )

    def _leave_history(self):
        if self.wants_backfill and self.can_list_orders:
            self._plan_backfill()
        elif self.backfill_id:
            self.backfill_id.unlink()

    def _plan_backfill(self):
        """Save the chosen window as a history import that starts when the channel goes live."""
        if not (self.backfill_from and self.backfill_to and self.backfill_from < self.backfill_to):
            raise UserError(self.env._("Enter the start and end dates of the history import."))
        values = {"date_from": self.backfill_from, "date_to": self.backfill_to}
        if not self.backfill_id:
            self.sudo().backfill_id = self.env["oms.channel.backfill"].create(
                {"channel_id": self.channel_id.id, **values}
            )
        elif any(self.backfill_id[name] != value for name, value in values.items()):
            self.backfill_id.write(values)

    def _count(self):
        self._plan_backfill()
        self.backfill_id.action_count()

    # === LIVE === #

    def _go_live(self):
        self.channel_id.action_go_live()
        waiting = self.channel_id.backfill_ids.filtered(lambda b: b.state == "draft")
        if waiting:
            waiting.action_start()
