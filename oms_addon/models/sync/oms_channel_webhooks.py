"""Webhook registration on channels: requested, checked, and reported if it fails."""

import logging

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from odoo.addons.oms_addon.exceptions import RateLimited

_logger = logging.getLogger(__name__)

MAX_SHOWN = 300
MAX_NAMED = 3


class OmsChannel(models.Model):
    _inherit = "oms.channel"

    can_register = fields.Boolean(compute="_compute_can_register")
    webhooks_state = fields.Selection(
        [("none", "Not Registered"), ("ok", "Registered"), ("failing", "Failing")],
        string="Webhooks",
        default="none",
        required=True,
        readonly=True,
        copy=False,
    )
    webhooks_text = fields.Char("Webhook Details", readonly=True, copy=False)
    webhooks_checked_at = fields.Datetime("Last Webhook Check", readonly=True, copy=False)
    webhooks_since = fields.Datetime(readonly=True, copy=False)
    next_care_at = fields.Datetime("Next Webhook Check", readonly=True, copy=False)

    @api.constrains("tracking_secret", "webhook_secret", "api_secret")
    def _check_tracking_secret(self):
        """The tracking secret is shared with carriers, so it must differ from all other secrets."""
        for channel_sudo in self.sudo().filtered("tracking_secret"):
            if channel_sudo.tracking_secret in (
                channel_sudo.webhook_secret,
                channel_sudo.api_secret,
            ):
                raise ValidationError(
                    self.env._(
                        "The tracking secret of channel %(channel)s must differ from its "
                        "webhook secret. Enter another one.",
                        channel=channel_sudo.name,
                    )
                )

    # === COMPUTE METHODS === #

    @api.depends("adapter")
    def _compute_can_register(self):
        codes = self._codes_that("_can_register")
        for channel in self:
            channel.can_register = channel.adapter in codes

    # === ACTION METHODS === #

    def action_check_webhooks(self):
        """Check the webhook registrations now and show the result."""
        self.ensure_one()
        self.check_access("write")
        self = self.sudo()
        problem = self._care_webhooks()
        return self._notify(problem or self.webhooks_text, "danger" if problem else "success")

    def action_go_live(self):
        """Override of `oms.channel`: register webhooks."""
        self.check_access("write")
        self = self.sudo()
        result = super().action_go_live()
        for channel in self.filtered("can_register"):
            channel._care_webhooks()
        return result

    def action_pause(self):
        """Override of `oms.channel`: remove webhooks."""
        self.check_access("write")
        self = self.sudo()
        result = super().action_pause()
        for channel in self.filtered(lambda c: c.webhooks_state != "none"):
            channel._end_webhooks()
        return result

    def action_archive(self):
        """Override of `base`: pause live channels first."""
        self.check_access("write")
        self = self.sudo()
        self.filtered(lambda c: c.state == "live").action_pause()
        return super().action_archive()

    # === BACKGROUND JOB === #

    @api.model
    def _get_care_domain(self):
        """:return: the domain of the channels due for a webhook check"""
        return (
            Domain("state", "=", "live")
            & Domain("adapter", "in", self._codes_that("_can_register"))
            & (
                Domain("next_care_at", "=", False)
                | Domain("next_care_at", "<=", fields.Datetime.now())
            )
        )

    @api.model
    def _run_care(self):
        """Check the webhooks of one channel: their registration and their arrival.

        :return: 1; 0 if no channel is due
        """
        due = self.search(self._get_care_domain(), order="next_care_at nulls first, id")
        channel = due.try_lock_for_update(allow_referencing=True, limit=1)
        if channel:
            channel._care_webhooks()
            channel._check_silence()
        return len(channel)

    # === ONE CHANNEL === #

    def _next_care(self, now):
        """:return: the time of the next webhook check, soon enough to restore registrations that
        the channel removed before more than one poll has to fetch the missed events
        """
        return fields.Datetime.add(now, minutes=max(self.fetch_minutes_webhooks, 1))

    def _care_webhooks(self):
        """Register missing webhooks with the channel.

        :return: the error for display; '' if none
        :rtype: str
        """
        self.ensure_one()
        now = fields.Datetime.now()
        try:
            with self.env.cr.savepoint():
                made = self._adapter()._ensure_webhooks(self)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except RateLimited as error:
            self.next_care_at = fields.Datetime.add(now, seconds=max(error.seconds or 0, 60))
            return str(error)
        except Exception as error:  # noqa: BLE001 - reported by an alert, retried later
            _logger.warning("Channel %s sends no messages", self.id, exc_info=True)
            return self._after_failed_care(error)
        if made is None:
            return self._note_no_webhooks(now)
        is_first = self.webhooks_state != "ok"
        if is_first:
            self.webhooks_since = now
        self.write(
            {
                "webhooks_state": "ok",
                "webhooks_text": self._webhooks_text([] if is_first else made),
                "webhooks_checked_at": now,
                "next_care_at": self._next_care(now),
            }
        )
        for sentence in made:
            self.env["oms.event"]._log(self, "channel.webhooks", sentence[:500])
        self._resolve_alert("webhooks")
        return ""

    def _note_no_webhooks(self, now):
        """Note that the channel's configuration has no webhooks: it is polled, without an alert.

        :return: '' (no error)
        """
        self.write(
            {
                "webhooks_state": "none",
                "webhooks_text": self.env._("None: orders are fetched by polling."),
                "webhooks_checked_at": now,
                "webhooks_since": False,
                "next_care_at": self._next_care(now),
            }
        )
        self._resolve_alert("webhooks", "unheard")
        return ""

    def _webhooks_text(self, made):
        """:return: the state of the registrations for display
        :param list made: sentences on restored registrations
        """
        if not made:
            return self.env._("All webhooks are registered.")
        shown = " ".join(made[:MAX_NAMED])
        if len(made) > MAX_NAMED:
            shown = self.env._(
                "%(first)s And %(count)s more.", first=shown, count=len(made) - MAX_NAMED
            )
        return shown

    def _after_failed_care(self, error):
        """Raise an alert that webhooks could not be registered.

        :return: the error for display
        :rtype: str
        """
        now = fields.Datetime.now()
        text = self.env["oms.channel.message"]._error_text(error)[:MAX_SHOWN]
        self.write(
            {
                "webhooks_state": "failing",
                "webhooks_text": text,
                "webhooks_checked_at": now,
                "next_care_at": self._next_care(now),
            }
        )
        self._raise_alert(
            "webhooks",
            self.env._("The webhooks could not be registered: %(error)s", error=text),
            self.env._(
                "Orders are polled every %(minutes)s minutes meanwhile, and registration is "
                "retried automatically. Check that the address %(url)s can be reached from the "
                "internet and that the access may register webhooks.",
                minutes=max(self.fetch_minutes, 1),
                url=self.webhook_url,
            ),
            level="warning" if self.can_fetch else "error",
        )
        return text

    def _end_webhooks(self):
        """Remove the webhooks of the channel; warn if that fails."""
        self.ensure_one()
        self.write({"webhooks_state": "none", "webhooks_text": False, "webhooks_since": False})
        self._resolve_alert("webhooks", "unheard")
        try:
            with self.env.cr.savepoint():
                self._adapter()._remove_webhooks(self)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:  # noqa: BLE001 - a pause must not fail for it
            _logger.warning("Channel %s was not told to stop", self.id, exc_info=True)
            text = self.env["oms.channel.message"]._error_text(error)[:MAX_SHOWN]
            self._raise_alert(
                "webhooks",
                self.env._("The channel still sends webhooks: %(error)s", error=text),
                self.env._(
                    "Remove the webhooks to %(url)s on the channel manually. Received messages "
                    "are stored and stay pending.",
                    url=self.webhook_url,
                ),
                level="warning",
            )
            return
        self.env["oms.event"]._log(
            self, "channel.webhooks", self.env._("The webhooks were removed from the channel.")
        )
