"""Odoo's company check, spared where it obviously holds."""


def doubtful(records, fnames):
    """Return the records whose companies Odoo has to compare itself.

    Odoo evaluates a domain for each field of each record. Where a linked record belongs to
    nobody or to the record's own company, the answer is known; linked records are shared by
    many records, and looked at once.

    :param records: a recordset with ``company_id``
    :param fnames: as ``_check_company`` takes them
    """
    if fnames is None or {"company_id", "company_ids"} & set(fnames):
        fnames = records._fields
    names = [
        name
        for name in fnames
        if records._fields[name].relational and records._fields[name].check_company
    ]
    known = {}

    def holds(record, name):
        linked, company = record[name], record.company_id
        key = linked._name, linked._ids, company.id
        if key not in known:
            known[key] = not linked or (
                "company_id" in linked._fields
                and "company_ids" not in linked._fields
                and all(one.company_id.id in (False, company.id) for one in linked)
            )
        return known[key]

    return records.browse(
        record.id
        for record in records.sudo()
        if not (record.company_id and all(holds(record, name) for name in names))
    )
