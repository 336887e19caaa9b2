"""Which products a record applies to."""


def covers(record, product):
    """Return whether a rule or a promotion applies to a product.

    :param record: a record with ``product_ids`` and ``category_ids``; both empty is all products
    :param product: a ``product.product`` record
    """
    if record.product_ids:
        return product in record.product_ids
    if record.category_ids:
        parents = {int(part) for part in (product.categ_id.parent_path or "").split("/") if part}
        return not parents.isdisjoint(record.category_ids.ids)
    return True
