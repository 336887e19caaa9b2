"""Parsing and templates of orders in CSV and Excel files; not the upload wizard."""

from . import adapter
