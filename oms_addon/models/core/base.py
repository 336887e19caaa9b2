"""What roles see of records that they may read, but not all of, and what only the system writes."""

import re
from collections import defaultdict

from lxml import etree

from odoo import api, models

from odoo.addons.oms_addon.tools.amounts import amount_of
from odoo.addons.oms_addon.tools.sealed_context import sealed, unsealed
from odoo.addons.oms_addon.tools.view_fitter import ViewFitter

MODIFIERS = ("invisible", "column_invisible", "readonly", "required", "domain", "context")


class Base(models.AbstractModel):
    _inherit = "base"

    @api.model
    def get_view(self, view_id=None, view_type="form", **options):
        """Extend `base`: one of our roles gets no list of records that it may not read, and no
        field that it is not told.

        The web client reads all fields of a view at once: one such field would refuse the
        whole record.
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
    def _has_field_access(self, field, operation):
        """Extend `base`: what the system knows of orders and channels nobody writes. A field of
        ours that is declared read-only is so, whatever a request says. Who packs and ships is told
        no prices, and a customer nothing of ours.
        """
        if not self.env.su:
            if operation == "write" and self._oms_guards(field):
                return False
            if not self._oms_is_told(field):
                return False
        return super()._has_field_access(field, operation)

    def copy_data(self, default=None):
        """Extend `base`: who copies a record copies of ours what they may write, and nothing that
        they are not told.
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
        """Extend `base`: who links a record of ours to another has to see that one."""
        super()._check_company(fnames)
        if not self.env.su and self._name.startswith("oms."):
            for name in self._fields if fnames is None else fnames:
                field = self._fields[name]
                if field.store and not field.readonly and field.type in ("many2one", "many2many"):
                    self[name].check_access("read")

    def onchange(self, values, field_names, fields_spec):
        """Extend `base`: what the system computes of ours tells nothing of a record that a client
        names and may not see.
        """
        result = super().onchange(values, field_names, fields_spec)
        if not self.env.su and result.get("value") and self._oms_asks_ours(self, fields_spec):
            found = defaultdict(set)
            self.env["oms.wizard"]._collect_ids(self, values, found)
            records = (self.env[name].browse(sorted(ids)) for name, ids in found.items())
            if not all(record.has_access("read") for record in records):
                result["value"] = self._oms_without_ours(self, result["value"])
        return result

    @api.model
    def _oms_is_ours(self, model, name):
        return model._name.startswith("oms.") or name.startswith("oms_")

    @api.model
    def _oms_asks_ours(self, model, spec):
        """:return: whether fields of ours are asked for, of records or of their lines"""
        for name, part in (spec or {}).items():
            field = model._fields.get(name)
            lines = field and field.type in ("one2many", "many2many") and (part or {}).get("fields")
            if self._oms_is_ours(model, name) or (
                lines and self._oms_asks_ours(self.env[field.comodel_name], lines)
            ):
                return True
        return False

    @api.model
    def _oms_without_ours(self, model, values):
        """:return: values of an onchange without those of fields of ours, of lines, too"""
        kept = {}
        for name, value in values.items():
            field = model._fields.get(name)
            if self._oms_is_ours(model, name):
                continue
            if field and field.type in ("one2many", "many2many") and isinstance(value, list):
                lines = self.env[field.comodel_name]
                value = [
                    (*command[:2], self._oms_without_ours(lines, command[2]))
                    if len(command) > 2 and isinstance(command[2], dict)
                    else command
                    for command in value
                ]
            kept[name] = value
        return kept

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        """Extend `mail`: notes on a document, which quote amounts, are read by who is told those;
        others read their own, and those that were sent to them.
        """
        operations = super()._mail_get_operation_for_mail_message_operation(message_operation)
        if message_operation != "create" and self.env.user._oms_hides_documents(self._name):
            # Whoever may delete documents is told all of them.
            return dict.fromkeys(operations, "unlink")
        return operations

    @api.model
    def _oms_guards(self, field):
        """:return: whether a field is ours, and written by the system alone, in dialogs, too"""
        return field.readonly and self._oms_is_ours(self, field.name)

    @api.model
    def _oms_is_told(self, field):
        """:return: whether a field is known to the user, or to what acts for them"""
        return self._oms_may_know(field) or bool(unsealed(self.env, "reckons"))

    @api.model
    def _oms_may_know(self, field):
        """:return: whether the user may know a field, as far as our roles decide it"""
        if field.name.startswith("oms_") and self.env.user.share:
            return False
        kind = amount_of(self._name, field.name, field.type, getattr(field, "comodel_name", None))
        return not kind or self.env.user._oms_is_shown(kind)

    def _oms_reckoning(self, what="acts"):
        """:return: these records, for what has to know prices to do what the user asks

        :param str what: acts, or copies, which leaves out what the user is not told
        """
        if self.env.su or self.env.user._oms_sees_all():
            return self
        return self.with_context(**sealed(reckons=what))

    def _oms_leave_out_lists(self, tree):
        """Take fields whose records the user may not read out of a view of this model.

        What another node's condition needs stays.

        :param tree: the root of the view, which is changed
        :return: whether something was left out
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
