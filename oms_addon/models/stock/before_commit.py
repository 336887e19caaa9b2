"""Work that a transaction does once, before its commit."""


def collect(records, method, ids):
    """Collect ids until the commit, and give all of them to one call of a method, as superuser.

    :param records: a recordset of the model that has the method
    :param str method: name of a method that takes a set of ids
    :param ids: ids to add
    """
    precommit = records.env.cr.precommit
    key = f"{records._name}.{method}"
    if key not in precommit.data:
        precommit.data[key] = set()
        records_sudo = records.sudo()
        precommit.add(lambda: getattr(records_sudo, method)(precommit.data.pop(key, set())))
    precommit.data[key].update(ids)
