"""Remote diagnostics: refreshing vitals, and getting those that the cloud stores for a month."""

from datetime import datetime

from .endpoint import ACCOUNT_OR_PRODUCT, Endpoint
from .error_mapping import Subject
from .namespace import Namespace
from .parsing import objects_of
from .scope import ACCOUNT, Scope
from .transport import Query
from .vitals import Vitals

REFRESH_VITALS = Endpoint("POST", "/v1/diagnostics/:device_id/update", ACCOUNT_OR_PRODUCT)
GET_LAST_VITALS = Endpoint("GET", "/v1/diagnostics/:device_id/last", ACCOUNT_OR_PRODUCT)
GET_VITALS_HISTORY = Endpoint("GET", "/v1/diagnostics/:device_id", ACCOUNT_OR_PRODUCT)


class Diagnostics(Namespace):
    """Vitals of devices; free."""

    async def refresh(self, device_id: str, *, scope: Scope = ACCOUNT) -> None:
        """Request new vitals from a device, which arrive as an event if it is online."""
        await self._session.request(
            *REFRESH_VITALS.at(scope, device_id=device_id), subject=Subject.DEVICE
        )

    async def last(
        self, device_id: str, *, scope: Scope = ACCOUNT, background: bool = False
    ) -> Vitals:
        """Get the latest vitals.

        Args:
            device_id: Device.
            scope: Account or product.
            background: Whether the request has low priority.

        Raises:
            NotFoundError: There are no vitals.
        """
        if background:
            await self._session.transport.rate_limits.background.take()
        answer = await self._session.request(*GET_LAST_VITALS.at(scope, device_id=device_id))
        return answer.read(Vitals.from_json, "diagnostics")

    async def history(
        self,
        device_id: str,
        *,
        scope: Scope = ACCOUNT,
        start: datetime | None = None,
        end: datetime | None = None,
    ) -> tuple[Vitals, ...]:
        """Get the vitals of a period within the last month.

        Raises:
            InvalidRequestError: The dates are not accepted.
        """
        answer = await self._session.request(
            *GET_VITALS_HISTORY.at(scope, device_id=device_id), query=_dates(start, end)
        )
        return tuple(Vitals.from_json(item) for item in objects_of(answer.array("diagnostics")))

    async def history_csv(
        self,
        device_id: str,
        *,
        scope: Scope = ACCOUNT,
        start: datetime | None = None,
        end: datetime | None = None,
    ) -> str:
        """Get the vitals of a period as CSV."""
        answer = await self._session.request(
            *GET_VITALS_HISTORY.at(scope, device_id=device_id),
            query=_dates(start, end),
            headers={"Accept": "text/csv"},
        )
        return answer.text


def _dates(start: datetime | None, end: datetime | None) -> Query:
    return {
        "start_date": start.isoformat() if start else None,
        "end_date": end.isoformat() if end else None,
    }
