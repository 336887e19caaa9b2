"""Keys that identify customers: channel id, email address, phone number."""

from odoo import api, fields, models
from odoo.tools import SQL


class OmsCustomerKey(models.Model):
    _name = "oms.customer.key"
    _description = "Customer Key"
    _rec_name = "key"

    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    channel_id = fields.Many2one(
        "oms.channel", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    kind = fields.Selection(
        [("channel", "Channel ID"), ("email", "Email"), ("phone", "Phone")],
        required=True,
        readonly=True,
    )
    key = fields.Char(required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner", required=True, readonly=True, index=True, ondelete="cascade"
    )
    is_confirmed = fields.Boolean(
        "Confirmed",
        readonly=True,
        help="Confirmed by a user, regardless of who can edit the contact.",
    )

    _key_uniq = models.UniqueIndex(
        "(company_id, COALESCE(channel_id, 0), kind, key)", "This customer is known already."
    )

    @api.model
    def _find(self, company, keys):
        """Look customers up; see ``_find_by_keys``.

        :return: partner by key tuple
        :rtype: dict
        """
        return self._find_by_keys(company, keys)[0]

    @api.model
    def _find_by_keys(self, company, keys):
        """Find active customers by key.

        An email address or phone number does not identify a contact that a portal user or
        website visitor can edit, unless a user confirmed the key.

        :param company: the company of the keys
        :param keys: tuples (channel id or None, kind, key)
        :return: partner by key tuple, and the key rows that were ignored for that reason
        :rtype: tuple[dict, oms.customer.key]
        """
        if not keys:
            return {}, self.browse()
        found = self.search(
            [
                ("company_id", "=", company.id),
                ("key", "in", list({key[2] for key in keys})),
                ("partner_id.active", "=", True),
            ]
        )
        wanted = set(keys)
        found = found.filtered(lambda row: row._tuple() in wanted)
        weak = found.filtered(lambda row: row.kind != "channel" and not row.is_confirmed)
        editable = weak.partner_id._oms_editable_outside()
        lost = weak.filtered(lambda row: row.partner_id in editable)
        return {row._tuple(): row.partner_id for row in found - lost}, lost

    def _tuple(self):
        """:return: the key as (channel id or None, kind, key)"""
        return (self.channel_id.id or None, self.kind, self.key)

    @api.model
    def _remember(self, company, pairs, is_confirmed=False):
        """Store keys of customers; an existing key keeps its customer.

        :param company: the company
        :param pairs: tuples (key tuple, partner id)
        :param bool is_confirmed: whether a user confirmed the keys
        """
        if not pairs:
            return
        now, uid = fields.Datetime.now(), self.env.uid
        self.env["res.partner"].flush_model(["active"])
        self.env.cr.execute(
            SQL(
                """INSERT INTO oms_customer_key (company_id, channel_id, kind, key, partner_id,
                       is_confirmed, create_uid, create_date, write_uid, write_date) VALUES %s
                   ON CONFLICT DO NOTHING""",
                SQL(", ").join(
                    SQL(
                        "(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
                        company.id,
                        *key,
                        partner_id,
                        is_confirmed,
                        uid,
                        now,
                        uid,
                        now,
                    )
                    for key, partner_id in pairs
                ),
            )
        )
        self.invalidate_model(flush=False)
