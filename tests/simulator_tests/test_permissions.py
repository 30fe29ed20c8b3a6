"""Who may call what, and which scope it needs."""

from .permissions import TABLE, table

WRITTEN = TABLE.read_text(encoding="utf-8") if TABLE.exists() else ""


async def test_permissions() -> None:
    """Every endpoint treats every kind of token as the table says."""
    assert (await table()).splitlines() == WRITTEN.splitlines()
