"""The audit trail."""

from . import oms_retention
from . import oms_event
from . import oms_event_erase
from . import oms_event_seal
