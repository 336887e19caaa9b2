"""Marks of a person that are planted everywhere, and a walk through the whole database for them."""

import base64
import re

from odoo.tools import SQL

NAME, SURNAME = "Zyxanthe Quorlby", "quorlby"
EMAIL = "zyx.quorlby@marks.example.com"
PHONE, DIGITS = "+44 20 7946 0958", "2079460958"
STREET, NOTE = "77 Vornexly Crescent", "strike the brass gong twice"
VAT = "GB 980 7806 84"
MARKS = (SURNAME, "vornexly", "brass gong", DIGITS, "7946 0958")


class PersonalWorld:
    """For test cases that plant the marks."""

    def marked(self, ref, **values):
        """:return: the canonical document of an order that says all of the person"""
        customer = {"ref": "C-zyx", "name": NAME, "email": EMAIL, "phone": PHONE}
        address = {
            "name": NAME,
            "street": STREET,
            "city": "Leeds",
            "zip": "LS1 1AA",
            "country": "GB",
            "phone": PHONE,
        }
        return self._document(
            ref, customer=customer, shipping=address, billing=address, note=NOTE, **values
        )

    def close(self, orders):
        """Bring orders to the end of their path."""
        orders.picking_ids.filtered(lambda p: p.state not in ("done", "cancel")).action_cancel()
        orders.write({"oms_status": "done", "oms_step": "done", "oms_cursor": "done"})

    def settle_transaction(self):
        """Write all that waits for the end of the transaction."""
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.env.flush_all()

    def walk(self):
        """Search every column of every table, and the files of attachments, for the marks.

        :return: ``table.column`` of all that says something of the person
        :rtype: set[str]
        """
        self.settle_transaction()
        columns = self.env.execute_query(
            SQL(
                """SELECT table_name, array_agg(column_name::text ORDER BY column_name)
                   FROM information_schema.columns JOIN information_schema.tables
                        USING (table_schema, table_name)
                   WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
                     AND data_type IN ('text', 'character varying', 'jsonb', 'json', 'bytea')
                   GROUP BY table_name"""
            )
        )
        patterns = [f"%{mark}%" for mark in MARKS]
        found = set()
        for table, names in columns:
            texts = [
                SQL(
                    "COALESCE(CASE WHEN pg_typeof(%(c)s) = 'bytea'::regtype THEN "
                    "encode(%(c)s::text::bytea, 'escape') ELSE %(c)s::text END, '')",
                    c=SQL.identifier(name),
                )
                for name in names
            ]
            checks = [SQL("bool_or(%s ILIKE ANY(%s))", text, patterns) for text in texts]
            [row] = self.env.execute_query(
                SQL("SELECT %s FROM %s", SQL(", ").join(checks), SQL.identifier(table))
            )
            found |= {f"{table}.{name}" for name, hit in zip(names, row, strict=True) if hit}
        return found | self._walk_binaries() | self._walk_files()

    def _walk_binaries(self):
        """:return: the columns of files that are kept as base64 and say something"""
        found = set()
        for name, model in self.env.registry.items():
            if not name.startswith("oms."):
                continue
            for field in self.env[name]._fields.values():
                if field.type == "binary" and field.store and not field.attachment:
                    if not model._auto or model._abstract:
                        continue
                    rows = self.env[name].sudo().with_context(active_test=False, bin_size=False)
                    for row in rows.search([(field.name, "!=", False)]):
                        if self.is_marked(base64.b64decode(row[field.name])):
                            found.add(f"{row._table}.{field.name}")
        return found

    def _walk_files(self):
        """:return: the records that have files which say something"""
        files = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_field", "!=", "x"),
                    "|",
                    ("res_field", "=", False),
                    ("res_field", "!=", False),
                ]
            )
        )
        return {
            f"file of {attachment.res_model}"
            for attachment in files
            if attachment.mimetype != "text/javascript" and self.is_marked(attachment.raw or b"")
        }

    def is_marked(self, data):
        """:return: whether bytes say something of the person"""
        text = data.decode("utf-8", "replace").casefold()
        return any(mark in text for mark in MARKS) or DIGITS in re.sub(r"\D", "", text[:10_000])
