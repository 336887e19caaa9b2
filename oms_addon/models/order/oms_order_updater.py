"""Updates of existing orders from the channel."""

from datetime import timedelta, timezone

from odoo import api, fields, models

from odoo.addons.oms_addon.documents.problems import HoldReason

#: number of days after shipment in which a parcel can be redirected
REDIRECT_DAYS = 30


class OmsOrderUpdater(models.AbstractModel):
    _name = "oms.order.updater"
    _description = "Order Updater"

    @api.model
    def _update(self, order, message, document):
        """Apply a newer version of an order. Older and equal versions are ignored, unless a poll
        finds other content under the same version.

        :param order: the existing order
        :param message: the inbox message
        :param document: ``OrderDocument``
        """
        message.write({"order_id": order.id, "order_ref": document.ref})
        if order.oms_erased_at:
            self._update_erased(order, message, document)
            return
        is_newer = document.is_newer_than(
            order.oms_version or None, self._aware(order.oms_updated_at)
        )
        if not is_newer and not self._is_silent_change(order, message, document):
            self._ignore(order, message, document)
            return
        if order.oms_is_recorded:
            self._update_recorded(order, message, document)
            return
        self._update_payment_method(order, document)
        reviver = self.env["oms.order.reviver"]
        if reviver._is_reopened(order, document) and not reviver._reopen(order, document):
            self._note_reopened(order, message, document)
            return
        self._apply(order, document)
        self._store_version(order, document)
        message._set_state("done", self.env._("Order updated."))
        self.env["oms.event"]._log(
            order, "order.updated", self.env._("Updated by the channel"), after=document.version
        )
        order._oms_run()

    @api.model
    def _apply(self, order, document):
        """Apply the content, payments, cancellations and refunds of a newer version, in the order
        in which they build on each other.
        """
        remainder = self.env["oms.order.remainder"]
        if self._is_content_news(order, document):
            # Before recording payments, which are compared with the amount due.
            self._update_content(order, document)
        elif document.status != "cancelled":
            remainder._cancel_missing(order, document)
            self._hold_for_late_change(order, document)
            self._check_late_address(order, document)
        charges = remainder._charges(order, document)
        self.env["oms.payment.collector"]._record([(order, charge) for charge in charges])
        if document.status == "cancelled":
            self.env["oms.order.reviver"]._withdraw(order)
            self.env["oms.order.canceller"]._cancel_whole(
                order, self.env._("Cancelled on the channel.")
            )
            remainder._apply_cancelled(order, document)
        else:
            self.env["oms.order.importer"]._apply_refunds([(order, document)])
            remainder._credit_less(order, document, charges)
            self.env["oms.order.signals"]._sync([(order, document)])
        self.env["oms.order.refund"]._hold_for_withdrawn(order, document)
        self._update_note(order, document)

    @api.model
    def _store_version(self, order, document):
        """Store the version of the last received document."""
        vals = self.env["oms.order.builder"]._prepare_version(document)
        # The digest describes the applied content, not the last received.
        vals.pop("oms_content_digest")
        order.write(vals)

    @api.model
    def _update_erased(self, order, message, document):
        """Record payments and refunds of an erased order; personal data is not imported again."""
        self.env["oms.payment.collector"]._record([(order, c) for c in document.charges])
        self.env["oms.order.importer"]._apply_refunds([(order, document)])
        message._set_state(
            "done", self.env._("The customer was erased: only payments and refunds were recorded.")
        )

    @api.model
    def _update_note(self, order, document):
        """Update the customer note; a document without a note does not change it."""
        note = self.env["oms.order.builder"]._note(document)
        if not note or note == order.oms_note:
            return
        self.env["oms.event"]._log(
            order,
            "order.note_changed",
            self.env._("Customer note changed"),
            before=order.oms_note or "",
            after=note,
        )
        order.oms_note = note

    @api.model
    def _note_reopened(self, order, message, document):
        """Record the version and charges of an order that stays cancelled until a user decides."""
        self.env["oms.payment.collector"]._record([(order, c) for c in document.charges])
        self._store_version(order, document)
        message._set_state("done", self.env._("On hold: reopened on the channel."))

    @api.model
    def _update_payment_method(self, order, document):
        """Update the payment method of an order, before its payments are assessed."""
        vals = self.env["oms.order.builder"]._prepare_payment(order.oms_channel_id, document)
        if any(order[name] != value for name, value in vals.items()):
            order.write(vals)

    @api.model
    def _is_content_news(self, order, document):
        """:return: whether lines and addresses may have changed: before shipment, or while an order
        shipped by the channel is still a draft in Odoo
        """
        if document.status in ("open", "pending"):
            return True
        return document.status != "cancelled" and order.state in ("draft", "sent")

    @api.model
    def _hold_for_late_change(self, order, document):
        """Hold a confirmed order whose lines changed on the channel after shipment."""
        if order.state != "sale":
            return
        difference = self.env["oms.order.difference"]
        reported = difference._product_lines(order, document)
        known = {*order.order_line.mapped("oms_line_ref"), *(order.oms_manual_qty or {})}
        has_new = any(l.ref not in known for l in document.lines if l.ref and l.kind == "product")
        found = difference._compare(order, document, reported)
        if (found is None or any(found) or has_new) and document.lines:
            self._hold_for_change(order, document)

    @api.model
    def _check_late_address(self, order, document):
        """Apply an address change of a shipped order while its parcel can still be redirected.

        Later it cannot be redirected, and channels remove personal data from old orders.
        """
        amender, shipping = self.env["oms.order.amender"], document.shipping
        if order.state != "sale" or not shipping or not shipping.street:
            return
        since = fields.Datetime.now() - timedelta(days=REDIRECT_DAYS)
        left = amender._under_way(order._oms_pickings())
        if left.filtered(lambda picking: picking.date_done >= since):
            amender._change_address(order, document)

    @api.model
    def _update_recorded(self, order, message, document):
        """Store the version of a record-only order without applying it."""
        order.write(self.env["oms.order.builder"]._prepare_version(document))
        message._set_state("done", self.env._("Recorded."))

    @api.model
    def _is_silent_change(self, order, message, document):
        """:return: whether a polled order has different content, refunds or status although its
        version and update time are unchanged, or differ by less than the channel's time resolution
        """
        if message.via not in ("gap", "poll"):
            return False
        known = order.oms_version or "", self._aware(order.oms_updated_at)
        at = document.updated_at
        if self.env["oms.order.refund"]._find_withdrawn(order, document):
            # A version that counts refunds decreases if one is deleted.
            return not at or at.replace(microsecond=0) >= (known[1] or at)
        if (document.version or "", at and at.replace(microsecond=0)) != known:
            return False
        refs = set(order.oms_refund_ids.mapped("ref")) | set(
            order.oms_refund_ids.mapped("echo_ref")
        )
        return (
            self.env["oms.order.builder"]._content_digest(document) != order.oms_content_digest
            or document.status != order.oms_channel_status
            or any(refund.ref not in refs for refund in document.refunds)
        )

    @api.model
    def _ignore(self, order, message, document):
        """Log an older or equal version; its charges are recorded nevertheless."""
        self.env["oms.payment.collector"]._record([(order, c) for c in document.charges])
        text = self.env._("The order in Odoo is already up to date.")
        message._set_state("ignored", text)
        self.env["oms.event"]._log(
            order, "order.stale", text, before=order.oms_version, after=document.version
        )

    @api.model
    def _aware(self, moment):
        """:return: a stored datetime as an aware one"""
        return moment.replace(tzinfo=timezone.utc) if moment else None

    @api.model
    def _update_content(self, order, document):
        """Update lines and addresses of an order, or hold it if it is too late."""
        builder = self.env["oms.order.builder"]
        if builder._content_digest(document) == order.oms_content_digest:
            order.oms_hold_ids.filtered(lambda h: h.reason_code == "ORDER_CHANGED")._close(
                self.env._("The order on the channel matches the order in Odoo.")
            )
            order.oms_deferred_qty = False
            return
        if order.state not in ("draft", "sent"):
            remainder = self.env["oms.order.remainder"]
            remainder._cancel_missing(order, document)
            if remainder._is_in_line(order, document):
                return
            if self.env["oms.order.amender"]._amend(order, document):
                order.write(
                    {
                        "oms_content_digest": builder._content_digest(document),
                        "oms_deferred_qty": False,
                    }
                )
                return
            self._hold_for_change(order, document)
            return
        if self._rebuild(order, document):
            order.oms_content_digest = builder._content_digest(document)

    @api.model
    def _hold_for_change(self, order, document):
        """Hold an order whose change on the channel a user has to review."""
        self.env["oms.order.difference"]._defer(order, document)
        self.env["oms.hold"]._open(
            order,
            [
                HoldReason(
                    code="ORDER_CHANGED",
                    message=self.env._(
                        "The order was changed on the channel after it was confirmed in Odoo. "
                        "Compare it with the received message, correct the order, then release "
                        "it."
                    ),
                )
            ],
        )
