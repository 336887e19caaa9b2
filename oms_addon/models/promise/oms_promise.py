"""Promised delivery dates: set once, changed only with a notification of the customer."""

from collections import defaultdict

from odoo import api, fields, models

from odoo.addons.oms_addon.tools import promise
from odoo.addons.oms_addon.tools.promise import Supply


class OmsPromise(models.AbstractModel):
    _name = "oms.promise"
    _description = "Promised Delivery Date"

    # === FIRST PROMISED DATE === #

    @api.model
    def _promise(self, lines):
        """Set the promised dates of order lines that are about to be procured and have none.

        Waiting orders are served first: a new line can only use the stock and incoming items they
        leave. A line whose availability is unknown gets no date.

        :param lines: ``sale.order.line`` records
        """
        lines = lines.filtered(lambda line: not line.oms_promised_at)
        self._create_first(self._compute_dates(lines))

    @api.model
    def _compute_dates(self, lines):
        """Compute the promised dates of order lines without setting them.

        :param lines: ``sale.order.line`` records
        :return: a ``promise.Promise`` by line; lines without a known date are omitted
        :rtype: dict
        """
        lines = self._to_promise(lines)
        if not lines:
            return {}
        claims = self._claims_of_lines(lines)
        warehouses = self.env["stock.warehouse"].browse({key[1] for key, _quantity in claims})
        supplies = self._supplies(warehouses, lines.product_id)
        moments, _missing = self._moments(claims, supplies)
        return self._compute_line_dates(lines, moments)

    @api.model
    def _to_promise(self, lines):
        """:return: the lines that get promised dates: stocked items from managed warehouses, not
        recorded only or shipped by the channel
        """
        return lines.filtered(
            lambda line: (
                line._oms_is_sourced()
                and line.warehouse_id.oms_managed
                and not line.order_id.oms_by_channel
                and not line.order_id.oms_is_recorded
            )
        )

    @api.model
    def _claims_of_lines(self, lines):
        """:return: pairs ((line, warehouse id), quantity), in serving order"""
        rank = {order: n for n, order in enumerate(lines.order_id._oms_serving_order())}
        claims = []
        for line in lines.sorted(lambda l: (rank[l.order_id], l.sequence, l.id)):
            _id, _product, quantity = self.env["oms.sourcing"]._demand(line)
            plan = line.oms_plan or {}
            if line.product_id.uom_id.compare(sum(plan.values()), quantity):
                plan = {line.warehouse_id.id: quantity}
            claims += [((line, int(w)), share) for w, share in plan.items()]
        return claims

    @api.model
    def _supplies(self, warehouses, products):
        """:return: the stock and incoming items not needed by waiting orders, by (warehouse id,
        product id)
        """
        supplies = defaultdict(list)
        now = fields.Datetime.now()
        for key, quantity in self.env["oms.backorder"]._free_for_new(warehouses, products).items():
            if quantity > 0:
                supplies[key].append(Supply(now, quantity))
        for arrival in self.env["oms.incoming"]._get_incoming(warehouses, products):
            supplies[arrival.warehouse_id, arrival.product_id].append(
                Supply(arrival.date, arrival.quantity, arrival.purchase_line_id)
            )
        return supplies

    @api.model
    def _moments(self, claims, supplies):
        """Determine when the quantity of each claim is available in full.

        :return: the time by claim, and the claims with items that are never available
        :rtype: tuple[dict, set]
        """
        by_stock = defaultdict(list)
        for key, quantity in claims:
            line, warehouse_id = key
            by_stock[warehouse_id, line.product_id.id].append((key, quantity))
        moments, never = {}, set()
        for stock, of_stock in by_stock.items():
            served, missing = promise.serve(of_stock, supplies[stock])
            never.update(missing)
            for key, rows in served.items():
                if key not in missing and rows:
                    moments[key] = max(row.date for row in rows)
        return moments, never

    # === DATES === #

    @api.model
    def _compute_line_dates(self, lines, moments):
        """Compute the promised dates of lines.

        :param dict moments: time of availability, by (line, warehouse id)
        :return: a ``promise.Promise`` by line; lines without a known date are omitted
        :rtype: dict
        """
        by_line = defaultdict(dict)
        for (line, warehouse_id), moment in moments.items():
            by_line[line][warehouse_id] = moment
        places, found = {}, {}
        for line in lines:
            shares = by_line.get(line)
            if not shares or len(shares) < self._share_count(line):
                continue
            dates = [
                self._compute_share_dates(
                    line, self.env["stock.warehouse"].browse(warehouse_id), moment, places
                )
                for warehouse_id, moment in shares.items()
            ]
            found[line] = promise.Promise(*(max(column) for column in zip(*dates, strict=True)))
        return self._together(found)

    @api.model
    def _share_count(self, line):
        """:return: the number of warehouses planned to serve the line"""
        return 1 if line.move_ids else max(len(line.oms_plan or {}), 1)

    @api.model
    def _compute_share_dates(self, line, warehouse, moment, places):
        """:return: the dates for items of a line that are available in a warehouse at a time"""
        order = line.order_id
        carrier = order.carrier_id or order.oms_channel_id.carrier_id
        key = warehouse.id, carrier.sudo().oms_cutoff
        if key not in places:
            places[key] = warehouse._oms_place(carrier.sudo().oms_cutoff)
        if order.oms_available_at:
            moment = max(moment, order.oms_available_at)
        way = carrier._oms_way(order.partner_shipping_id, warehouse)
        dates = promise.promise(moment, places[key], way)
        if order.commitment_date and order.commitment_date != order.oms_available_at:
            # The promised date is never before the delivery date agreed by staff.
            dates = promise.Promise(
                dates.ship_before, max(dates.arrive_before, order.commitment_date)
            )
        return dates

    @api.model
    def _together(self, found):
        """:return: the dates, made equal for all lines of an order with complete delivery"""
        for order, lines in self.env["sale.order.line"].concat(*found).grouped("order_id").items():
            if order.picking_policy == "one":
                last = promise.Promise(
                    *(max(column) for column in zip(*(found[line] for line in lines), strict=True))
                )
                found.update(dict.fromkeys(lines, last))
        return found

    # === WRITING === #

    @api.model
    def _create_first(self, promises):
        """Write first promised dates on lines and log them in the timeline of their orders."""
        if not promises:
            return
        self._write(promises)
        orders = self.env["sale.order.line"].concat(*promises).order_id
        self.env["oms.event"]._log(
            orders,
            "promise.made",
            {
                order.id: self.env._("Promised for %(date)s", date=order._oms_promise_text())
                for order in orders
            },
            after={order.id: order._oms_promise_text() for order in orders},
        )

    @api.model
    def _write(self, promises):
        """Write promised dates on lines, and the dates of their deliveries.

        :param dict promises: ``promise.Promise`` or ``None`` by line
        """
        by_value = defaultdict(self.env["sale.order.line"].browse)
        for line, dates in promises.items():
            by_value[dates] |= line
        for dates, lines in by_value.items():
            lines.with_context(mail_notrack=True).write(
                {
                    "oms_promised_at": dates.arrive_before if dates else False,
                    "oms_ship_before": dates.ship_before if dates else False,
                }
            )
            if dates:
                lines.move_ids.filtered(
                    lambda m: (
                        m.state not in ("done", "cancel") and m.picking_type_id.code != "incoming"
                    )
                ).write({"date": dates.ship_before, "date_deadline": dates.ship_before})
