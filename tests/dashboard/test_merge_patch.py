"""Patches between what a card shows and what it should show."""

from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.particle.dashboard.merge_patch import merge_patch

from .card import apply_patch

SCALARS = st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3)
OBJECTS: st.SearchStrategy[dict[str, Any]] = st.recursive(
    st.dictionaries(st.sampled_from("abcd"), SCALARS, max_size=4),
    lambda inner: st.dictionaries(st.sampled_from("abcd"), SCALARS | inner, max_size=4),
    max_leaves=8,
)


def _same(one: Any, other: Any) -> bool:
    """Whether two values are the same in JSON, where true is not 1."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    return type(one) is type(other) and one == other


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(OBJECTS, OBJECTS)
def test_a_patch_makes_one_object_of_the_other(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    assert _same(apply_patch(before, merge_patch(before, after)), after)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(OBJECTS)
def test_the_same_object_needs_no_patch(value: dict[str, Any]) -> None:
    assert merge_patch(value, value) == {}


@pytest.mark.parametrize(
    ("before", "after", "patch"),
    [
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 1, "c": 3}}, {"a": {"c": 3}}),
        ({"a": 1}, {}, {"a": None}),
        ({"a": 1}, {"a": None}, {"a": None}),
        ({"a": 1}, {"a": True}, {"a": True}),
        ({"a": [1, 2]}, {"a": [1]}, {"a": [1]}),
    ],
    ids=["inner", "gone", "null", "type", "list"],
)
def test_only_what_has_changed_is_sent(
    before: dict[str, Any], after: dict[str, Any], patch: dict[str, Any]
) -> None:
    assert merge_patch(before, after) == patch
