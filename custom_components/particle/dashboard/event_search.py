"""Stored events, of all accounts, as far as a user may see them."""

from collections.abc import AsyncIterator, Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from homeassistant.auth.models import User
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr

from ..const import DOMAIN
from ..coordinator import ParticleConfigEntry
from ..event_log.models import MAX_LIMIT, EventQuery, StoredEvent
from .sender import Sender, event_as_json, find_sender

type Cursor = dict[str, int | None]
"""By account, the event before which the next page begins; None where there is nothing older."""

type _Found = tuple[ParticleConfigEntry, StoredEvent, Sender]

# Pages of the log that are looked through for one page of the card, where few events are wanted.
MAX_PAGES: Final = 5


@dataclass(frozen=True, slots=True)
class EventSearch:
    """What is searched for.

    Attributes:
        device_ids: Ids of the device registry; None for all devices and what comes from none.
        text: Part of the name or of the payload.
        own: Whether only events count that firmware or a person published.
        before: Received before this time.
    """

    device_ids: Collection[str] | None = None
    text: str | None = None
    own: bool = False
    before: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Account:
    """An account, with what the user may see of it and searches for; None stands for the cloud."""

    entry: ParticleConfigEntry
    senders: dict[str | None, Sender]

    def query(self, search: EventSearch, before_id: int | None, limit: int) -> EventQuery:
        return EventQuery(
            device_ids=self.senders.keys(),
            text=search.text,
            before=search.before,
            before_id=before_id,
            limit=limit,
        )

    def wanted(self, search: EventSearch, events: list[StoredEvent]) -> Iterator[_Found]:
        """Yield the events of a page that are searched for."""
        for stored in events:
            sender = self.senders.get(stored.event.device_id)
            is_own = not stored.event.is_system and not stored.event.is_hook
            if sender is not None and (is_own or not search.own):
                yield self.entry, stored, sender


async def async_search(
    hass: HomeAssistant, user: User, search: EventSearch, cursor: Cursor | None, limit: int
) -> dict[str, Any]:
    """Return a page of events, newest first, and where the next page begins; costs nothing at Particle.

    Returns:
        ``events`` as the log of a card shows them, ``cursor`` for the next page or None, and ``visible``:
        whether the user may see any of the devices.
    """
    accounts = _accounts(hass, user, search)
    found: list[_Found] = []
    next_cursor: Cursor = {}
    for account in accounts:
        entry_id = account.entry.entry_id
        if cursor is not None and cursor.get(entry_id) is None:
            continue
        before_id = None if cursor is None else cursor[entry_id]
        next_cursor[entry_id] = await _find(account, search, before_id, limit, found)
    found.sort(key=lambda one: one[1].received_at, reverse=True)
    # What does not fit comes with the next page.
    for entry, stored, _ in reversed(found[limit:]):
        next_cursor[entry.entry_id] = stored.id + 1
    return {
        "events": [
            event_as_json(entry, stored.event, sender, received_at=stored.received_at)
            for entry, stored, sender in found[:limit]
        ],
        "cursor": next_cursor if any(next_cursor.values()) else None,
        "visible": bool(accounts),
    }


async def async_export(hass: HomeAssistant, user: User, search: EventSearch) -> AsyncIterator[str]:
    """Yield all events that are searched for as lines of JSON, account by account, newest first.

    Raises:
        HomeAssistantError: A log is switched off, or cannot be read.
    """
    for account in _accounts(hass, user, search):
        query = account.query(search, None, MAX_LIMIT)
        while True:
            page = await account.entry.runtime_data.event_log.async_query(query)
            for _, stored, _ in account.wanted(search, page.events):
                yield stored.as_json_line()
            if page.cursor is None:
                break
            query = replace(query, before_id=page.cursor)


async def _find(
    account: _Account,
    search: EventSearch,
    before_id: int | None,
    limit: int,
    found: list[_Found],
) -> int | None:
    """Add events of an account; returns where to go on."""
    count = 0
    for _ in range(MAX_PAGES):
        query = account.query(search, before_id, limit)
        try:
            page = await account.entry.runtime_data.event_log.async_query(query)
        except HomeAssistantError:
            # A repair issue says what is wrong with the log; the card shows what comes in live.
            return None
        new = list(account.wanted(search, page.events))
        found += new
        count += len(new)
        before_id = page.cursor
        if before_id is None or count >= limit:
            break
    return before_id


def _accounts(hass: HomeAssistant, user: User, search: EventSearch) -> list[_Account]:
    """Return the loaded accounts of which the user may see anything that is searched for."""
    accounts = []
    for entry in hass.config_entries.async_loaded_entries(DOMAIN):
        devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
        ids = {
            identifier
            for device in devices
            for domain, identifier in device.identifiers
            if domain == DOMAIN
        }
        senders: dict[str | None, Sender] = {
            device_id: sender
            for device_id in (*ids, None)
            if (sender := find_sender(hass, user, entry, device_id)) is not None
            and sender.is_among(search.device_ids)
        }
        if senders:
            accounts.append(_Account(entry, senders))
    return accounts
