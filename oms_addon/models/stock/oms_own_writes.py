"""Decides whether rows of Odoo's tables may be written past the ORM."""

from odoo import api, fields, models, tools

PREFIX = "odoo.addons."
#: Odoo add-ons that extend stock moves, their lines and stock rows, payments, notes or `base`; they
#: do not affect the rows written here, or tests compare the result row by row
KNOWN = frozenset(
    "account base base_import base_sparse_field hr hr_expense html_editor "
    "l10n_in_ewaybill_stock l10n_in_purchase_stock l10n_in_sale_stock l10n_in_stock mail "
    "mrp mrp_account mrp_repair mrp_subcontracting mrp_subcontracting_account "
    "mrp_subcontracting_dropshipping mrp_subcontracting_purchase oms_addon "
    "phone_validation point_of_sale product_expiry project_mrp project_mrp_account "
    "project_stock_account purchase_mrp purchase_requisition_stock purchase_stock rating "
    "repair sale sale_mrp sale_project_stock sale_project_stock_account "
    "sale_purchase_stock sale_stock sms stock stock_account stock_delivery "
    "stock_landed_costs stock_picking_batch transifex web web_hierarchy website".split()
)
#: methods that writes or creates of any model call; overrides of other methods on `base` do not
#: matter
PASSED = frozenset(
    "_add_missing_default_values _check_company _compute_field_value _create _flush "
    "_recompute_field _validate_fields _write _write_multi check_access create default_get "
    "flush_model flush_recordset modified write".split()
)


class OmsOwnWrites(models.AbstractModel):
    """Allows direct SQL writes to a table only while no unknown add-on has a stored field or an
    override on its model; otherwise the ORM writes.
    """

    _name = "oms.own.writes"
    _description = "Writes Past the ORM"

    @api.model
    def _may(self, *names):
        """:return: whether rows of these models may be written past the ORM"""
        return not any(
            self._foreign(name)
            or self._patched(name)
            or self.env["ir.default"]._get_model_defaults(name)
            for name in names
        )

    @api.model
    @tools.ormcache("name", "methods")
    def _is_plain(self, name, methods):
        """Check whether a batch may skip costly methods of a model (over 5 % of an order's run
        time): only if no unknown add-on overrides them.

        :param tuple methods: names of methods
        :rtype: bool
        """
        return not any(
            cls.__module__.startswith(PREFIX)
            and cls.__module__.split(".")[2] not in KNOWN
            and not vars(cls).keys().isdisjoint(methods)
            for cls in type(self.env[name]).__mro__
        )

    @api.model
    @tools.ormcache("name")
    def _foreign(self, name):
        """Find the stored fields and methods of unknown add-ons on a model.

        :return: their names
        :rtype: tuple[str]
        """
        found = set()
        classes = type(self.env[name]).__mro__
        for place, cls in enumerate(classes):
            if cls.__module__.startswith(PREFIX) and cls.__module__.split(".")[2] not in KNOWN:
                found |= self._of_class(name, cls, classes[place + 1 :])
        found |= {f.name for f in self.env[name]._fields.values() if f.manual and f.store}
        return tuple(sorted(found))

    @api.model
    def _of_class(self, name, cls, later):
        """Find what one class of an unknown add-on adds to a model or overrides.

        :param type cls: a class of the model, or of one it inherits from
        :param later: the classes it extends
        :return: names of stored fields, constraints and methods
        :rtype: set[str]
        """
        found = set()
        of_model = cls._name == name
        for attribute, value in vars(cls).items():
            field = isinstance(value, fields.Field) and self.env[name]._fields.get(attribute)
            if field and field.store and field.column_type:
                found.add(attribute)
            elif callable(getattr(value, "__func__", value)) and (
                hasattr(value, "_constrains")
                or (of_model or attribute in PASSED)
                and any(attribute in vars(other) for other in later)
                and not attribute.startswith("__")
            ):
                found.add(attribute)
        return found

    @api.model
    def _patched(self, name):
        """:return: the methods patched onto a model at run time, e.g. by automation rules"""
        return PASSED.intersection(vars(type(self.env[name])))
