"""From documents to the values of sales orders, in bulk and exact."""

from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from odoo import api, fields, models
from odoo.fields import Command

from odoo.addons.oms_addon.documents.order import address_problems
from odoo.addons.oms_addon.models.listing.oms_channel_listing import Part
from odoo.addons.oms_addon.tools.bundles import split
from odoo.addons.oms_addon.tools.marketplace_refs import marketplace_refs

CENT = Decimal("0.01")
#: an order placed so many days before its channel went live is history
START_DAYS = 1


class OmsOrderBuilder(models.AbstractModel):
    _name = "oms.order.builder"
    _description = "Order Builder"

    # === PROBLEMS === #

    @api.model
    def _look_up(self, channel, documents):
        """Resolve, for a batch, everything documents only name.

        :param documents: ``OrderDocument`` list of the channel
        :return: ``goods``: ``Part`` tuples by what lines name them, see
            ``oms.channel.listing`` ``_line_key``; ``taxes``: a ``TaxBook``; ``pricelists`` by
            currency code; ``services`` by line kind
        :rtype: dict
        """
        lines = [line for document in documents for line in document.lines]
        goods = [line for line in lines if line.kind == "product"]
        pricelists = {
            code: channel._get_pricelist(code) for code in {d.currency for d in documents}
        }
        currencies = self.env["res.currency"].union(*(p.currency_id for p in pricelists.values()))
        return {
            "goods": self.env["oms.channel.listing"]._resolve_lines(channel, goods),
            "taxes": self._find_taxes(channel),
            "pricelists": pricelists,
            "rates": self.env["oms.exchange.rates"]._dates(channel.company_id, currencies),
            "services": self._services(channel.company_id),
            "locations": {location.ref: location for location in channel.location_ids},
            "currencies": {
                currency.name: currency.id
                for currency in self.env["res.currency"].search(
                    [("name", "in", [d.settlement_currency for d in documents])]
                )
            },
            "carriers": {
                mapping.key.casefold(): mapping.carrier_id
                for mapping in channel.mapping_ids
                if mapping.kind == "carrier"
            },
        }

    @api.model
    def _services(self, company):
        """:return: the product that stands for each kind of line that is no goods"""
        return {
            kind: self.env.ref(f"oms_addon.product_{kind}")
            for kind in ("shipping", "fee", "discount", "gift_card", "tip", "rounding")
        }

    @api.model
    def _problems(self, channel, document, known, customer=None):
        """Say why a document cannot become an order.

        :param known: what ``_look_up`` returned
        :param customer: the customer a person chose for it, if any
        :return: problems for ``oms.hold._open``; none when it can
        :rtype: list[dict]
        """
        found = [
            {"code": problem.code, "message": problem.message}
            for problem in document.problems()
            if not self._is_tolerable(channel, problem, customer)
            and not self._is_known_line(document, problem, known)
        ]
        return found + [
            *self._sku_problems(document, known),
            *self._tax_problems(document, known),
            *self._currency_problems(channel, document, known),
        ]

    @api.model
    def _is_tolerable(self, channel, problem, customer):
        """:return: whether the channel's policy, or the order itself, takes care of a problem"""
        if problem.code == "MISSING_CUSTOMER":
            return bool(customer or channel.guest_partner_id)
        # The order stands and is held: see the importer's proof of totals.
        return problem.code in ("TOTAL_MISMATCH", "BAD_CHARGE")

    @api.model
    def _address_problems(self, channel, document, customer=None):
        """:param customer: who it is for, if that is known; takes the parcel when the address
            names nobody
        :return: why nobody could deliver to the document's address, as the policy asks
        """
        name = document.customer.name or document.billing.name
        if customer and "@" not in (customer.name or "@"):
            name = name or customer.name
        shipping = document.shipping
        shipping = replace(shipping, name=shipping.name or shipping.company or name)
        told = {problem.code for problem in document.problems()}
        return [
            problem
            for problem in address_problems(shipping, channel.address_level)
            if problem.code not in told
        ]

    @api.model
    def _sku_problems(self, document, known):
        key_of = self.env["oms.channel.listing"]._line_key
        unknown = {
            key_of(line): line
            for line in document.lines
            if line.kind == "product" and any(key_of(line)) and not self._parts(line, known)
        }
        return [
            {
                "code": "UNKNOWN_SKU",
                "sku": line.sku or line.barcode or line.listing_ref,
                "listing_ref": line.listing_ref,
                "parent_ref": line.parent_ref,
                "message": self._unknown_text(line),
            }
            for line in unknown.values()
        ]

    @api.model
    def _unknown_text(self, line):
        """:return: why a line is no product here, and what to do"""
        values = {
            "sku": line.sku or line.barcode,
            "name": line.name or "?",
            "listing": line.listing_ref,
        }
        if not values["sku"]:
            return self.env._(
                "Listing %(listing)s (%(name)s) is not linked to a product: link it once and "
                "every order that waits for it continues.",
                **values,
            )
        if line.listing_ref and line.listing_ref != line.sku:
            return self.env._(
                "SKU %(sku)s (%(name)s, listing %(listing)s) is not linked to a product: link "
                "it once and every order that waits for it continues.",
                **values,
            )
        if line.name:
            return self.env._(
                "SKU %(sku)s (%(name)s) is not linked to a product: link it once and every order "
                "that waits for it continues.",
                **values,
            )
        return self.env._(
            "SKU %(sku)s is not linked to a product: link it once and every order that waits for "
            "it continues.",
            **values,
        )

    @api.model
    def _currency_problems(self, channel, document, known):
        if pricelist := known["pricelists"].get(document.currency):
            text = self.env["oms.exchange.rates"]._problem(
                channel, pricelist.currency_id, known["rates"], document.placed_at.date()
            )
            return [{"code": "NO_EXCHANGE_RATE", "message": text}] if text else []
        return [
            {
                "code": "UNKNOWN_CURRENCY",
                "message": self.env._(
                    "Currency %(code)s is not active: activate it in Invoicing and retry.",
                    code=document.currency or "?",
                ),
            }
        ]

    # === VALUES === #

    @api.model
    def _parts(self, line, known):
        """:return: the ``Part`` tuple of a line: what one piece of it is made of; ``None`` when
        its SKU is unknown
        """
        if line.kind != "product":
            return (Part(known["services"][line.kind], 1.0),)
        key = self.env["oms.channel.listing"]._line_key(line)
        return known["goods"].get(key) or known.get("lines", {}).get(line.ref)

    @api.model
    def _known_parts(self, order):
        """Say what the lines of an order are made of, for versions of it that no longer name
        their products: they were deleted on the channel since.

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
        """:return: whether a problem is that of a line which names no product, but is known"""
        unnamed = [
            line
            for line in document.lines
            if line.kind == "product" and not self.env["oms.channel.listing"]._line_key(line)[0]
        ]
        return (
            problem.code == "MISSING_SKU"
            and "lines" in known
            and all(line.ref in known["lines"] for line in unnamed)
        )

    @api.model
    def _prepare_order(self, channel, document, partners, known):
        """:return: the values of the sales order of a document

        Every computed field is given, so that creating many orders looks nothing up.
        """
        customer, billing, shipping = partners
        location = known["locations"].get(document.location_ref)
        warehouse = (location and location.warehouse_ids[:1]) or channel._get_warehouses()[:1]
        carrier = known["carriers"].get(document.shipping_method.casefold(), channel.carrier_id)
        placed_at = self._naive(document.placed_at)
        return {
            "partner_id": customer.id,
            "partner_invoice_id": billing.id,
            "partner_shipping_id": shipping.id,
            "company_id": channel.company_id.id,
            "warehouse_id": warehouse.id,
            "team_id": channel.team_id.id or False,
            "user_id": channel.user_id.id or False,
            "pricelist_id": known["pricelists"][document.currency].id,
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
        """:return: what the customer wrote with an order, ``False`` for nothing"""
        return "\n".join(filter(None, (document.note, document.gift_message))) or False

    @api.model
    def _prepare_old(self, channel, message, document, known):
        """Say what is different of an order that is history, or was shipped before it came.

        :param message: the inbox row it came with
        :param known: what ``_look_up`` returned
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
        if not self._has_goods(document, known):
            # Nobody has to ship anything: a sale like others, unless a poll found an old one.
            return {"oms_is_recorded": is_history and message.via == "poll"}
        if channel.completed_policy == "record" or is_history:
            return {"oms_is_recorded": True}
        # It has left already: its stock follows, and nobody here ships it again.
        return {"oms_by_channel": True}

    @api.model
    def _is_history(self, channel, document):
        """:return: whether an order was placed well before its channel went live"""
        since = channel.live_at or channel.create_date
        return self._is_placed_before(document, fields.Datetime.subtract(since, days=START_DAYS))

    @api.model
    def _is_placed_before(self, document, moment):
        return bool(moment) and self._naive(document.placed_at) < moment

    @api.model
    def _has_goods(self, document, known):
        """:return: whether anything of an order has to be shipped"""
        return any(
            part.product.type == "consu"
            for line in document.lines
            if line.kind == "product"
            for part in self._parts(line, known) or ()
        )

    @api.model
    def _prepare_terms(self, document, known):
        """:return: what a document tells besides its lines: dates, risk, place, settlement"""
        available = [line.available_at for line in document.lines if line.available_at]
        available_at = self._naive(max(available)) if available else False
        return {
            "oms_risk": document.risk or False,
            "oms_ship_by": self._naive(document.ship_by),
            "oms_deliver_by": self._naive(document.deliver_by),
            "oms_pickup_point": document.pickup_point or False,
            "oms_available_at": available_at,
            "commitment_date": available_at,
            "oms_settlement_currency_id": known["currencies"].get(document.settlement_currency),
            "oms_settlement_total": float(document.settlement_total or 0),
        }

    @api.model
    def _prepare_payment(self, channel, document):
        """:return: how an order is to be paid; nothing where the document does not say"""
        method = document.paid_by
        if not method:
            return {}
        return channel._prepare_payment_method(method, document.payment_name)

    @api.model
    def _prepare_version(self, document):
        """:return: what an order remembers of the version it was last told"""
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
        """:return: a digest of what was ordered, for whom and where to; not of its state"""
        content = document.to_dict()
        for line in content["lines"]:
            # What some messages tell and others do not changes nothing that was ordered.
            for name in ("available_at", "shipped", "shipped_from", "listing_ref", "parent_ref"):
                line.pop(name)
            # Nor does what a tax is called there.
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
        """:return: an aware time as Odoo stores it: UTC, without zone"""
        return moment.replace(tzinfo=None, microsecond=0) if moment else False

    @api.model
    def _prepare_lines(self, channel, document, known):
        """:return: the values of the lines of a document's order"""
        unit = self._smallest_unit(document, known)
        return [
            vals
            for sequence, line in enumerate(document.lines, 10)
            for vals in self._prepare_parts(channel, document, line, known, sequence, unit)
        ]

    @api.model
    def _smallest_unit(self, document, known):
        """:return: the smallest amount of the document's currency
        :rtype: Decimal
        """
        return Decimal(str(known["pricelists"][document.currency].currency_id.rounding))

    @api.model
    def _prepare_parts(self, channel, document, line, known, sequence, unit):
        """:return: the values of the lines of one channel line, one for each product of it;
        their subtotals together are the channel's to the cent
        """
        parts = self._parts(line, known)
        gross, discount = line.quantity * line.unit_price, line.discount
        amounts = [(gross, discount)]
        if len(parts) > 1:
            weights = [part.weight for part in parts]
            nets = split(gross - discount, weights, unit)
            amounts = [
                (full, full - net)
                for full, net in zip(split(gross, weights, unit), nets, strict=True)
            ]
        return [
            self._prepare_line(channel, document, line, known, sequence, unit, part, *amount)
            for part, amount in zip(parts, amounts, strict=True)
        ]

    @api.model
    def _prepare_line(self, channel, document, line, known, sequence, unit, part, gross, discount):
        """:return: the values of one line; its subtotal is ``gross`` - ``discount``, exact to
        the currency's smallest ``unit``
        """
        product = part.product
        quantity = line.quantity * Decimal(str(part.units))
        price, percent = self._price_and_discount(gross, discount, quantity, unit)
        return {
            "sequence": sequence,
            "product_id": product.id,
            "product_uom_id": product.uom_id.id,
            "name": line.name or product.display_name,
            "product_uom_qty": float(quantity),
            "price_unit": float(price),
            "technical_price_unit": -1,
            "discount": float(percent),
            "tax_ids": [Command.set(self._taxes(channel, document, line, product, known))],
            "customer_lead": 0,
            "analytic_distribution": False,
            "is_delivery": line.kind == "shipping",
            "oms_kind": line.kind,
            "oms_sku": line.sku or line.barcode or False,
            "oms_line_ref": line.ref or False,
            "oms_channel_qty": float(line.quantity),
            "oms_channel_price": float(price * (1 - percent / 100)),
            "oms_list_price": float(gross / quantity),
            "oms_piece_units": part.units,
        }

    @api.model
    def _price_and_discount(self, gross, discount, quantity, unit):
        """Find the price per unit and the discount in percent that give the exact subtotal.

        A percentage that two decimals cannot say goes into the price instead.

        :param Decimal gross: the subtotal before the discount
        :param Decimal discount: what is taken off it
        :param Decimal quantity: in units of the product
        :param Decimal unit: the currency's smallest unit
        :return: price per unit of the product, discount in percent
        :rtype: tuple[Decimal, Decimal]
        """
        net = gross - discount
        # What is left over of a split may make a part dearer than before its discount.
        if discount <= 0 or not gross:
            return net / quantity, Decimal(0)
        percent = (discount / gross * 100).quantize(CENT, ROUND_HALF_UP)
        if self._rounded(gross * (1 - percent / 100), unit) == self._rounded(net, unit):
            return gross / quantity, percent
        return net / quantity, Decimal(0)

    @api.model
    def _rounded(self, amount, unit):
        """:return: an amount in whole smallest units"""
        return (amount / unit).quantize(Decimal(1), ROUND_HALF_UP)
