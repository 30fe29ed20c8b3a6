"""What has changed between two JSON objects, as a JSON Merge Patch (RFC 7396)."""

from collections.abc import Mapping
from typing import Any


def merge_patch(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Return what turns one object into the other; empty where they are the same.

    A null in a patch removes its key, so a key without a value is one that is not there.
    """
    patch: dict[str, Any] = {}
    # In this order, because names are shown in the order in which they come.
    for key in {**before, **after}:
        old, new = before.get(key), after.get(key)
        # In Python true is 1 and 1 is 1.0; in JSON they are three values.
        if type(old) is type(new) and old == new:
            continue
        patch[key] = (
            merge_patch(old, new) if isinstance(old, dict) and isinstance(new, dict) else new
        )
    return patch
