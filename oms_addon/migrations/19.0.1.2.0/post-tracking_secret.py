"""Carriers keep the secret of the channel until they get their own."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Keep the signature of tracking events valid on channels that receive some, and raise an alert
    for another secret: the channel's own also signs orders.
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
