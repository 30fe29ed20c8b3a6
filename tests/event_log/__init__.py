"""The event log: what is kept on disk, and what survives there."""
