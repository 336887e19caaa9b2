"""Forget by what a user was taken for a customer: an e-mail address they may have typed."""


def migrate(cr, version):
    """Delete the keys that were learned for a contact after one of its family had a user: the
    next order asks a person. Who was a customer before they had a user stays known.
    """
    cr.execute(
        """DELETE FROM oms_customer_key key
                 USING res_partner customer, res_partner member, res_users account
                 WHERE customer.id = key.partner_id
                   AND member.commercial_partner_id = customer.commercial_partner_id
                   AND account.partner_id = member.id
                   AND account.create_date < key.create_date"""
    )
