"""Base of all wizards: users can pass only records that they may read."""

from collections import defaultdict

from odoo import api, models
from odoo.fields import Command


class OmsWizard(models.AbstractModel):
    """Wizards belong to the user who opened them (by a record rule) and read records with the
    system's rights, so every id they receive is checked first.
    """

    _name = "oms.wizard"
    _description = "Wizard"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_values(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_values(vals)
        return super().write(vals)

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        self._check_values(values)
        return values

    def onchange(self, values, field_names, fields_spec):
        self._check_values(values)
        return super().onchange(values, field_names, fields_spec)

    # === BUSINESS METHODS === #

    @api.model
    def _check_values(self, values):
        """Check the ids in values from a user, including those of lines.

        :raise AccessError: when one is of a record the user may not read
        """
        if self.env.su:
            return
        found = defaultdict(set)
        self._collect_ids(self, values, found)
        for name, ids in found.items():
            self.env[name].browse(sorted(ids)).check_access("read")

    @api.model
    def _collect_ids(self, model, values, found):
        """Collect the ids in values of a model.

        :param dict found: receives sets of ids by model name
        """
        for name, value in values.items():
            field = model._fields.get(name)
            if not value or field is None or not field.relational:
                continue
            comodel = model.env[field.comodel_name]
            if isinstance(value, models.BaseModel):
                found[comodel._name].update(value.ids)
            elif field.type == "many2one":
                found[comodel._name].update(
                    _ids(value.get("id") if isinstance(value, dict) else value)
                )
            else:
                self._collect_command_ids(comodel, value, found)

    @api.model
    def _collect_command_ids(self, comodel, commands, found):
        """Collect the ids in commands or in a plain list of ids, see ``_collect_ids``."""
        for command in commands:
            if not isinstance(command, list | tuple):
                found[comodel._name].update(_ids(command))
                continue
            code, record_id, rest = (*command, None, None)[:3]
            if code == Command.SET:
                for value in rest or ():
                    found[comodel._name].update(_ids(value))
            elif code != Command.CREATE:
                found[comodel._name].update(_ids(record_id))
            if code in (Command.CREATE, Command.UPDATE) and isinstance(rest, dict):
                self._collect_ids(comodel, rest, found)

    def _check_records(self):
        """Check the access to the wizards and the records of their lines before they are used:
        access may have changed since they were passed.

        :raise AccessError: when the user may not use the wizards, or not read a record
        """
        self.check_access("write")
        for name, field in self._fields.items():
            if not field.relational or not field.store:
                continue
            records = self.sudo()[name].with_env(self.env)
            records.check_access("read")
            if field.type == "one2many" and isinstance(records, OmsWizard):
                records._check_records()


def _ids(value):
    """:return: the database ids in the value of a many2one or in a command"""
    value = value[0] if isinstance(value, list | tuple) and value else value
    return {value} if isinstance(value, int) and not isinstance(value, bool) and value > 0 else ()
