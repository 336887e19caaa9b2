"""Payment terms of a channel's orders, by payment method."""

from odoo import api, fields, models

from odoo.addons.oms_addon.tools.payment_terms import POSTPAID, method_key, recognize_terms

#: see ``tools.payment_terms``
TERMS = [
    ("prepaid", "Paid in Advance"),
    ("authorized", "Authorized, Captured Later"),
    ("transfer", "Bank Transfer or Check"),
    ("cod", "Cash on Delivery"),
    ("terms", "Invoice"),
]


class OmsChannelPaymentMethod(models.Model):
    _name = "oms.channel.payment.method"
    _description = "Channel Payment Method"
    _rec_name = "method"
    _order = "method, id"
    _check_company_auto = True

    channel_id = fields.Many2one("oms.channel", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="channel_id.company_id", store=True, index=True)
    method = fields.Char(
        "Payment Method",
        required=True,
        help="Code or name of the method on the channel. Upper case, spaces and punctuation are "
        "ignored.",
    )
    name = fields.Char("Customer-Facing Name", readonly=True)
    terms = fields.Selection(
        TERMS,
        "Payment Terms",
        help="Prepaid, authorized and bank transfer orders are confirmed and shipped according "
        "to the policy of the channel; cash on delivery and invoice orders ship before "
        "payment and are never cancelled as unpaid. Leave empty to use the default of the "
        "method, or else the payment policy of the channel.",
    )

    _method_uniq = models.UniqueIndex(
        "(channel_id, method)", "This payment method has terms on the channel already."
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Extend: if orders already listed the method without terms, set the terms on that row,
        even if the spelling differs, instead of creating another one.
        """
        listed = {
            (row.channel_id.id, method_key(row.method)): row
            for row in self.search(
                [
                    ("channel_id", "in", [vals.get("channel_id") for vals in vals_list]),
                    ("terms", "=", False),
                ]
            )
        }
        rows = [
            listed.get((vals.get("channel_id"), method_key(vals.get("method") or "")))
            for vals in vals_list
        ]
        for row, vals in zip(rows, vals_list, strict=True):
            if row:
                row.write(vals)
        new = iter(
            super().create([vals for row, vals in zip(rows, vals_list, strict=True) if not row])
        )
        methods = self.concat(*(row or next(new) for row in rows))
        methods.channel_id._apply_payment_terms()
        return methods

    def write(self, vals):
        result = super().write(vals)
        if {"method", "terms"} & set(vals):
            self.channel_id._apply_payment_terms()
        return result

    def unlink(self):
        channels = self.channel_id
        result = super().unlink()
        channels.exists()._apply_payment_terms()
        return result


class OmsChannel(models.Model):
    _inherit = "oms.channel"

    payment_method_ids = fields.One2many(
        "oms.channel.payment.method", "channel_id", "Payment Methods", copy=True
    )
    undecided_method_count = fields.Integer(
        "Payment Methods to Review", compute="_compute_undecided_method_count"
    )

    @api.depends("payment_method_ids.terms")
    def _compute_undecided_method_count(self):
        for channel in self:
            undecided = channel.payment_method_ids.filtered(lambda row: not row.terms)
            channel.undecided_method_count = len(undecided)

    @api.model_create_multi
    def create(self, vals_list):
        """Extend: a new channel gets the default payment terms of its adapter."""
        channels = super().create(vals_list)
        channels.env["oms.channel.payment.method"].create(
            [
                {"channel_id": channel.id, "method": method, "terms": terms}
                for channel in channels.filtered(lambda c: not c.payment_method_ids)
                for method, terms in channel._adapter()._payment_terms.items()
            ]
        )
        return channels

    def _get_payment_terms(self):
        """:return: the terms of payment methods by ``method_key``: those of the channel, else the
            defaults of its adapter
        :rtype: dict[str, str]
        """
        self.ensure_one()
        return {
            **{method_key(name): terms for name, terms in self._adapter()._payment_terms.items()},
            **{method_key(row.method): row.terms for row in self.payment_method_ids if row.terms},
        }

    def _note_payment_method(self, method, name):
        """Add a payment method seen on an order to the channel's table, without terms, unless it is
        listed.
        """
        self.ensure_one()
        key = method_key(method)
        listed = (*self._adapter()._payment_terms, *self.payment_method_ids.mapped("method"))
        if not key or key in map(method_key, listed):
            return
        # Orders of one channel are captured concurrently: the method may exist by now.
        self.env.cr.execute(
            """INSERT INTO oms_channel_payment_method
                   (channel_id, company_id, method, name, create_date, write_date)
               VALUES (%s, %s, %s, %s, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC')
               ON CONFLICT (channel_id, method) DO NOTHING""",
            [self.id, self.company_id.id, method, name or None],
        )
        self.invalidate_recordset(["payment_method_ids"], flush=False)

    def _prepare_payment_method(self, method, name=""):
        """:param str method: the channel's code of a payment method
        :param str name: the name shown to the customer
        :return: the order's payment method values
        :rtype: dict
        """
        terms = recognize_terms(method, name, self._get_payment_terms())
        self._note_payment_method(method or name, name)
        return {
            "oms_payment_method": method or name or False,
            "oms_payment_name": name or False,
            "oms_payment_terms": terms or False,
        }

    def _postpaid_methods(self):
        """:return: the keys of payment methods that are paid on delivery or later
        :rtype: frozenset[str]
        """
        if not self:
            return frozenset()
        by_key = self._get_payment_terms()
        return frozenset(key for key, terms in by_key.items() if terms in POSTPAID)

    def _apply_payment_terms(self, is_for_all=False):
        """Apply the current terms of payment methods to open orders: by default only to orders
        without terms, with ``is_for_all`` to all.
        """
        of_which = [] if is_for_all else [("oms_payment_terms", "=", False)]
        for channel in self:
            # Users who may set up a channel need no access to orders.
            orders_sudo = self.env["sale.order"].sudo()
            orders_sudo = orders_sudo.search(
                [
                    ("oms_channel_id", "=", channel.id),
                    *of_which,
                    ("oms_payment_method", "!=", False),
                    ("oms_status", "not in", ("done", "cancelled")),
                ]
            )
            changed = orders_sudo.browse()
            for (method, name), orders in orders_sudo.grouped(
                lambda o: (o.oms_payment_method, o.oms_payment_name)
            ).items():
                vals = channel._prepare_payment_method(method, name or "")
                moved = orders.filtered(
                    lambda o, terms=vals["oms_payment_terms"]: o.oms_payment_terms != terms
                )
                moved.write({"oms_payment_terms": vals["oms_payment_terms"]})
                changed |= moved
            if changed:
                self.env["oms.payment.collector"]._recompute_orders(changed)
                changed._oms_run()
