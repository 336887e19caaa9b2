"""The demo's accounts: every input in exactly one place, every penny, every piece."""

from decimal import Decimal

from tooling import console


def figures(env, channel):
    """Count what became of the inputs.

    :return: the counts of `./oms demo --json`
    """
    Order = env["sale.order"]
    Message = env["oms.channel.message"]
    mine = [("oms_channel_id", "=", channel.id)]
    inbox = [("channel_id", "=", channel.id), ("direction", "=", "in")]

    def stamped(field):
        return Order.search_count([*mine, (field, "!=", False)])

    return {
        "captured": Order.search_count(mine),
        "duplicates": sum(Message.search(inbox).mapped("deliveries")) - Message.search_count(inbox),
        "cancellations_applied": Message.search_count(
            [*inbox, ("topic", "=", "orders/cancelled"), ("state", "=", "done")]
        ),
        "held": Order.search_count([*mine, ("oms_status", "=", "held")]),
        "parked": Message.search_count([*inbox, ("state", "=", "parked")]),
        "failed": Message.search_count([*inbox, ("state", "=", "failed")])
        + Order.search_count([*mine, ("oms_status", "=", "failed")]),
        "confirmed": stamped("oms_confirmed_at"),
        "allocated": stamped("oms_allocated_at"),
        "backordered": Order.search_count(
            [*mine, ("oms_step", "=", "allocate"), ("oms_status", "=", "waiting")]
        ),
        "paid": stamped("oms_paid_at"),
        "invoiced": stamped("oms_invoiced_at"),
        "shipped": stamped("oms_shipped_at"),
        "delivered": stamped("oms_delivered_at"),
    }


def stock_on_hand(env, channel):
    """:return: pieces in the warehouses of the channel"""
    env.flush_all()
    locations = env["stock.location"].search(
        [("id", "child_of", channel.warehouse_ids.view_location_id.ids), ("usage", "=", "internal")]
    )
    [(quantity,)] = env["stock.quant"]._read_group(
        [("location_id", "in", locations.ids)], [], ["quantity:sum"]
    )
    return Decimal(str(quantity or 0))


def prove(env, channel, stock_at_start):
    """Print the three equations; stop with an error when one does not hold."""
    env.invalidate_all()
    claims = [
        _inputs(env, channel),
        _money(env, channel),
        _pieces(env, channel, stock_at_start),
    ]
    console.table(
        [
            (text, str(left), str(right), "holds" if left == right else "DOES NOT HOLD")
            for text, left, right in claims
        ],
        ("account", "left", "right", ""),
    )
    wrong = [text for text, left, right in claims if left != right]
    if wrong:
        raise SystemExit(f"The accounts do not hold: {'; '.join(wrong)}")


def _inputs(env, channel):
    """Σ inputs = orders + duplicates + cancellations applied + waiting."""
    Message = env["oms.channel.message"]
    inbox = [("channel_id", "=", channel.id), ("direction", "=", "in")]
    messages = Message.search(inbox)
    counts = figures(env, channel)
    waiting = Message.search_count([*inbox, ("state", "not in", ("done",))])
    return (
        "inputs = orders + duplicates + cancellations applied + waiting",
        sum(messages.mapped("deliveries")),
        counts["captured"] + counts["duplicates"] + counts["cancellations_applied"] + waiting,
    )


def _money(env, channel):
    """Σ invoiced = Σ of the channel totals of invoiced orders."""
    orders = env["sale.order"].search([("oms_channel_id", "=", channel.id)])
    invoices = orders.invoice_ids.filtered(
        lambda move: move.state == "posted" and move.move_type == "out_invoice"
    )
    invoiced = orders.filtered(lambda order: order.invoice_ids & invoices)
    return (
        "invoiced = channel totals of the invoiced orders",
        sum((Decimal(str(move.amount_total)) for move in invoices), Decimal(0)),
        sum((Decimal(str(order.oms_channel_total)) for order in invoiced), Decimal(0)),
    )


def _pieces(env, channel, stock_at_start):
    """stock sold + stock left = stock at start."""
    moves = env["stock.move"].search(
        [
            ("sale_line_id.order_id.oms_channel_id", "=", channel.id),
            ("state", "=", "done"),
            ("location_dest_id.usage", "=", "customer"),
        ]
    )
    sold = sum((Decimal(str(move.quantity)) for move in moves), Decimal(0))
    return (
        "stock sold + stock left = stock at start",
        sold + stock_on_hand(env, channel),
        stock_at_start,
    )
