"""Shops without an account: real HTTP servers that keep state as the real ones do."""
