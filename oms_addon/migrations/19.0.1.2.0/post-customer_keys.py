"""Delete customer keys that a portal user may have entered."""


def migrate(cr, version):
    """Delete the keys stored for a contact after it, or a contact of the same company, had a user:
    the next order is put on hold. Older keys stay.
    """
    cr.execute(
        """DELETE FROM oms_customer_key key
                 USING res_partner customer, res_partner member, res_users account
                 WHERE customer.id = key.partner_id
                   AND member.commercial_partner_id = customer.commercial_partner_id
                   AND account.partner_id = member.id
                   AND account.create_date < key.create_date"""
    )
