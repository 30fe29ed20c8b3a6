"""The event log: what devices publish, kept in a database of its own, searched and exported."""
