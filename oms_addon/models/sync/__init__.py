"""Fetching of orders by polling, webhooks, reconciliation and history import, not processing."""

from . import oms_channel_polling
from . import oms_channel_webhooks
from . import oms_channel_webhooks_missing
from . import oms_channel_gap
from . import oms_channel_gap_deleted
from . import oms_channel_gap_lane
from . import oms_channel_gap_content
from . import oms_channel_backfill
from . import oms_channel_backfill_lane
from . import oms_channel_notice
