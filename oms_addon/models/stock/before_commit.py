"""Work that a transaction does once, before its commit."""


def collect(records, method, ids):
    """Collect ids until the commit, and give all of them to one call of a method, as superuser.

    :param records: a recordset of the model that has the method
    :param str method: name of a method that takes a set of ids
    :param ids: ids to add
    """
    data = records.env.cr.precommit.data
    key = f"{records._name}.{method}"
    collected = data.get(key)
    if collected is None:
        collected = data[key] = set()
        records_sudo = records.sudo()
        records.env.cr.precommit.add(lambda: getattr(records_sudo, method)(data.pop(key, set())))
    collected.update(ids)
