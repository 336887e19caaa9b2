"""Personal data: found, exported and erased, as tools/personal_data.py declares it."""

from . import oms_privacy
from . import oms_privacy_person
from . import oms_privacy_contact
from . import oms_privacy_trail
from . import oms_privacy_export
