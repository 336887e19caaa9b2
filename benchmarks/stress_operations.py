"""What happens to stock on a busy day, one transaction each."""

from odoo.fields import Command

from odoo.addons.oms_addon.tools.sealed_context import sealed

from benchmarks import stock_world

#: the kinds of operations, and how often each happens
KINDS = {
    "order": 18,
    "allocate": 20,
    "staff": 10,
    "check_availability": 12,
    "cancel": 10,
    "ship": 14,
    "receive": 6,
    "give_back": 6,
    "count": 6,
    "move_inside": 4,
    "scrap": 3,
    "unreserve": 4,
    "change_by_hand": 5,
    "serve_backorders": 6,
}


def prepare(env, products, stock):
    """:return: ids of two warehouses we run, and of goods of which there is too little"""
    warehouses = stock_world.make_warehouses(env, "Storm", 2)
    warehouses.oms_managed = True
    goods = stock_world.make_skus(env, "STORM", products)
    stock_world.put(env, warehouses, goods, stock)
    shelves = env["stock.location"].create(
        [{"name": "Shelf", "location_id": place.id} for place in warehouses.lot_stock_id]
    )
    partners = env["res.partner"].create([{"name": f"Storm {n}"} for n in range(100)])
    return {
        "warehouses": warehouses.ids,
        "products": goods.ids,
        "shelves": shelves.ids,
        "partners": partners.ids,
    }


def _make(env, world, chance):
    """:return: a draft order of one to three products"""
    picked = chance.sample(world["products"], chance.randint(1, 3))
    return env["sale.order"].create(
        {
            "partner_id": chance.choice(world["partners"]),
            "warehouse_id": chance.choice(world["warehouses"]),
            "order_line": [
                Command.create(
                    {
                        "product_id": product,
                        "product_uom_qty": chance.randint(1, 3),
                        "price_unit": 5,
                        "oms_kind": "product",
                    }
                )
                for product in picked
            ],
        }
    )


def _pick(env, model, domain, chance):
    """:return: one record of those there are, or none"""
    ids = env[model].search(domain, order="id desc", limit=40).ids
    return env[model].browse(chance.choice(ids) if ids else [])


def _deliveries(world, *states):
    return [
        ("picking_type_id.warehouse_id", "in", world["warehouses"]),
        ("picking_type_code", "=", "outgoing"),
        ("state", "in", states),
    ]


def order(env, world, chance):
    """An order of a channel: sourced and confirmed, as its lane does."""
    sale = _make(env, world, chance)
    env["oms.sourcing"]._source(sale)
    sale.with_context(**sealed(sourced=True)).action_confirm()


def allocate(env, world, chance):
    """The allocator reserves for some orders, as its lane does."""
    pickings = env["stock.picking"].search(
        _deliveries(world, "confirmed", "assigned"), order="id desc", limit=chance.randint(1, 8)
    )
    env["oms.allocator"]._allocate(pickings.sale_id)


def staff(env, world, chance):
    """Staff write an order in Sales and confirm it."""
    _make(env, world, chance).action_confirm()


def check_availability(env, world, chance):
    """Staff check the availability of a delivery that waits."""
    _pick(env, "stock.picking", _deliveries(world, "confirmed"), chance).action_assign()


def cancel(env, world, chance):
    """An order is cancelled."""
    open_orders = [
        ("partner_id", "in", world["partners"]),
        ("state", "=", "sale"),
        ("delivery_status", "!=", "full"),
    ]
    _pick(env, "sale.order", open_orders, chance)._action_cancel()


def ship(env, world, chance):
    """A delivery leaves, with what there is."""
    picking = _pick(env, "stock.picking", _deliveries(world, "assigned"), chance)
    if picking:
        picking.with_context(skip_backorder=True, skip_sms=True).button_validate()


def receive(env, world, chance):
    """Goods come in."""
    warehouse = env["stock.warehouse"].browse(chance.choice(world["warehouses"]))
    picking = _transfer(
        env,
        world,
        chance,
        warehouse.in_type_id,
        env.ref("stock.stock_location_suppliers"),
        warehouse.lot_stock_id,
    )
    picking.with_context(skip_backorder=True).button_validate()


def _transfer(env, world, chance, picking_type, source, target):
    picking = env["stock.picking"].create(
        {
            "picking_type_id": picking_type.id,
            "location_id": source.id,
            "location_dest_id": target.id,
            "move_ids": [
                Command.create(
                    {
                        "product_id": product,
                        "product_uom_qty": chance.randint(1, 6),
                        "location_id": source.id,
                        "location_dest_id": target.id,
                    }
                )
                for product in chance.sample(world["products"], 2)
            ],
        }
    )
    picking.action_confirm()
    picking.action_assign()
    return picking


def give_back(env, world, chance):
    """A customer sends a delivery back."""
    picking = _pick(env, "stock.picking", _deliveries(world, "done"), chance)
    if not picking:
        return
    wizard = (
        env["stock.return.picking"]
        .with_context(active_id=picking.id, active_model="stock.picking")
        .create({})
    )
    for line in wizard.product_return_moves:
        line.quantity = 1
    back = wizard._create_return()
    back.with_context(skip_backorder=True).button_validate()


def count(env, world, chance):
    """Somebody counts a shelf: a few more, or fewer, than the books say."""
    quant = env["stock.quant"].search(
        [
            ("product_id", "=", chance.choice(world["products"])),
            ("location_id.warehouse_id", "=", chance.choice(world["warehouses"])),
            ("location_id.usage", "=", "internal"),
        ],
        limit=1,
    )
    if quant:
        quant = quant.with_context(inventory_mode=True)
        quant.inventory_quantity = max(0, quant.quantity + chance.randint(-4, 4))
        quant.action_apply_inventory()


def move_inside(env, world, chance):
    """Goods go from the stock to a shelf of the same warehouse."""
    number = chance.randrange(len(world["warehouses"]))
    warehouse = env["stock.warehouse"].browse(world["warehouses"][number])
    picking = _transfer(
        env,
        world,
        chance,
        warehouse.int_type_id,
        warehouse.lot_stock_id,
        env["stock.location"].browse(world["shelves"][number]),
    )
    if picking.state == "assigned":
        picking.with_context(skip_backorder=True).button_validate()
    else:
        picking.action_cancel()


def scrap(env, world, chance):
    """One unit breaks."""
    warehouse = env["stock.warehouse"].browse(chance.choice(world["warehouses"]))
    env["stock.scrap"].create(
        {
            "product_id": chance.choice(world["products"]),
            "scrap_qty": 1,
            "location_id": warehouse.lot_stock_id.id,
        }
    ).action_validate()


def unreserve(env, world, chance):
    """Staff take the reservation off a delivery."""
    _pick(env, "stock.picking", _deliveries(world, "assigned"), chance).do_unreserve()


def change_by_hand(env, world, chance):
    """Staff write another quantity on a delivery."""
    picking = _pick(env, "stock.picking", _deliveries(world, "assigned"), chance)
    for move in picking.move_ids[:1]:
        move.quantity = chance.randint(0, 4)


def serve_backorders(env, world, chance):
    """The allocator serves who waits."""
    env["oms.backorder"]._serve_backorders(limit=20)
