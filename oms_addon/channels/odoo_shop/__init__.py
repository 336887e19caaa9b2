"""Odoo's own website shop."""

from . import adapter
