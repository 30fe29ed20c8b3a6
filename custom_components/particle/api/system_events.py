"""Parse system events, which Device OS and the cloud publish.

All of them are free. Their format varies with the version: trailing blanks, numbers instead of words,
upper and lower case. Unknown values are kept as text.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from .models import CloudEvent
from .parsing import Json, bool_of, int_of, loads, objects_of, text_of, texts_of
from .system_event_types import (
    PANIC_CODES,
    RESET_REASONS,
    AppHashEvent,
    CommandEvent,
    ConnectionStatus,
    DeviceInformationEvent,
    FlashAvailableEvent,
    FlashProgressEvent,
    FlashState,
    FlashStatusEvent,
    HandshakeEvent,
    LastResetEvent,
    Module,
    OtaResultEvent,
    ProductFirmwareEvent,
    SafeModeEvent,
    SafeModeUpdaterEvent,
    StatusEvent,
    SystemEvent,
    UpdateFlag,
    UpdatesEvent,
    VitalsEvent,
)
from .vitals import Vitals

__all__ = [
    "PANIC_CODES",
    "RESET_REASONS",
    "AppHashEvent",
    "CommandEvent",
    "ConnectionStatus",
    "DeviceInformationEvent",
    "FlashAvailableEvent",
    "FlashProgressEvent",
    "FlashState",
    "FlashStatusEvent",
    "HandshakeEvent",
    "LastResetEvent",
    "Module",
    "OtaResultEvent",
    "ProductFirmwareEvent",
    "SafeModeEvent",
    "SafeModeUpdaterEvent",
    "StatusEvent",
    "SystemEvent",
    "UpdateFlag",
    "UpdatesEvent",
    "VitalsEvent",
    "parse_system_event",
]


def parse_system_event(event: CloudEvent) -> SystemEvent | None:
    """Parse a system event.

    Returns:
        The event; a plain `SystemEvent` if it is unknown to this client; None for other events.
    """
    if not event.is_system:
        return None
    # These names are in lower case, but the prefixes are reserved in any case.
    name = event.name.strip().lower()
    if (parser := _PARSERS.get(name)) is not None:
        return parser(event)
    if name.startswith("spark/device/ident/"):
        return HandshakeEvent(event, name.removeprefix("spark/device/"))
    return SystemEvent(event)


def _text(event: CloudEvent) -> str:
    return (event.data or "").strip()


def _json(event: CloudEvent) -> Json:
    try:
        data = loads(event.data or "")
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}


def _status(event: CloudEvent) -> SystemEvent:
    return StatusEvent(event, _member(ConnectionStatus, _text(event)))


def _member[E: StrEnum](words: type[E], text: str) -> E | None:
    try:
        return words(text.lower())
    except ValueError:
        return None


def _safe_mode(event: CloudEvent) -> SystemEvent:
    data = _json(event)
    variables = data.get("v")
    return SafeModeEvent(
        event,
        int_of(data.get("p")),
        texts_of(data.get("f")),
        tuple(variables) if isinstance(variables, dict) else texts_of(variables),
        tuple(_module(item) for item in objects_of(data.get("m"))),
    )


def _module(data: Mapping[str, Any]) -> Module:
    return Module(
        function=text_of(data.get("f")),
        name=text_of(data.get("n")),
        version=int_of(data.get("v")),
        location=text_of(data.get("l")),
        size=int_of(data.get("s")),
        validity_checked=text_of(data.get("vc")),
        validity_result=text_of(data.get("vv")),
        dependencies=objects_of(data.get("d")),
    )


def _safe_mode_updater(event: CloudEvent) -> SystemEvent:
    return SafeModeUpdaterEvent(event, int_of(_text(event)))


def _flash_status(event: CloudEvent) -> SystemEvent:
    # "started " has a trailing blank if the file name is unknown.
    word, _, file_name = _text(event).partition(" ")
    return FlashStatusEvent(event, _member(FlashState, word), file_name.strip() or None)


def _flash_progress(event: CloudEvent) -> SystemEvent:
    data = _json(event)
    if data:
        numbers = [int_of(data.get(key)) for key in ("sent", "total", "seconds")]
    else:
        numbers = [int_of(part.strip()) for part in _text(event).split(",")[:3]]
    sent, total, seconds, *_ = [*numbers, None, None, None]
    return FlashProgressEvent(event, sent, total, seconds)


def _app_hash(event: CloudEvent) -> SystemEvent:
    return AppHashEvent(event, _text(event).lower())


def _last_reset(event: CloudEvent) -> SystemEvent:
    reason, _, panic = (part.strip().lower() for part in _text(event).partition(","))
    return LastResetEvent(
        event,
        _named(reason, RESET_REASONS) or "unknown",
        _named(panic.rstrip("."), PANIC_CODES) if panic else None,
    )


def _named(word: str, names: Mapping[int, str]) -> str:
    number = int_of(word)
    return word if number is None else names.get(number, word)


def _vitals(event: CloudEvent) -> SystemEvent:
    data = _json(event)
    return VitalsEvent(
        event,
        Vitals.from_json(
            {
                "payload": data,
                "deviceID": event.device_id,
                "updated_at": event.published_at.isoformat() if event.published_at else None,
            }
        ),
    )


def _updates(flag: UpdateFlag) -> Callable[[CloudEvent], SystemEvent]:
    return lambda event: UpdatesEvent(event, flag, bool_of(_text(event)))


def _product_firmware(released: bool) -> Callable[[CloudEvent], SystemEvent]:
    def parse(event: CloudEvent) -> SystemEvent:
        data = _json(event)
        return ProductFirmwareEvent(
            event, released, int_of(data.get("version")), bool_of(data.get("immediate"))
        )

    return parse


def _topic(
    kind: Callable[[CloudEvent, str], SystemEvent], topic: str
) -> Callable[[CloudEvent], SystemEvent]:
    return lambda event: kind(event, topic)


_PARSERS: Mapping[str, Callable[[CloudEvent], SystemEvent]] = {
    "spark/status": _status,
    "spark/status/safe-mode": _safe_mode,
    "spark/device/safemode": _safe_mode,
    "spark/safe-mode-updater/updating": _safe_mode_updater,
    "spark/flash/status": _flash_status,
    "spark/flash/available": FlashAvailableEvent,
    "spark/flash/progress": _flash_progress,
    "spark/device/app-hash": _app_hash,
    "spark/device/last_reset": _last_reset,
    "spark/device/diagnostics/update": _vitals,
    "spark/device/ota_result": lambda event: OtaResultEvent(event, _json(event)),
    **{f"particle/device/updates/{flag}": _updates(flag) for flag in UpdateFlag},
    "particle/firmware/create": _product_firmware(released=False),
    "particle/firmware/release": _product_firmware(released=True),
    **{
        f"{maker}/device/{topic}": _topic(DeviceInformationEvent, topic)
        for maker in ("spark", "particle")
        for topic in ("name", "ip", "random")
    },
    "spark/device/reset": _topic(CommandEvent, "reset"),
    "spark/device/key/restore": _topic(CommandEvent, "key/restore"),
    "spark/device/claim/code": _topic(HandshakeEvent, "claim/code"),
    "spark/hardware/max_binary": _topic(HandshakeEvent, "hardware/max_binary"),
    "spark/hardware/ota_chunk_size": _topic(HandshakeEvent, "hardware/ota_chunk_size"),
    "spark/cc3000-patch-version": _topic(HandshakeEvent, "cc3000-patch-version"),
}
