"""The published specification of the public API, without the ORM and without its processing."""
