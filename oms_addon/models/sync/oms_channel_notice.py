"""Notices from channels, such as disconnection or the erasure of a customer."""

from odoo import api, models

from odoo.addons.oms_addon.tools.contact_keys import email_key

#: kinds of notices applied only after the channel confirmed them
CONFIRMED = ("disconnected", "erase_customer", "erase_shop")


class OmsChannelNotice(models.AbstractModel):
    _name = "oms.channel.notice"
    _description = "Channel Notice"

    @api.model
    def _import_documents(self, channel, run):
        """Process notices.

        :param channel: the channel that sent them
        :param list run: pairs (message, ``NoticeDocument``)
        """
        asks = channel._adapter()._signs_bodies_only
        asked = [message for message, document in run if asks and document.kind in CONFIRMED]
        self.env["oms.channel.message"]._request_confirmation(channel, asked)
        for message, document in run:
            if message not in asked:
                message._set_state("done", self._apply(channel, message, document))

    @api.model
    def _apply(self, channel, message, document):
        """Process one notice.

        :return: the result for display
        """
        return getattr(self, f"_apply_{document.kind}")(channel, message, document)

    @api.model
    def _apply_disconnected(self, channel, message, document):
        """Raise an alert and stop all calls: the app was disconnected on the channel."""
        channel._raise_alert(
            "credentials",
            document.message or self.env._("The channel was disconnected by the store."),
            self.env._(
                "Connect it again: install the app in the store, then renew the access in Odoo."
            ),
        )
        self.env["oms.channel.meter"]._record_failure(channel, at_once=True)
        return self.env._("Reported by the channel.")

    @api.model
    def _apply_problem(self, channel, message, document):
        channel._raise_alert("notice", document.message, level="warning")
        return self.env._("Reported by the channel.")

    @api.model
    def _apply_data_request(self, channel, message, document):
        """Notify the owner of a customer's data request, to be answered with the export."""
        partner, orders = self.env["oms.privacy"]._partners_of_notice(channel, document)
        message.partner_id = partner
        customer = document.customer_email or document.customer_ref
        refs = ", ".join(document.order_refs) or "-"
        if partner or orders:
            note = self.env._(
                "Customer %(customer)s, orders %(orders)s: open contact %(contact)s, choose "
                "Actions > Personal Data, export the data and send it to the customer.",
                customer=customer,
                orders=refs,
                contact=(partner or orders.partner_id)[:1].display_name,
            )
        else:
            note = self.env._(
                "Customer %(customer)s, orders %(orders)s: no data is stored. Inform the customer.",
                customer=customer,
                orders=refs,
            )
        channel._notify_owner(self.env._("Data request from a customer"), note)
        return self.env._("The responsible user of the channel was notified.")

    @api.model
    def _apply_erase_shop(self, channel, message, document):
        channel._notify_owner(
            self.env._("The channel requested the erasure of its data"),
            self.env._(
                "Pause the channel, then choose Actions > Erase Customers. Customers with open "
                "orders are erased once those are closed; invoices are kept."
            ),
        )
        return self.env._("The responsible user of the channel was notified.")

    # === ERASING A CUSTOMER === #

    @api.model
    def _apply_erase_customer(self, channel, message, document):
        """Erase a person's data; sales, invoices and payments remain.

        Erasure is postponed while orders are open, and the owner is notified of anything that could
        not be erased.
        """
        privacy = self.env["oms.privacy"]
        partner, orders = privacy._partners_of_notice(channel, document)
        person = privacy._person(
            partner, channel.company_id, orders, channel, document.customer_email
        )
        person.records["oms.channel.message"] -= message
        account = self._account_of(channel, document, person)
        obstacle = privacy._obstacle(person)
        if obstacle:
            if not message.erase_waits:
                message.erase_waits = True
                channel._notify_owner(
                    self.env._("Erasure request from a customer"),
                    self.env._("%(obstacle)s The erasure is retried every day.", obstacle=obstacle),
                )
            return self.env._("Waiting for the customer's orders to be closed.")
        outcome = privacy._erase(person)
        left = [*outcome.left, *account]
        if left:
            channel._notify_owner(self.env._("Customer partly erased"), "\n".join(left))
        message._erase(person.values)
        return self.env._(
            "%(count)s contacts and %(orders)s orders erased.",
            count=len(person.records["res.partner"]),
            orders=len(person.orders),
        )

    @api.model
    def _account_of(self, channel, document, person):
        """:return: instructions for contacts with a user account that match by e-mail address only,
            which is no proof of identity
        :rtype: list[str]
        """
        email = email_key(document.customer_email)
        if person.contacts or not email:
            return []
        accounts = self.env["res.partner"].search([("email_normalized", "=", email)])
        return [
            self.env._(
                "Contact %(contact)s has the same email address and a user account, so it was "
                "not erased. If it is the same person, remove the portal access, then open the "
                "contact and choose Actions > Personal Data.",
                contact=contact.display_name,
            )
            for contact in accounts._oms_with_user()
        ]
