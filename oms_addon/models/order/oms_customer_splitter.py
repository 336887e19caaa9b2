"""Splitting of orders that were matched to the wrong customer."""

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.oms_addon.documents.order import Customer, OrderDocument
from odoo.addons.oms_addon.documents.problems import HoldReason
from odoo.addons.oms_addon.tools.sealed_context import sealed

#: maximum number of remaining orders whose keys are read, latest first
MAX_ASKED = 500
#: fields that keep their value when the customer of an order changes
AGREED = (
    "fiscal_position_id",
    "note",
    "payment_term_id",
    "pricelist_id",
    "team_id",
    "user_id",
    "warehouse_id",
)


class OmsCustomerSplitter(models.AbstractModel):
    _name = "oms.customer.splitter"
    _description = "Customer Splitter"

    @api.model
    def _split(self, orders, vals):
        """Move orders of a customer to a new customer, with their keys.

        Open deliveries and draft invoices are moved as well; shipped deliveries and posted
        invoices are not changed.

        :param orders: some of the ``sale.order`` records of one customer
        :param dict vals: ``name``, ``email`` and ``phone`` of the new customer
        :return: the new ``res.partner``
        :raise UserError: if the customer would have no order left
        """
        old = orders.partner_id.ensure_one()
        staying = orders.search(
            [("partner_id", "=", old.id), ("id", "not in", orders.ids)],
            order="id desc",
            limit=MAX_ASKED,
        )
        if not staying:
            raise UserError(
                self.env._(
                    "All orders of %(customer)s are selected. Rename the customer instead.",
                    customer=old.display_name,
                )
            )
        new = self._create_customer(orders, old, vals)
        self._move_keys(orders, staying, old, new)
        self._move_orders(orders, self._move_contacts(orders, staying, old, new), new)
        self._log(orders, old, new)
        return new

    # === USER ACCOUNTS === #

    @api.model
    def _account_problem(self, account):
        """:param account: the ``res.partner`` of a user who has the e-mail address of an order
        :return: the problem for ``oms.hold._open``
        """
        return HoldReason(
            code="CUSTOMER_ACCOUNT",
            message=self.env._(
                "The order has the email address of %(contact)s, who has a user account. A new "
                "customer was created for it.",
                contact=account.display_name,
            ),
            candidate=account,
        )

    @api.model
    def _join_account(self, order, account):
        """Merge the customer created for an order, with its orders and keys, into the contact
        selected by a user.

        :param order: the ``sale.order``
        :param account: the ``res.partner``
        :raise UserError: if the order's customer was changed meanwhile
        """
        old = order.partner_id
        if old == account:
            return
        # Created in the same transaction as the order: a customer who has no other orders.
        if old.create_date != order.create_date:
            raise UserError(
                self.env._(
                    "The customer of %(order)s has already been changed. Change it on the order.",
                    order=order.display_name,
                )
            )
        orders = order.search([("partner_id", "=", old.id)])
        self._move_orders(orders, self._move_contacts(orders, orders[:0], old, account), account)
        keys_sudo = self.env["oms.customer.key"].sudo().search([("partner_id", "=", old.id)])
        keys_sudo.write({"partner_id": account.id, "is_confirmed": True})
        old.sudo().active = False
        self.env["oms.event"]._log(
            orders,
            "order.customer_changed",
            self.env._("Customer set by %(user)s", user=self.env.user.name),
            before=old.display_name,
            after=account.display_name,
        )

    @api.model
    def _create_customer(self, orders, old, vals):
        """:return: the new customer, with the address of the latest order"""
        order = orders.sorted("id")[-1:]
        places = [order.partner_invoice_id, order.partner_shipping_id]
        place = next((p for p in places if p != old and not p.is_company), old)
        address = {
            name: place[name].id if name.endswith("_id") else place[name]
            for name in ("street", "street2", "city", "zip", "state_id", "country_id")
        }
        values = {
            **address,
            **vals,
            "company_id": old.company_id.id,
            "lang": old.lang,
            "customer_rank": 1,
        }
        [new] = self.env["oms.customer.creator"]._create([values], old.browse())
        return new

    # === KEYS === #

    @api.model
    def _last_documents(self, orders):
        """:return: the last received document by order, without those that are erased or cannot
        be parsed
        :rtype: dict
        """
        found = {}
        for message in orders.oms_message_ids.filtered(lambda m: m.direction == "in").sorted("id"):
            channel = message.channel_id
            try:
                document = channel._adapter()._read(channel, message.topic, message._raw_payload())
            except Exception:  # noqa: BLE001, S112 - its own job has reported the error
                continue
            if isinstance(document, OrderDocument):
                found[message.order_id] = document
        return found

    @api.model
    def _get_document_keys(self, orders):
        """:return: all customer keys in the documents of orders"""
        matcher = self.env["oms.customer.matcher"]
        return {
            key
            for order, document in self._last_documents(orders).items()
            for key in matcher._get_keys(
                order.oms_channel_id,
                document.customer,
                document.billing.country or document.shipping.country,
            )
        }

    @api.model
    def _move_keys(self, orders, staying, old, new):
        """Move the keys that only the split orders have to the new customer. A phone number that
        both have is deleted.
        """
        theirs, others = self._get_document_keys(orders), self._get_document_keys(staying)
        matcher = self.env["oms.customer.matcher"]
        company = orders.company_id[:1]
        for vals in ({"email": new.email or ""}, {"phone": new.phone or ""}):
            customer = Customer(**vals)
            theirs |= set(
                matcher._get_keys(orders.oms_channel_id[:1], customer, new.country_id.code)
            )
        rows = self.env["oms.customer.key"].sudo().search([("partner_id", "=", old.id)])
        for row in rows:
            key = (row.channel_id.id or None, row.kind, row.key)
            if key in theirs and (key not in others or key[1] == "phone"):
                row.unlink()
        self.env["oms.customer.key"]._remember(
            company, [(key, new.id) for key in sorted(theirs - others, key=str)]
        )

    # === RECORDS === #

    @api.model
    def _move_contacts(self, orders, staying, old, new):
        """Move the addresses of orders to the new customer; those that other orders use are
        copied.

        :return: the new contact by former contact
        :rtype: dict
        """
        used = orders.partner_invoice_id | orders.partner_shipping_id
        kept = staying.partner_invoice_id | staying.partner_shipping_id | old
        places = {}
        for partner in used:
            if partner == old:
                places[partner] = new
            elif partner in kept or partner.parent_id != old:
                places[partner] = partner.copy(
                    {"parent_id": new.id, "name": partner.name, "oms_address_key": False}
                )
            else:
                partner.write({"parent_id": new.id, "oms_address_key": False})
                places[partner] = partner
        if old in used and new._display_address(True) != old._display_address(True):
            places[old] = old.copy(
                {
                    "parent_id": new.id,
                    "name": new.name,
                    "type": "other",
                    "email": new.email,
                    "phone": new.phone,
                    "vat": False,
                    "is_company": False,
                }
            )
        return places

    @api.model
    def _move_orders(self, orders, places, new):
        """Set the customer of orders, their open deliveries and draft invoices."""
        self.env["oms.shared.delivery"]._split_off(orders, self.env._("order of another customer"))
        protected = [orders._fields[name] for name in AGREED]
        with self.env.protecting(protected, orders):
            for order in orders:
                order.with_context(**sealed(redirecting=True)).write(
                    {
                        "partner_id": new.id,
                        "partner_invoice_id": places[order.partner_invoice_id].id,
                        "partner_shipping_id": places[order.partner_shipping_id].id,
                    }
                )
            self.env.flush_all()
        for picking in orders._oms_pickings()._oms_todo():
            picking.partner_id = places.get(picking.partner_id, picking.partner_id)
        for invoice in orders.invoice_ids.filtered(lambda move: move.state == "draft"):
            invoice.partner_id = places.get(invoice.partner_id, new)
        orders.sudo().transaction_ids.write({"partner_id": new.id})
        self._close_to(orders, places)

    @api.model
    def _close_to(self, orders, places):
        """Revoke the former customer's access to orders, deliveries and invoices: followers are
        removed and access tokens reset.

        :param dict places: the new contact by former contact
        """
        former = self.env["res.partner"].union(*places).commercial_partner_id
        former -= self.env["res.partner"].union(*places.values()).commercial_partner_id
        for records in (orders, orders.picking_ids, orders.invoice_ids):
            records_sudo = records.sudo()
            followers = records_sudo.message_follower_ids.partner_id
            records_sudo.message_unsubscribe(
                followers.filtered(lambda p: p.commercial_partner_id in former).ids
            )
            if "access_token" in records_sudo._fields:
                records_sudo.access_token = False

    @api.model
    def _log(self, orders, old, new):
        """Log the split on the orders and in the chatter of both customers."""
        self.env["oms.event"]._log(
            orders,
            "order.customer_changed",
            self.env._("Customer split by %(user)s", user=self.env.user.name),
            before=old.display_name,
            after=new.display_name,
        )
        names = ", ".join(orders.mapped("name"))
        old.message_post(
            body=self.env._(
                "Orders %(orders)s were moved to the new customer %(customer)s.",
                orders=names,
                customer=new.display_name,
            )
        )
        new.message_post(
            body=self.env._(
                "Split from %(customer)s with orders %(orders)s.",
                orders=names,
                customer=old.display_name,
            )
        )
