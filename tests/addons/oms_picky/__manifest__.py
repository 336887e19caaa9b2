{
    "name": "Picky Contacts",
    "summary": "Refuses postcodes with letters and e-mail addresses that are known",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "license": "LGPL-3",
    "author": "The oms_addon maintainers",
    "depends": ["base"],
}
