"""What channels want known: the app was removed, a customer is to be forgotten."""

import base64
import hashlib

from odoo import api, models

from odoo.addons.oms_addon.tools.contact_keys import email_key, ref_key

#: what stands where a person's data stood
ERASED = "erased"
#: what is done only once the channel was asked whether it is true
CONFIRMED = ("disconnected", "erase_customer", "erase_shop")
PERSON_FIELDS = (
    "street",
    "street2",
    "city",
    "zip",
    "state_id",
    "phone",
    "email",
    "company_name",
    "vat",
    "oms_rejected_data",
    "comment",
    "website",
)


class OmsChannelNotice(models.AbstractModel):
    _name = "oms.channel.notice"
    _description = "Channel Notices"

    @api.model
    def _import_documents(self, channel, run):
        """Do what notices ask for.

        :param channel: the channel that sent them
        :param list run: pairs (message, ``NoticeDocument``)
        """
        asks = channel._adapter()._signs_bodies_only
        asked = [message for message, document in run if asks and document.kind in CONFIRMED]
        self.env["oms.channel.message"]._ask_back(channel, asked)
        for message, document in run:
            if message not in asked:
                message._set_state("done", self._take(channel, message, document))

    @api.model
    def _take(self, channel, message, document):
        """Do what one notice asks for.

        :return: what was done, in words
        """
        return getattr(self, f"_take_{document.kind}")(channel, message, document)

    @api.model
    def _take_disconnected(self, channel, message, document):
        """The channel was disconnected there: nothing can be told or asked any more."""
        channel._raise_alert(
            "credentials",
            document.message or self.env._("The channel was disconnected at its own end."),
            self.env._("Connect it again: install the app there, renew the access here."),
        )
        self.env["oms.channel.meter"]._record_failure(channel, at_once=True)
        return self.env._("The channel's page says it.")

    @api.model
    def _take_problem(self, channel, message, document):
        channel._raise_alert("notice", document.message, level="warning")
        return self.env._("The channel's page says it.")

    @api.model
    def _take_data_request(self, channel, message, document):
        """A customer wants to know what is kept of them: a person answers."""
        channel._tell_owner(
            self.env._("A customer asks for their data"),
            self.env._(
                "Customer %(customer)s, orders %(orders)s: send them what is kept of them.",
                customer=document.customer_email or document.customer_ref,
                orders=", ".join(document.order_refs) or "-",
            ),
        )
        return self.env._("The owner of the channel was told.")

    @api.model
    def _take_erase_shop(self, channel, message, document):
        channel._tell_owner(
            self.env._("The channel asks to erase its data"),
            self.env._(
                "Archive the channel when its orders are closed; the books have to be kept."
            ),
        )
        return self.env._("The owner of the channel was told.")

    # === ERASING A CUSTOMER === #

    @api.model
    def _take_erase_customer(self, channel, message, document):
        """Forget a person; what was sold, invoiced and paid stays as it is.

        Who still waits for goods is forgotten later: somebody is told.
        """
        partners = self._partners_of(channel, document)
        orders = self.env["sale.order"].search(
            [("partner_id", "in", partners.ids), ("oms_channel_id", "!=", False)]
        )
        still_open = orders.filtered(lambda o: o.oms_status not in ("done", "cancelled"))
        if still_open:
            channel._tell_owner(
                self.env._("A customer wants to be forgotten"),
                self.env._(
                    "Orders %(orders)s are still open: retry the message when they are closed.",
                    orders=", ".join(still_open.mapped("oms_order_number")),
                ),
            )
            return self.env._("Waits until the customer's orders are closed: retry it then.")
        self._erase_partners(partners)
        self._erase_messages(channel, orders)
        self.env["oms.event"]._log(orders, "customer.erased", self.env._("Customer forgotten"))
        return self.env._("%(count)s addresses forgotten.", count=len(partners))

    @api.model
    def _partners_of(self, channel, document):
        """:return: the person a document means, with all their addresses: by the channel's id;
        the e-mail address, which anybody may have typed there, counts where that is unknown
        """
        keys = [
            (channel.id, "channel", ref_key(document.customer_ref)),
            (None, "email", email_key(document.customer_email)),
        ]
        found = self.env["oms.customer.key"]._find(
            channel.company_id, [key for key in keys if key[2]]
        )
        mains = next((found[key] for key in keys if key in found), self.env["res.partner"])
        return self.env["res.partner"].search([("id", "child_of", mains.ids)])

    @api.model
    def _erase_partners(self, partners):
        """Make partners nobody's, and what they were known by unknown."""
        self.env["oms.customer.key"].search([("partner_id", "in", partners.ids)]).unlink()
        for partner in partners:
            partner.write(
                {
                    **dict.fromkeys(PERSON_FIELDS, False),
                    "name": self.env._("Erased customer %(id)s", id=partner.id),
                    "oms_address_key": False,
                }
            )
        partners.sorted(lambda p: -p.id).action_archive()

    @api.model
    def _erase_messages(self, channel, orders):
        """Blank what the channel sent of these orders; that it sent it stays known."""
        blank = b'{"schema": "%s"}' % ERASED.encode()
        self.env["oms.channel.message"].search(
            [
                ("channel_id", "=", channel.id),
                ("order_ref", "in", orders.mapped("oms_order_ref")),
                ("state", "in", ("done", "ignored")),
            ]
        ).write({"payload": base64.b64encode(blank), "digest": hashlib.sha256(blank).hexdigest()})
        orders.write({"oms_note": False})
