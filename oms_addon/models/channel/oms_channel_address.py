"""The address of a channel, and the binding of secrets to it."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.oms_addon.models.message.outbound_topics import topic_of
from odoo.addons.oms_addon.tools import sentences

from .oms_channel import ADAPTER, SECRET


class OmsChannel(models.Model):
    """Extend: secrets are only sent to the servers they were entered for.

    Secrets cannot be read, but a user who changes the address could redirect them to another
    server. So they have to be entered again after a change of adapter, protocol, host or port.
    """

    _inherit = "oms.channel"

    moved_from = fields.Char(
        "Previous Address",
        readonly=True,
        copy=False,
        help="The address changed while the channel was live. Nothing is sent to the new "
        "address until the channel goes live again.",
    )

    # === ACTION METHODS === #

    def action_go_live(self):
        """Extend: going live confirms a new address for future messages."""
        self.check_access("write")
        result = super().action_go_live()
        for channel in self.sudo().filtered("moved_from"):
            channel._dismiss_outbox(channel.moved_from)
            channel.moved_from = False
            channel._resolve_alert("address")
        return result

    @api.model
    def _alert_places(self):
        """Extend: credentials for a new address are entered in the connection wizard."""
        return {**super()._alert_places(), "address": "action_connect"}

    @api.model
    def _secret_names(self):
        """:return: the fields that hold secrets: stored texts that only administrators may read
        :rtype: list[str]
        """
        return [
            name
            for name, field in self._fields.items()
            if field.store and field.groups == SECRET and field.type in ("char", "text")
        ]

    # === ADDRESS === #

    @api.constrains("adapter", "base_url")
    def _check_base_url(self):
        for channel in self.filtered("base_url"):
            adapter = channel._adapter()
            adapter._check_address(adapter._parse_address(channel.base_url))

    @api.model
    def _with_clean_address(self, vals):
        """:return: values to write, with a normalized address: HTTPS if it names no protocol"""
        if not vals.get("base_url"):
            return vals
        return {**vals, "base_url": self.env[ADAPTER]._parse_address(vals["base_url"]).url}

    @api.onchange("adapter", "base_url", "account_ref")
    def _onchange_base_url(self):
        """Warn that secrets are removed when the address changes."""
        saved = self._origin
        if saved and self.adapter and any(saved.sudo()[name] for name in self._secret_names()):
            before = saved._destination()
            if self._is_moved(before):
                return {
                    "warning": {
                        "title": self.env._("Credentials Will Be Removed"),
                        "message": self.env._(
                            "The credentials of %(channel)s belong to %(address)s and are "
                            "removed when you save another address. Enter them again with "
                            "Change Connection.",
                            channel=saved.name,
                            address=saved._destination_text(before),
                        ),
                    }
                }
        return None

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Extend: addresses are normalized."""
        return super().create([self._with_clean_address(vals) for vals in vals_list])

    def write(self, vals):
        """Extend: remove secrets entered for other servers that are not entered anew."""
        before = {channel: channel._destination() for channel in self}
        result = super().write(self._with_clean_address(vals))
        typed = {name for name in self._secret_names() if vals.get(name)}
        for channel, destination in before.items():
            channel._unbind_secrets(destination, typed)
        return result

    def _destination(self):
        """:return: the adapter code and the servers that secrets are sent to
        :rtype: tuple[str, tuple[str]]
        """
        self.ensure_one()
        if not self.adapter or f"{ADAPTER}.{self.adapter}" not in self.env:
            return self.adapter, ()
        try:
            return self.adapter, self._adapter()._origins(self)
        except UserError:
            # No call is made to an address that cannot be parsed.
            return self.adapter, ()

    def _is_moved(self, before):
        """:param tuple before: the ``_destination`` for which secrets were entered
        :return: whether they would now be sent to another server
        """
        after = self._destination()
        return before != after and (
            before[0] != after[0] or self._adapter()._is_moved(before[1], after[1])
        )

    @api.model
    def _destination_text(self, destination):
        """:return: a destination for display"""
        return ", ".join(destination[1]) or self.env._("no address")

    def _unbind_secrets(self, before, typed):
        """Remove the secrets that were entered for other servers.

        :param tuple before: ``_destination`` for which they were entered
        :param set typed: names of the secrets in this write
        """
        if not self._is_moved(before):
            return
        after = self._destination()
        channel_sudo = self.sudo()
        lost = [n for n in self._secret_names() if n not in typed and channel_sudo[n]]
        if not before[1] and not lost and not self.moved_from:
            return  # first address of the channel
        channel_sudo.write(dict.fromkeys(lost, False))
        old, new = self._destination_text(before), self._destination_text(after)
        changed = self.env._("Address changed from %(old)s to %(new)s.", old=old, new=new)
        removed = lost and self.env._(
            "Credentials of the previous address were removed: %(fields)s.",
            fields=", ".join(self._adapter()._label_of(name) for name in lost),
        )
        text = sentences.join([changed, removed])
        self.env["oms.event"]._log(self, "channel.address", text, before=old, after=new)
        if self.state != "draft":
            channel_sudo._pause_moved(old, text)

    def _pause_moved(self, old, text):
        """Stop all automatic processing until a person confirms that the new address is the same
        store. No call is made, not even to remove webhooks.

        :param str old: the previous address
        :param str text: the change, for display
        """
        if self.state == "live":
            self._set_state("paused")
        self.write(
            {
                "moved_from": self.moved_from or old,
                "webhooks_state": "none",
                "webhooks_text": False,
                "webhooks_since": False,
            }
        )
        self._resolve_alert("webhooks", "unheard")
        count = len(self._dismiss_outbox(old))
        waiting = count and self.env._(
            "%(count)s messages to the previous address were not sent.",
            count=count,
        )
        self._raise_alert(
            "address",
            sentences.join([text, self.env._("The channel is paused."), waiting]),
            self.env._(
                "Enter the credentials with Change Connection and go live. Retry the failed "
                "messages of the outbox if the new address is the same store, otherwise dismiss "
                "them."
            ),
        )

    def _dismiss_outbox(self, old):
        """Mark pending outbound messages for a previous address as failed, so that they are not
        sent to another one.

        :param str old: the previous address
        :return: the messages, to be retried or dismissed by a person
        """
        messages = self.env["oms.channel.message"].sudo()
        messages = messages.search(
            Domain("channel_id", "=", self.id)
            & Domain("direction", "=", "out")
            & Domain("state", "=", "pending")
        )
        text = self.env._(
            "Not sent: the message was for %(old)s, and the address of the channel changed. "
            "Retry it if the new address is the same store.",
            old=old,
        )
        messages._set_state("failed", text)
        for topic, of_topic in messages.grouped("topic").items():
            topic_of(topic).failed(of_topic, is_certain=False)
        return messages
