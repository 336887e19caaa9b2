"""Import of documents as sales orders, in bulk."""

from odoo import api, models

from odoo.addons.oms_addon.documents.channel import ListingDocument, NoticeDocument, OrderRequest
from odoo.addons.oms_addon.documents.order import (
    CancellationDocument,
    OrderDocument,
    PaymentDocument,
    RefundDocument,
)
from odoo.addons.oms_addon.documents.tracking import TrackingDocument


class OmsOrderImporter(models.AbstractModel):
    _name = "oms.order.importer"
    _description = "Order Importer"

    @api.model
    def _handlers(self):
        """:return: the handler by document class, called with (channel, run)"""
        return {
            OrderDocument: self._import_orders,
            CancellationDocument: self.env["oms.order.canceller"]._import_cancellations,
            PaymentDocument: self.env["oms.order.updater"]._import_payments,
            RefundDocument: self.env["oms.order.updater"]._import_refunds,
            OrderRequest: self.env["oms.channel.message"]._request_orders,
            ListingDocument: self.env["oms.channel.listing"]._import_documents,
            NoticeDocument: self.env["oms.channel.notice"]._import_documents,
            TrackingDocument: self.env["oms.tracking"]._import_documents,
        }

    @api.model
    def _import(self, channel, run):
        """Apply documents of one kind.

        :param channel: the channel that sent them
        :param list run: pairs (message, document), oldest first
        """
        importer = self.with_context(
            tracking_disable=True, mail_notrack=True, mail_activity_automation_skip=True
        )
        importer._handlers()[type(run[0][1])](
            channel.with_env(importer.env), [(m.with_env(importer.env), d) for m, d in run]
        )

    # === ORDERS === #

    @api.model
    def _import_orders(self, channel, run):
        """Create new orders and update existing ones.

        Several versions of one order in a run are applied one after another.
        """
        while run:
            now, later, refs = [], [], set()
            for message, document in run:
                (later if document.ref in refs else now).append((message, document))
                refs.add(document.ref)
            self._import_once(channel, now, refs)
            run = later

    @api.model
    def _import_once(self, channel, run, refs):
        """Import documents of different orders."""
        existing = {
            order.oms_order_ref: order
            for order in self.env["sale.order"].search(
                [("oms_channel_id", "=", channel.id), ("oms_order_ref", "in", list(refs))]
            )
        }
        self._create_orders(channel, [pair for pair in run if pair[1].ref not in existing])
        self._retry_waiting(channel, run, existing)
        updater = self.env["oms.order.updater"]
        for message, document in run:
            if document.ref in existing:
                updater._update(existing[document.ref], message, document)

    @api.model
    def _retry_waiting(self, channel, run, existing):
        """Retry messages on hold of orders that exist now.

        :param existing: the ids of orders on the channel that existed before this run
        """
        created = {message.order_ref for message, _document in run if message.state == "done"}
        if refs := [*existing, *created]:
            messages = self.env["oms.channel.message"].union(*self._waiting(channel, refs).values())
            messages -= messages.browse().concat(*(message for message, _document in run))
            messages._requeue(self.env._("The order was received."), keep_holds=True)

    @api.model
    def _create_orders(self, channel, run):
        """Create orders from documents; those with problems are put on hold.

        :param list run: pairs (message, document) of different orders
        """
        if not run:
            return
        builder = self.env["oms.order.builder"]
        known = builder._find_referenced(channel, [document for _message, document in run])
        ready = []
        parked = []
        for message, document in run:
            problems = builder._problems(channel, document, known, message.partner_id)
            if problems:
                parked.append((message, document, problems))
            else:
                ready.append((message, document))
        self._park_orders(channel, parked)
        if not ready:
            return
        documents = [document for _message, document in ready]
        accounts = {}
        partners = self.env["oms.customer.matcher"]._match(
            channel,
            documents,
            [message.partner_id for message, _document in ready],
            accounts,
            is_confirmed=True,
        )
        orders = self.env["sale.order"].create(
            [
                {
                    **builder._prepare_order(channel, document, of_document, known),
                    **builder._prepare_old(channel, message, document, known),
                }
                for (message, document), of_document in zip(ready, partners, strict=True)
            ]
        )
        self._complete(channel, orders, ready, known)
        if accounts:
            splitter = self.env["oms.customer.splitter"]
            self._open_proofs(
                [
                    (order, splitter._account_problem(accounts[document.ref]))
                    for order, document in zip(orders, documents, strict=True)
                    if document.ref in accounts
                ]
            )

    @api.model
    def _complete(self, channel, orders, run, known):
        """Check new orders, record their charges and apply documents received before them.

        :param list run: pairs (message, document), in the order of ``orders``
        """
        pairs = [(order, document) for order, (_message, document) in zip(orders, run, strict=True)]
        self._log_captured(channel, orders)
        self._open_proofs(
            [
                (order, problem)
                for order, document in pairs
                for problem in self._prove(channel, order, document, known)
            ]
        )
        self._record_charges(pairs)
        self.env["oms.order.signals"]._sync(pairs)
        self.env["oms.order.duplicate"]._hold_duplicates(channel, orders)
        orders.filtered(
            lambda o: o.oms_is_recorded and o.oms_channel_status != "cancelled"
        )._oms_record()
        self._link_messages(orders, run)
        self._cancel_cancelled(pairs)
        self._apply_refunds(pairs)
        messages = self.env["oms.channel.message"].concat(*[message for message, _document in run])
        messages._set_state("done", self.env._("Order captured."))
        self._apply_earlier(channel, orders, [document for _message, document in run])
        self.env["oms.order.flow"]._wake({"screen"})

    @api.model
    def _log_captured(self, channel, orders):
        """Append to the audit trail that orders were captured."""
        self.env["oms.event"]._log(
            orders,
            "order.captured",
            {
                order.id: self.env._(
                    "Captured from %(channel)s as %(number)s",
                    channel=channel.name,
                    number=order.oms_order_number,
                )
                for order in orders
            },
        )

    @api.model
    def _record_charges(self, pairs):
        """Record the charges of new orders, except those that are record-only."""
        self.env["oms.payment.collector"]._record(
            [
                (order, charge)
                for order, document in pairs
                if not order.oms_is_recorded
                for charge in document.charges
            ]
        )

    @api.model
    def _link_messages(self, orders, run):
        """Link each message to its order."""
        for order, (message, document) in zip(orders, run, strict=True):
            message.order_ref = document.ref
            message.order_id = order

    @api.model
    def _cancel_cancelled(self, pairs):
        """Cancel new orders that are already cancelled on their channel."""
        for order, document in pairs:
            if document.status == "cancelled":
                self.env["oms.order.canceller"]._cancel_whole(
                    order, self.env._("Cancelled on the channel.")
                )

    @api.model
    def _apply_refunds(self, pairs):
        """Apply the refunds of documents, except of cancelled and record-only orders.

        :param list pairs: tuples (``sale.order``, ``OrderDocument``)
        """
        self.env["oms.order.refund"]._apply(
            [
                (order, refund)
                for order, document in pairs
                if order.state != "cancel" and not order.oms_is_recorded
                for refund in document.refunds
            ]
        )

    # === EARLIER MESSAGES === #

    @api.model
    def _apply_earlier(self, channel, orders, documents):
        """Apply cancellations, payments and refunds that were received before their order.

        Cancellations without an order reference are also retried for customers with a new order.
        """
        parked = self.env["oms.channel.message"].search(
            [
                ("channel_id", "=", channel.id),
                ("direction", "=", "in"),
                ("state", "=", "parked"),
                "|",
                "&",
                ("waits_for", "=", "order"),
                ("order_ref", "in", orders.mapped("oms_order_ref")),
                "&",
                ("waits_for", "=", "customer"),
                ("customer_ref", "in", [d.customer.ref for d in documents if d.customer.ref]),
            ],
            order="id",
        )
        if not parked:
            return
        parked._requeue(self.env._("The order was received."))
        parsed = [(message, message._parse(channel)) for message in parked]
        for message, document in parsed:
            if isinstance(document, CancellationDocument | PaymentDocument | RefundDocument):
                self._handlers()[type(document)](channel, [(message, document)])
