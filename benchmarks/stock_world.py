"""Warehouses, goods and orders for the benchmarks of stock, made fast."""

from odoo.fields import Command

from odoo.addons.oms_addon.tools.runs import running
from odoo.addons.oms_addon.tools.sealed_context import sealed

QUIET = {
    "tracking_disable": True,
    "mail_notrack": True,
    "mail_activity_automation_skip": True,
    "sale_no_log_for_new_lines": True,
    **sealed(new_deliveries=True),
}


def make_warehouses(env, prefix, count):
    """:return: warehouses that nobody runs yet, whose deliveries wait to be reserved"""
    warehouses = env["stock.warehouse"].create(
        [{"name": f"{prefix} {n}", "code": f"{prefix[:3]}{n}"} for n in range(count)]
    )
    warehouses.out_type_id.reservation_method = "manual"
    return warehouses


def make_skus(env, prefix, count):
    """:return: storable products"""
    return env["product.product"].create(
        [
            {
                "name": f"{prefix} {n}",
                "default_code": f"{prefix}{n}",
                "is_storable": True,
                "invoice_policy": "order",
                "taxes_id": [Command.clear()],
            }
            for n in range(count)
        ]
    )


def put(env, warehouses, products, quantity):
    """Have so many of each product in each warehouse."""
    env.flush_all()
    env.cr.execute(
        """INSERT INTO stock_quant (product_id, location_id, company_id, quantity,
               reserved_quantity, in_date, create_uid, create_date, write_uid, write_date)
           SELECT product, location.id, location.company_id, %s, 0, now(), 1, now(), 1, now()
           FROM unnest(%s) product, stock_location location WHERE location.id = ANY(%s)""",
        [quantity, products.ids, warehouses.lot_stock_id.ids],
    )
    env["stock.quant"].invalidate_model()


def make_orders(env, warehouses, products, count, lines, **values):
    """:return: draft orders, each of its own customer, spread over warehouses and products"""
    partners = env["res.partner"].create([{"name": f"Buyer {n}"} for n in range(count)])
    return (
        env["sale.order"]
        .with_context(**QUIET)
        .create(
            [
                {
                    "partner_id": partners[n].id,
                    "warehouse_id": warehouses[n % len(warehouses)].id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": products[(n * lines + k) % len(products)].id,
                                "product_uom_qty": 1 + (n + k) % 3,
                                "price_unit": 10,
                                "oms_kind": "product",
                            }
                        )
                        for k in range(lines)
                    ],
                    **values,
                }
                for n in range(count)
            ]
        )
    )


def confirm(orders, batch=100):
    """Confirm orders; nothing is reserved by that."""
    for start in range(0, len(orders), batch):
        with running(orders.env, "rules", {}):
            orders[start : start + batch].with_context(**QUIET).action_confirm()
        orders.env.flush_all()
