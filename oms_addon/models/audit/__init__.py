from . import oms_event
