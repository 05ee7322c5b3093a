"""Makes it evident when an audit row was changed, taken away, added or moved afterwards (docs/audit.md)."""
