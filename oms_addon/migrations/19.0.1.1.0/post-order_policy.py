"""Existing orders follow the current settings of their channels."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Store the settings of each channel as a version, and link its orders to it."""
    env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
    env["oms.channel"].search([])._store_policy()
    env.flush_all()
    cr.execute(
        """UPDATE sale_order o SET oms_policy_id = channel.policy_id
           FROM oms_channel channel
           WHERE channel.id = o.oms_channel_id AND o.oms_policy_id IS NULL"""
    )
    # Rules that cancel already also cancel orders that are waiting.
    cr.execute(
        """UPDATE oms_allocation_rule SET cancel_since = create_date
           WHERE cancel_since IS NOT NULL"""
    )
