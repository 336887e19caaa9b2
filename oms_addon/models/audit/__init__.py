from . import oms_event
from . import oms_event_seal
