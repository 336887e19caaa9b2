"""User-defined conditions on orders."""

from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class OmsOrderCondition(models.AbstractModel):
    """Mixin for rules that apply to some orders. The inheriting model has a ``name``."""

    _name = "oms.order.condition"
    _description = "Order Conditions"

    domain = fields.Char("More Conditions", required=True, default="[]")

    @api.constrains("domain")
    def _check_domain(self):
        for record in self:
            try:
                self.env["sale.order"].search(record._get_order_domain(), limit=1)
            except Exception as error:  # noqa: BLE001 - any error in the user's domain
                raise ValidationError(
                    self.env._(
                        "“%(name)s” does not select orders: %(error)s",
                        name=record.name,
                        error=str(error),
                    )
                ) from error

    def _get_order_domain(self):
        """:return: the domain of the orders the record applies to"""
        self.ensure_one()
        return Domain(literal_eval(self.domain or "[]"))
