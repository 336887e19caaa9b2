"""Creation of partners from channel data, tolerating values that Odoo rejects."""

from psycopg2 import DataError, IntegrityError

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.oms_addon.tools import sentences
from odoo.addons.oms_addon.tools.batches import in_halves

#: errors of data checks; serialization failures are not among them
REFUSALS = (UserError, ValueError, IntegrityError, DataError)
#: fields entered by the buyer; a field may depend on those before it
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
    """Creates partners in bulk; rejected values are kept as text on the partner."""

    _name = "oms.customer.creator"
    _description = "Customer Creator"

    @api.model
    def _create(self, vals_list, fallback):
        """Create partners, omitting the values that Odoo or an add-on rejects.

        :param list vals_list: the values of ``res.partner`` records
        :param fallback: the partner to use for one that cannot be created at all; may be empty
        :return: a partner for each of the values
        :rtype: list
        :raise UserError: if a partner cannot be created and there is no fallback
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
        """Create partners in a savepoint, rolled back if a value is rejected.

        :return: the new partners
        """
        with self.env.cr.savepoint():
            # ``create`` may modify the dicts.
            partners = self.env["res.partner"].create([dict(vals) for vals in vals_list])
            self._defer_vies(partners)
            return partners

    @api.model
    def _create_without(self, vals, error):
        """Create a partner without the rejected value, trying to omit a single one first.

        :param dict vals: the values
        :param Exception error: the error raised for all values together
        :return: the partner; empty if it is rejected with every value omitted
        """
        reported = [name for name in TYPED if vals.get(name)]
        for name in reversed(reported):
            try:
                partner = self._try([{**vals, name: False}])
            except REFUSALS:
                continue
            self._store_rejected(partner, vals, {name: error})
            return partner
        return self._create_step_by_step(vals, reported)

    @api.model
    def _create_step_by_step(self, vals, reported):
        """Create a partner without the values entered by the buyer, then write them one by one."""
        try:
            partner = self._try([{**vals, **dict.fromkeys(reported, False)}])
        except REFUSALS:
            return self.env["res.partner"]
        refused = {}
        for name in reported:
            try:
                with self.env.cr.savepoint():
                    partner.write({name: vals[name]})
                    self._defer_vies(partner)
            except REFUSALS as error:
                refused[name] = error
        self._store_rejected(partner, vals, refused)
        return partner

    @api.model
    def _store_rejected(self, partner, vals, refused):
        """Write rejected values and the errors to ``oms_rejected_data``.

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
        """:return: the fallback partner
        :raise UserError: if there is none
        """
        if fallback:
            return fallback
        raise UserError(
            self.env._(
                "The customer could not be created: %(reason)s Correct the message and retry, "
                "or set a Guest Customer on the channel.",
                reason=sentences.join([" ".join(str(error).split())[:300]]),
            )
        ) from error
