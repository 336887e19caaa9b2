"""The audit trail, data retention and the mixin for state transitions; not what other rooms log."""

from . import oms_retention
from . import oms_state_mixin
from . import oms_event
from . import oms_event_erase
from . import oms_event_seal
from . import oms_event_text
