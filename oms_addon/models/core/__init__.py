"""Overrides of methods of Odoo's own models. No rule of ours stands here."""

from . import base
from . import document_access
from . import ir_actions_report
from . import ir_http
from . import res_company
from . import res_config_settings
from . import res_users
from . import reckoning
