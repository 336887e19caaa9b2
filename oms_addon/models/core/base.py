"""Overrides of base: field access by role, and fields written by the system only."""

import re
from collections import defaultdict

from lxml import etree

from odoo import api, models

from odoo.addons.oms_addon.tools.amounts import amount_of
from odoo.addons.oms_addon.tools.sealed_context import sealed, unsealed
from odoo.addons.oms_addon.tools.technical_fields import TECHNICAL_FIELDS
from odoo.addons.oms_addon.tools.view_fitter import ViewFitter

MODIFIERS = ("invisible", "column_invisible", "readonly", "required", "domain", "context")


class Base(models.AbstractModel):
    _inherit = "base"

    @api.model
    def get_view(self, view_id=None, view_type="form", **options):
        """Extend `base`: for roles of this add-on, remove lists of records the user may not read
        and fields the user may not see.

        The web client reads all fields of a view in one request: a single such field would raise
        an access error for the whole record.
        """
        result = super().get_view(view_id, view_type, **options)
        if self.env.user.has_group("oms_addon.oms_addon_group_user"):
            tree = etree.fromstring(result["arch"])
            is_changed = self._oms_leave_out_lists(tree)
            if not self.env.user._oms_sees_all():
                is_changed |= ViewFitter(self.env).fit(self, tree)
            if is_changed:
                result["arch"] = etree.tostring(tree, encoding="unicode")
        return result

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """Extend `base`: leave technical fields of this add-on out of custom filters."""
        result = super().fields_get(allfields, attributes)
        for name in TECHNICAL_FIELDS.get(self._name, ()):
            if result.get(name, {}).get("searchable"):
                result[name]["searchable"] = False
        return result

    @api.model
    def _has_field_access(self, field, operation):
        """Extend `base`: read-only fields of this add-on cannot be written by any request.
        Warehouse users cannot read prices, and portal users no field of this add-on.
        """
        if not self.env.su:
            if operation == "write" and self._oms_guards(field):
                return False
            if not self._oms_may_read(field):
                return False
        return super()._has_field_access(field, operation)

    def copy_data(self, default=None):
        """Extend `base`: copy only fields of this add-on that the user may write, and no value that
        the user may not see.
        """
        if self.env.su:
            return super().copy_data(default)
        acts = unsealed(self.env, "reckons") == "acts"
        copied = self if acts or self.env.user._oms_sees_all() else self._oms_reckoning("copies")
        vals_list = super(Base, copied).copy_data(default)
        guarded = {
            field.name
            for field in self._fields.values()
            if self._oms_guards(field) or not (acts or self._oms_may_know(field))
        } - set(default or ())
        return [
            {name: value for name, value in vals.items() if name not in guarded}
            for vals in vals_list
        ]

    def _check_company(self, fnames=None):
        """Extend `base`: require read access to records linked from models of this add-on."""
        super()._check_company(fnames)
        if not self.env.su and self._name.startswith("oms."):
            for name in self._fields if fnames is None else fnames:
                field = self._fields[name]
                if field.store and not field.readonly and field.type in ("many2one", "many2many"):
                    self[name].check_access("read")

    def onchange(self, values, field_names, fields_spec):
        """Extend `base`: return no computed fields of this add-on if the client's values contain
        records the user may not read.
        """
        result = super().onchange(values, field_names, fields_spec)
        if not self.env.su and result.get("value") and self._oms_has_own_fields(self, fields_spec):
            found = defaultdict(set)
            self.env["oms.wizard"]._collect_ids(self, values, found)
            records = (self.env[name].browse(sorted(ids)) for name, ids in found.items())
            if not all(record.has_access("read") for record in records):
                result["value"] = self._oms_without_own_fields(self, result["value"])
        return result

    @api.model
    def _oms_is_own_field(self, model, name):
        return model._name.startswith("oms.") or name.startswith("oms_")

    @api.model
    def _oms_has_own_fields(self, model, spec):
        """:return: whether the spec contains fields of this add-on, on records or their lines"""
        for name, part in (spec or {}).items():
            field = model._fields.get(name)
            lines = field and field.type in ("one2many", "many2many") and (part or {}).get("fields")
            if self._oms_is_own_field(model, name) or (
                lines and self._oms_has_own_fields(self.env[field.comodel_name], lines)
            ):
                return True
        return False

    @api.model
    def _oms_without_own_fields(self, model, values):
        """:return: onchange values without fields of this add-on, also in lines"""
        kept = {}
        for name, value in values.items():
            field = model._fields.get(name)
            if self._oms_is_own_field(model, name):
                continue
            if field and field.type in ("one2many", "many2many") and isinstance(value, list):
                lines = self.env[field.comodel_name]
                value = [
                    (*command[:2], self._oms_without_own_fields(lines, command[2]))
                    if len(command) > 2 and isinstance(command[2], dict)
                    else command
                    for command in value
                ]
            kept[name] = value
        return kept

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        """Extend `mail`: notes on documents quote amounts, so users who may not see those can read
        only their own notes and those addressed to them.
        """
        operations = super()._mail_get_operation_for_mail_message_operation(message_operation)
        if message_operation != "create" and self.env.user._oms_hides_documents(self._name):
            # Users who may delete documents may see all amounts.
            return dict.fromkeys(operations, "unlink")
        return operations

    @api.model
    def _oms_guards(self, field):
        """:return: whether a field belongs to this add-on and is read-only"""
        return field.readonly and self._oms_is_own_field(self, field.name)

    @api.model
    def _oms_may_read(self, field):
        """:return: whether the user, or a call on the user's behalf, may read a field"""
        return self._oms_may_know(field) or bool(unsealed(self.env, "reckons"))

    @api.model
    def _oms_may_know(self, field):
        """:return: whether our roles allow the user to read a field"""
        if field.name.startswith("oms_") and self.env.user.share:
            return False
        kind = amount_of(self._name, field.name, field.type, getattr(field, "comodel_name", None))
        return not kind or self.env.user._oms_is_shown(kind)

    def _oms_reckoning(self, what="acts"):
        """:param str what: ``acts``, or ``copies``, which leaves out values the user may not see
        :return: these records with access to prices, for actions that need them
        """
        if self.env.su or self.env.user._oms_sees_all():
            return self
        return self.with_context(**sealed(reckons=what))

    def _oms_leave_out_lists(self, tree):
        """Remove fields whose records the user may not read from a view of this model.

        Fields used in conditions of other nodes are kept.

        :param tree: the root of the view, modified in place
        :return: whether something was removed
        :rtype: bool
        """
        found = []
        self._oms_find_unreadable(tree, found)
        conditions = " ".join(
            node.get(name) for node in tree.iter() for name in MODIFIERS if node.get(name)
        )
        used = set(re.findall(r"\w+", conditions))
        found = [node for node in found if node.get("name") not in used]
        for node in found:
            for label in tree.xpath("//label[@for=$name]", name=node.get("name")):
                if label.getparent() is node.getparent():
                    label.getparent().remove(label)
            node.getparent().remove(node)
        return bool(found)

    def _oms_find_unreadable(self, node, found):
        """Add the fields below ``node`` whose records the user may not read to ``found``."""
        for child in node:
            field = child.tag == "field" and self._fields.get(child.get("name"))
            if not field:
                self._oms_find_unreadable(child, found)
            elif field.type in ("one2many", "many2many"):
                related = self.env[field.comodel_name]
                if not related.has_access("read"):
                    found.append(child)
                else:
                    related._oms_find_unreadable(child, found)
