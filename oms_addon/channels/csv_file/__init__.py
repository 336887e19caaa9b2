"""Orders in CSV and Excel files."""

from . import adapter
