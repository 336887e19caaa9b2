"""HTTP routes, their authentication and limits; not the processing of requests."""

from . import machine
from . import oms_webhook
from . import oms_api
from . import oms_tracking
from . import oms_promise
from . import oms_shared_delivery
from . import oms_portal_access
