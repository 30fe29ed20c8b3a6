"""The table of endpoints is up to date, and nothing of the API is left out."""

from scripts import api_coverage as coverage


def test_every_endpoint_has_a_method_and_a_test() -> None:
    """What has none says why."""
    methods, tested = coverage.client_methods(), coverage.tests()
    for item in coverage.reference():
        names = methods.get(item.key, [])
        assert bool(names) == (item.reason is None), item
        for name in names:
            assert tested.get(name), name


def test_the_lists_agree() -> None:
    """Neither the client nor the simulated cloud has an endpoint that the list does not know."""
    listed = {item.key for item in coverage.reference()}
    assert len(listed) == len(coverage.reference())
    assert set(coverage.client_methods()) <= listed
    assert set(coverage.simulator_routes()) == listed


def test_the_table_is_up_to_date() -> None:
    """Whoever changes a method, a route, an action or a test runs the script."""
    assert coverage.TABLE.read_text(encoding="utf-8") == coverage.table(), (
        "run scripts/api_coverage.py"
    )
