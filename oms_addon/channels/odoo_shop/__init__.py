"""The adapter of Odoo's own website shop; not the check whether it is installed."""

from . import adapter
