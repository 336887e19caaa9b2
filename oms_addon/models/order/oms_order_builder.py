"""Values of sales orders from documents, in bulk."""

from odoo import api, fields, models
from odoo.fields import Command

from odoo.addons.oms_addon.models.listing.oms_channel_listing_resolve import Part
from odoo.addons.oms_addon.tools.marketplace_refs import marketplace_refs

from .lookups import Lookups

#: orders placed more than this many days before the channel went live are history
START_DAYS = 1


class OmsOrderBuilder(models.AbstractModel):
    _name = "oms.order.builder"
    _description = "Order Builder"

    # === PROBLEMS === #

    @api.model
    def _find_referenced(self, channel, documents):
        """Look up the records referenced by a batch of documents.

        :param documents: ``OrderDocument`` list of the channel
        :rtype: Lookups
        """
        lines = [line for document in documents for line in document.lines]
        goods = [line for line in lines if line.kind == "product"]
        pricelists = {
            code: channel._get_pricelist(code) for code in {d.currency for d in documents}
        }
        currencies = self.env["res.currency"].union(*(p.currency_id for p in pricelists.values()))
        return Lookups(
            goods=self.env["oms.channel.listing"]._resolve_lines(channel, goods),
            taxes=self._find_taxes(channel),
            pricelists=pricelists,
            rates=self.env["oms.exchange.rates"]._dates(channel.company_id, currencies),
            services=self._services(channel.company_id),
            locations={location.ref: location for location in channel.location_ids},
            currencies={
                currency.name: currency.id
                for currency in self.env["res.currency"].search(
                    [("name", "in", [d.settlement_currency for d in documents])]
                )
            },
            carriers={
                mapping.key.casefold(): mapping.carrier_id
                for mapping in channel.mapping_ids
                if mapping.kind == "carrier"
            },
        )

    @api.model
    def _services(self, company):
        """:return: the service product by kind of line other than product"""
        return {
            kind: self.env.ref(f"oms_addon.product_{kind}")
            for kind in ("shipping", "fee", "discount", "gift_card", "tip", "rounding")
        }

    # === VALUES === #

    @api.model
    def _parts(self, line, known):
        """:return: the ``Part`` tuple of a line: the products in one channel unit; ``None`` if its
        SKU is unknown
        """
        if line.kind != "product":
            return (Part(known.services[line.kind], 1.0),)
        key = self.env["oms.channel.listing"]._get_identifiers(line)
        return known.goods.get(key) or (known.lines or {}).get(line.ref)

    @api.model
    def _known_parts(self, order):
        """Find the products of order lines, for later versions that no longer name them because
        they were deleted on the channel.

        :return: ``Part`` tuples by the channel's line id
        :rtype: dict
        """
        lines = order.order_line.filtered(lambda l: l.oms_kind == "product" and l.oms_line_ref)
        return {
            of_line[0].oms_line_ref: tuple(
                Part(line.product_id, line.oms_piece_units or 1.0, line.price_subtotal)
                for line in of_line
            )
            for of_line in lines._oms_channel_lines()
        }

    @api.model
    def _is_known_line(self, document, problem, known):
        """:return: whether MISSING_SKU is solved because the order already has all those lines"""
        unnamed = [
            line
            for line in document.lines
            if line.kind == "product"
            and not self.env["oms.channel.listing"]._get_identifiers(line)[0]
        ]
        return (
            problem.code == "MISSING_SKU"
            and known.lines is not None
            and all(line.ref in known.lines for line in unnamed)
        )

    @api.model
    def _prepare_order(self, channel, document, partners, known):
        """:return: the values of the sales order of a document

        All computed fields are set, so that creating orders in bulk runs no extra queries.
        """
        customer, billing, shipping = partners
        location = known.locations.get(document.location_ref)
        warehouse = (location and location.warehouse_ids[:1]) or channel._get_warehouses()[:1]
        carrier = known.carriers.get(document.shipping_method.casefold(), channel.carrier_id)
        placed_at = self._naive(document.placed_at)
        return {
            "partner_id": customer.id,
            "partner_invoice_id": billing.id,
            "partner_shipping_id": shipping.id,
            "company_id": channel.company_id.id,
            "warehouse_id": warehouse.id,
            "team_id": channel.team_id.id or False,
            "user_id": channel.user_id.id or False,
            "pricelist_id": known.pricelists[document.currency].id,
            "fiscal_position_id": False,
            "payment_term_id": False,
            "picking_policy": channel.picking_policy,
            "carrier_id": carrier.id or False,
            "client_order_ref": document.number or document.ref,
            "origin": channel.name,
            "date_order": placed_at,
            "require_signature": False,
            "require_payment": False,
            "oms_channel_id": channel.id,
            "oms_order_ref": document.ref,
            "oms_order_number": document.number or document.ref,
            "oms_placed_at": placed_at,
            "oms_source_zone": document.source_zone,
            "oms_tax_number": self.env["oms.customer.address"]._buyer(document)[1] or False,
            "oms_address_digest": self.env["oms.customer.address"]._digest(document),
            "oms_note": self._note(document),
            "oms_shipping_method": document.shipping_method or False,
            "oms_cart_ref": document.extra.get("cart_ref") or False,
            "oms_foreign_ref": next(iter(marketplace_refs(document)), False),
            "oms_location_id": location.id if location else False,
            "oms_by_channel": document.fulfilled_by == "channel",
            **self._prepare_terms(document, known),
            **self._prepare_payment(channel, document),
            "oms_step": "screen",
            "oms_cursor": "screen",
            "oms_status": "running",
            "oms_captured_at": fields.Datetime.now(),
            "order_line": [
                Command.create(vals) for vals in self._prepare_lines(channel, document, known)
            ],
            **self._prepare_version(document),
        }

    @api.model
    def _note(self, document):
        """:return: the customer's note and gift message; ``False`` if there is none"""
        return "\n".join(filter(None, (document.note, document.gift_message))) or False

    @api.model
    def _prepare_old(self, channel, message, document, known):
        """Prepare the values of an order that is history or was shipped before its import.

        :param message: the inbox message
        :param known: the return value of ``_find_referenced``
        :return: values of the order
        :rtype: dict
        """
        past = ("shipped", "delivered", "cancelled")
        if message.via == "backfill" and channel.backfill_policy != "new":
            is_recorded = channel.backfill_policy == "record" or document.status in past
            return {"oms_is_recorded": is_recorded}
        is_older = self._is_placed_before(document, channel.live_at)
        if channel.start_policy == "record" and is_older:
            return {"oms_is_recorded": True}
        if document.status not in ("shipped", "delivered") or document.fulfilled_by != "merchant":
            return {}
        is_history = self._is_history(channel, document)
        if not self._has_items(document, known):
            # Nothing to ship: a regular sale, unless it is an old order found by polling.
            return {"oms_is_recorded": is_history and message.via == "poll"}
        if channel.completed_policy == "record" or is_history:
            return {"oms_is_recorded": True}
        # Already shipped: reduce the stock, but create no delivery to process.
        return {"oms_by_channel": True}

    @api.model
    def _is_history(self, channel, document):
        """:return: whether an order was placed over ``START_DAYS`` before its channel went live"""
        since = channel.live_at or channel.create_date
        return self._is_placed_before(document, fields.Datetime.subtract(since, days=START_DAYS))

    @api.model
    def _is_placed_before(self, document, moment):
        return bool(moment) and self._naive(document.placed_at) < moment

    @api.model
    def _has_items(self, document, known):
        """:return: whether an order contains items to ship"""
        return any(
            part.product.type == "consu"
            for line in document.lines
            if line.kind == "product"
            for part in self._parts(line, known) or ()
        )

    @api.model
    def _prepare_terms(self, document, known):
        """:return: values for dates, risk, pickup point and settlement of a document"""
        available = [line.available_at for line in document.lines if line.available_at]
        available_at = self._naive(max(available)) if available else False
        return {
            "oms_risk": document.risk or False,
            "oms_ship_by": self._naive(document.ship_by),
            "oms_deliver_by": self._naive(document.deliver_by),
            "oms_pickup_point": document.pickup_point or False,
            "oms_available_at": available_at,
            "commitment_date": available_at,
            "oms_settlement_currency_id": known.currencies.get(document.settlement_currency),
            "oms_settlement_total": float(document.settlement_total or 0),
        }

    @api.model
    def _prepare_payment(self, channel, document):
        """:return: values for the payment method; empty if the document has none"""
        method = document.paid_by
        if not method:
            return {}
        return channel._prepare_payment_method(method, document.payment_name)

    @api.model
    def _prepare_version(self, document):
        """:return: values that describe the received version of an order"""
        return {
            "oms_version": document.version or False,
            "oms_updated_at": self._naive(document.updated_at),
            "oms_channel_status": document.status,
            "oms_channel_total": float(document.total or 0),
            "oms_has_channel_total": document.total is not None,
            "oms_content_digest": self._content_digest(document),
        }

    @api.model
    def _content_digest(self, document):
        """:return: a digest of lines, addresses and total, excluding the status"""
        content = document.to_dict()
        for line in content["lines"]:
            # Optional details, missing in some messages, that do not change the order.
            for name in ("available_at", "shipped", "shipped_from", "listing_ref", "parent_ref"):
                line.pop(name)
            # Nor do name and type of a tax on the channel.
            for tax in line["taxes"] or ():
                del tax["ref"], tax["compound"]
        for address in (content["shipping"], content["billing"]):
            if address:
                address.pop("state_name", None)
        return self.env["oms.event"]._digest_of(
            [content.get(key) for key in ("lines", "shipping", "billing", "total", "currency")]
        )

    @api.model
    def _naive(self, moment):
        """:return: an aware datetime as stored by Odoo: UTC without time zone"""
        return moment.replace(tzinfo=None, microsecond=0) if moment else False
