"""What has to be followed so that a card shows what is."""

from collections.abc import Callable
from functools import partial

from homeassistant.core import CALLBACK_TYPE, callback

from ..coordinator import ParticleConfigEntry
from ..device.coordinator import DeviceCoordinator
from ..slices.coordinator import ALL_CONTEXTS


@callback
def async_follow_devices(
    entry: ParticleConfigEntry,
    on_change: Callable[[str], None],
    *,
    device_id: str | None = None,
) -> CALLBACK_TYPE:
    """Call back with Particle's id of each device that changes, comes or goes.

    Following a device does not cause its variables to be read.

    Args:
        entry: The account, which is loaded.
        on_change: Called with the id.
        device_id: Only this device; None for all of the account.

    Returns:
        A function that ends it.
    """
    account = entry.runtime_data.account
    followed: dict[str, tuple[DeviceCoordinator, CALLBACK_TYPE]] = {}

    @callback
    def update() -> None:
        for known in [
            known
            for known, (device, _) in followed.items()
            if account.devices.get(known) is not device
        ]:
            followed.pop(known)[1]()
            on_change(known)
        for new, device in account.devices.items():
            if new not in followed and device_id in (None, new):
                remove = device.async_add_listener(partial(on_change, new), ALL_CONTEXTS)
                followed[new] = (device, remove)
                on_change(new)

    @callback
    def update_all() -> None:
        update()
        for known in followed:
            on_change(known)

    update()
    stop_listing = account.async_add_listener(update_all)
    stop_events = entry.runtime_data.hub.async_listen(
        lambda event: on_change(event.device_id) if event.device_id in followed else None,
        device_id=device_id,
    )

    @callback
    def remove_all() -> None:
        stop_listing()
        stop_events()
        while followed:
            followed.popitem()[1][1]()

    return remove_all
