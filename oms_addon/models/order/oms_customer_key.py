"""By what a customer is known: the channel's id, an e-mail address, a phone number."""

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
        [("channel", "Channel's id"), ("email", "E-mail"), ("phone", "Phone")],
        required=True,
        readonly=True,
    )
    key = fields.Char(required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner", required=True, readonly=True, index=True, ondelete="cascade"
    )

    _key_uniq = models.UniqueIndex(
        "(company_id, COALESCE(channel_id, 0), kind, key)", "This customer is known already."
    )

    @api.model
    def _find(self, company, keys):
        """Look customers up.

        :param company: the company that asks
        :param keys: tuples (channel id or None, kind, key)
        :return: partner by key tuple, archived and deleted customers left out
        :rtype: dict
        """
        if not keys:
            return {}
        found = self.search(
            [
                ("company_id", "=", company.id),
                ("key", "in", list({key[2] for key in keys})),
                ("partner_id.active", "=", True),
            ]
        )
        wanted = set(keys)
        return {
            key: row.partner_id
            for row in found
            if (key := (row.channel_id.id or None, row.kind, row.key)) in wanted
        }

    @api.model
    def _remember(self, company, pairs):
        """Know customers by keys from now on; a key that is known stays with its customer.

        :param company: the company
        :param pairs: tuples (key tuple, partner id)
        """
        if not pairs:
            return
        now, uid = fields.Datetime.now(), self.env.uid
        self.env["res.partner"].flush_model(["active"])
        self.env.cr.execute(
            SQL(
                """INSERT INTO oms_customer_key (company_id, channel_id, kind, key, partner_id,
                       create_uid, create_date, write_uid, write_date) VALUES %s
                   ON CONFLICT DO NOTHING""",
                SQL(", ").join(
                    SQL(
                        "(%s, %s, %s, %s, %s, %s, %s, %s, %s)",
                        company.id,
                        *key,
                        partner_id,
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
