"""The record of a channel with its policy, health, setup, alerts, locations and mappings, without
its API.
"""

from . import oms_channel_policy_mixin
from . import oms_channel_mapping
from . import oms_channel
from . import oms_channel_receive
from . import oms_channel_policy
from . import oms_channel_policy_version
from . import oms_channel_payment_method
from . import oms_channel_health
from . import oms_channel_alert
from . import oms_channel_setup
from . import oms_channel_setup_taxes
from . import oms_channel_address
from . import oms_channel_erase
from . import oms_channel_location
from . import oms_channel_health_page
