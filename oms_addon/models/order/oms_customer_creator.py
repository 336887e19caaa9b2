"""Partners of what a channel tells, whatever Odoo or another add-on refuses of it."""

from psycopg2 import DataError, IntegrityError

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.oms_addon.tools import sentences
from odoo.addons.oms_addon.tools.batches import in_halves

#: what checks of customer data raise; a conflict with another transaction is none of them
REFUSALS = (UserError, ValueError, IntegrityError, DataError)
#: what a buyer typed, in the order in which one field may need another
TYPED = (
    "country_id",
    "state_id",
    "zip",
    "city",
    "street",
    "street2",
    "phone",
    "email",
    "company_name",
    "vat",
)


class OmsCustomerCreator(models.AbstractModel):
    """Makes partners in bulk; a value that is refused is kept as text on its partner."""

    _name = "oms.customer.creator"
    _description = "Customer Creator"

    @api.model
    def _create(self, vals_list, fallback):
        """Create partners, without the values that Odoo or an add-on does not accept.

        :param list vals_list: the values of ``res.partner`` records
        :param fallback: the partner that stands for one that cannot be made at all; may be
            empty
        :return: a partner for each of the values
        :rtype: list
        :raise UserError: when one cannot be made and there is no fallback
        """
        partners = []
        for part, made, error in in_halves(self.env, vals_list, self._try, catch=REFUSALS):
            if error:
                [vals] = part
                made = [self._create_without(vals, error) or self._stand_in(fallback, error)]
            partners += made
        return partners

    @api.model
    def _try(self, vals_list):
        """:return: new partners; nothing is left of them when they are refused"""
        with self.env.cr.savepoint():
            # Odoo changes the values it is given.
            partners = self.env["res.partner"].create([dict(vals) for vals in vals_list])
            self._defer_vies(partners)
            return partners

    @api.model
    def _create_without(self, vals, error):
        """Create a partner without what is refused of it: one value where that is enough.

        :param dict vals: the values
        :param Exception error: why they were refused together
        :return: the partner, empty when it is refused whatever is left out
        """
        told = [name for name in TYPED if vals.get(name)]
        for name in reversed(told):
            try:
                partner = self._try([{**vals, name: False}])
            except REFUSALS:
                continue
            self._keep_as_text(partner, vals, {name: error})
            return partner
        return self._create_step_by_step(vals, told)

    @api.model
    def _create_step_by_step(self, vals, told):
        """Create a partner with nothing a buyer typed but the name, then add each value."""
        try:
            partner = self._try([{**vals, **dict.fromkeys(told, False)}])
        except REFUSALS:
            return self.env["res.partner"]
        refused = {}
        for name in told:
            try:
                with self.env.cr.savepoint():
                    partner.write({name: vals[name]})
                    self._defer_vies(partner)
            except REFUSALS as error:
                refused[name] = error
        self._keep_as_text(partner, vals, refused)
        return partner

    @api.model
    def _keep_as_text(self, partner, vals, refused):
        """Write refused values, and why they were refused, where people see them.

        :param dict refused: errors by field name
        """
        fields_of = self.env["res.partner"]._fields
        lines = []
        for name, error in refused.items():
            field, value = fields_of[name], vals[name]
            if field.type == "many2one":
                value = self.env[field.comodel_name].browse(value).display_name
            reason = " ".join(str(error).split())
            lines.append(
                self.env._(
                    "%(field)s “%(value)s” was not accepted: %(reason)s",
                    field=field._description_string(self.env),
                    value=value,
                    reason=reason[:300],
                )
            )
        partner.oms_rejected_data = "\n".join(lines)

    @api.model
    def _stand_in(self, fallback, error):
        """:return: the partner that stands for one that cannot be made"""
        if fallback:
            return fallback
        raise UserError(
            self.env._(
                "The customer could not be created: %(reason)s Correct the message and retry, "
                "or set a Guest Customer on the channel.",
                reason=sentences.join([" ".join(str(error).split())[:300]]),
            )
        ) from error
