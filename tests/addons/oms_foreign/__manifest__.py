{
    "name": "Scales",
    "summary": "Weighs every line of a delivery: a required field that only its create fills",
    "version": "19.0.1.0.0",
    "category": "Inventory/Inventory",
    "license": "LGPL-3",
    "author": "The oms_addon maintainers",
    "depends": ["sale_stock"],
}
