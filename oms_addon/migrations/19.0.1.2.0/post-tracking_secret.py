"""Carriers go on until they get a secret of their own."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Let tracking events of channels that receive some be signed as before, and ask for another
    secret: who knows the channel's own can send orders as well.
    """
    cr.execute(
        """UPDATE oms_channel channel SET tracking_secret = webhook_secret
           WHERE tracking_secret IS NULL AND webhook_secret IS NOT NULL
             AND EXISTS (SELECT 1 FROM oms_channel_message message
                         WHERE message.channel_id = channel.id AND message.direction = 'in'
                           AND message.topic = 'tracking')
           RETURNING id"""
    )
    ids = [row[0] for row in cr.fetchall()]
    env = api.Environment(cr, SUPERUSER_ID, {})
    for channel in env["oms.channel"].browse(ids):
        channel._raise_alert(
            "tracking_secret",
            env._("Carriers sign tracking events with the secret that signs orders."),
            env._("Enter another Secret for Tracking on the channel and give it to the carriers."),
            level="warning",
        )
