"""Search, export and erasure of personal data as declared in `tools/personal_data.py`; not the
declaration itself.
"""

from . import oms_privacy
from . import oms_privacy_person
from . import oms_privacy_contact
from . import oms_privacy_trail
from . import oms_privacy_export
