"""The inbox, the outbox, background jobs and rate limits; not the interpretation of messages."""

from . import oms_channel_meter
from . import oms_channel_message
from . import oms_channel_message_state
from . import oms_channel_message_erase
from . import oms_channel_message_gc
from . import oms_channel_message_inbox
from . import oms_channel_message_outbox
from . import oms_channel_message_processing
from . import oms_channel_message_sender
from . import oms_channel_message_summary
from . import oms_lane
from . import oms_lane_jobs
