"""Tests of the plain Python part: no database is read or written."""
