"""Stored events as a file to download: lines of JSON."""

from http import HTTPStatus
from typing import Final

from aiohttp import web
from homeassistant.components.http import KEY_HASS, KEY_HASS_USER, HomeAssistantView
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from .event_search import EventSearch, async_export

URL: Final = "/api/particle/events/export"

# Lines that are sent together.
BATCH: Final = 200


@callback
def async_register_export(hass: HomeAssistant) -> None:
    """Offer the download, if Home Assistant serves anything."""
    if "http" in hass.config.components:
        hass.http.register_view(EventExportView())


class EventExportView(HomeAssistantView):
    """Sends the stored events that the user may see; cards open it by a signed path."""

    url = URL
    name = "api:particle:events:export"

    async def get(self, request: web.Request) -> web.StreamResponse:
        """Send the events; ``device_id`` (several), ``text`` and ``own`` limit them."""
        query = request.query
        search = EventSearch(
            device_ids=query.getall("device_id", None),
            text=query.get("text") or None,
            own="own" in query,
        )
        lines = async_export(request.app[KEY_HASS], request[KEY_HASS_USER], search)
        try:
            first = await anext(lines, "")
        except HomeAssistantError as err:
            return self.json_message(str(err), HTTPStatus.SERVICE_UNAVAILABLE)
        response = web.StreamResponse(
            headers={
                "Content-Type": "application/x-ndjson; charset=utf-8",
                "Content-Disposition": 'attachment; filename="particle-events.jsonl"',
                "Cache-Control": "no-store",
            }
        )
        await response.prepare(request)
        batch = [first]
        async for line in lines:
            batch.append(line)
            if len(batch) >= BATCH:
                await response.write("".join(batch).encode())
                batch.clear()
        await response.write("".join(batch).encode())
        await response.write_eof()
        return response
