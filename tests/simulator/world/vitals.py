"""The vitals of a board."""

from typing import TYPE_CHECKING, Any

from tests.simulator.clock import iso

if TYPE_CHECKING:
    from .boards import Board


def vitals_of(board: Board) -> dict[str, Any]:
    """Return the payload of a board's vitals."""
    uptime = int((board.clock.now() - board.booted_at).total_seconds())
    session = 0
    if board.last_handshake_at is not None:
        session = int((board.clock.now() - board.last_handshake_at).total_seconds())
    device: dict[str, Any] = {
        "network": _network(board),
        "cloud": {
            "connection": {
                "status": "connected",
                "error": 0,
                "attempts": 1,
                "disconnects": 0,
                "disconnect_reason": "none",
            },
            "coap": {"transmit": 41, "retransmit": 1, "unack": 0, "round_trip": 350},
            "publish": {"rate_limited": 0},
        },
        "system": {"uptime": uptime, "memory": {"used": 73976, "total": 167688}},
        **board.program.vitals(),
    }
    if board.world.faults.get("vitals_error_leaf", device=board.id):
        device["power"] = {
            "battery": {"charge": {"err": -210}, "state": "disconnected"},
            "source": "unknown",
        }
        device["system"]["memory"]["used"] = {"err": -120}
    service = {
        "device": {"status": "ok"},
        "cloud": {"uptime": session, "publish": {"sent": 138}},
        "coap": {"round_trip": 92},
    }
    return {"device": device, "service": service}


def record_of(board: Board, payload: dict[str, Any]) -> dict[str, Any]:
    """Return the record of a board's vitals in the cloud."""
    return {"updated_at": iso(board.clock.now()), "deviceID": board.id, "payload": payload}


def _network(board: Board) -> dict[str, Any]:
    """Return how the board is connected."""
    connection = {
        "status": "connected",
        "error": 0,
        "disconnects": 0,
        "attempts": 1,
        "disconnect_reason": "none",
    }
    if not board.cellular:
        signal = _signal("Wi-Fi", ("RSSI", 74, -61), ("SNR", 67.5, 27))
        return {"signal": signal, "connection": connection}
    cell = {
        "radio_access_technology": "LTE",
        "operator": "Some Operator",
        "cell_global_identity": {
            "mobile_country_code": 262,
            "mobile_network_code": "01",
            "location_area_code": 3339,
            "cell_id": 205999999,
        },
    }
    signal = _signal("LTE Cat-M1", ("RSRP", 52, -97), ("RSRQ", 44.2, -13))
    return {"cellular": cell, "signal": signal, "connection": connection}


def _signal(
    access: str, strength: tuple[str, float, float], quality: tuple[str, float, float]
) -> dict[str, Any]:
    """Return the strength and quality of a signal, in percent and as measured."""
    return {
        "at": access,
        "strength": strength[1],
        "strength_units": "%",
        "strengthv": strength[2],
        "strengthv_units": "dBm",
        "strengthv_type": strength[0],
        "quality": quality[1],
        "quality_units": "%",
        "qualityv": quality[2],
        "qualityv_units": "dB",
        "qualityv_type": quality[0],
    }
