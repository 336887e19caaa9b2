"""Simulated stores: real HTTP servers with state, which need no account."""
