"""How the benchmark of the cards reads what the browser tells."""

import re

import pytest

from custom_components.particle.dashboard.files import URL_BASE
from scripts.benchmark.cards.console import Console
from scripts.benchmark.cards.first_paint import rows_of_fleet
from scripts.benchmark.cards.live import LiveRun
from scripts.benchmark.cards.sizes import loaded, size_below

ROWS = "All 30 Problems 2 Online 28 old photon Offline 2.3.1 van-4 Offline v 1 5.8.0 "
HEARD = "boat Online · heard now 6.2.1 "


def test_messages_of_the_cards_are_told_from_those_of_the_frontend() -> None:
    console = Console()

    console.add("something broke", f"http://127.0.0.1:8123{URL_BASE}/events-card-4WOC266D.js")
    console.add("Custom element doesn't exist: particle-fleet-card.")
    console.add("Subscription not found", "http://127.0.0.1:8123/frontend_latest/app.js")

    assert len(console.ours) == 2
    assert console.others == ["Subscription not found"]


def test_only_javascript_below_the_path_counts() -> None:
    files = loaded(
        [
            [f"{URL_BASE}/particle.js", 1_634],
            [f"{URL_BASE}/fleet-card-DK276RJK.js", 3_962],
            ["/frontend_latest/app.js", 90_000],
            [f"{URL_BASE}/picture.png", 500],
        ]
    )

    assert size_below(files, URL_BASE) == 5_596
    assert size_below([], URL_BASE) == 0


def test_rates_are_those_of_the_measured_time() -> None:
    run = LiveRun.of(
        {
            "seconds": 10.0,
            "frames": 590,
            "longTasks": [51, 80.5],
            "renders": 100,
            "mostRenders": 1,
            "gap": 83.4,
            "leftOut": 3,
        },
        growth=1_500_000,
        busy=0.5,
        rate=99.8,
    )

    assert run.frames == pytest.approx(59)
    assert run.renders == pytest.approx(10)
    assert run.busy == pytest.approx(0.05)
    assert run.long_tasks == [51, 80.5]
    assert run.left_out == 3


@pytest.mark.parametrize(("devices", "shown"), [(3, False), (4, True)])
def test_the_fleet_is_painted_when_all_first_rows_are(devices: int, shown: bool) -> None:
    assert bool(re.search(rows_of_fleet(), ROWS + devices * HEARD)) is shown
