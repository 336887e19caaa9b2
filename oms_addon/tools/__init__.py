"""Algorithms in plain Python, without the ORM and without anything specific to one channel type."""
