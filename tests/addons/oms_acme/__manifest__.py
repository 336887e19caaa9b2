{
    "name": "Orders Hub: Acme",
    "summary": "Sells on the Acme marketplace",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "license": "LGPL-3",
    "author": "The oms_addon maintainers",
    "depends": ["oms_addon"],
}
