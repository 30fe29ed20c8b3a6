"""SIM cards of the account or of a product."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Self

from .endpoint import ACCOUNT_OR_PRODUCT, PRODUCT_ONLY, Endpoint
from .errors import InvalidRequestError, NotFoundError
from .models import normal_device_id
from .namespace import Namespace
from .parsing import Json, child_of, datetime_of, float_of, id_of, mapping_of, objects_of, text_of
from .scope import ACCOUNT, Scope
from .uploads import binary_form

LIST_SIMS = Endpoint("GET", "/v1/sims", ACCOUNT_OR_PRODUCT)
GET_SIM = Endpoint("GET", "/v1/sims/:iccid", ACCOUNT_OR_PRODUCT)
FIND_SIM = Endpoint("HEAD", "/v1/sims/:iccid")
CHANGE_SIM = Endpoint("PUT", "/v1/sims/:iccid", ACCOUNT_OR_PRODUCT)
ADD_SIMS = Endpoint("POST", "/v1/sims", PRODUCT_ONLY)
GET_DATA_USAGE = Endpoint("GET", "/v1/sims/:iccid/data_usage", ACCOUNT_OR_PRODUCT)
GET_PRODUCT_DATA_USAGE = Endpoint("GET", "/v1/sims/data_usage", PRODUCT_ONLY)
GET_SIM_STATUS = Endpoint("GET", "/v1/sims/:iccid/status", ACCOUNT_OR_PRODUCT)
RELEASE_SIM = Endpoint("DELETE", "/v1/sims/:iccid", ACCOUNT_OR_PRODUCT)


class SimAction(StrEnum):
    """Actions on a SIM."""

    ACTIVATE = "activate"
    DEACTIVATE = "deactivate"
    REACTIVATE = "reactivate"


@dataclass(frozen=True, slots=True)
class Sim:
    """One SIM card.

    Attributes:
        iccid: ICCID of the card.
        status: For example ``active``.
    """

    iccid: str = field(repr=False)
    status: str | None = None
    carrier: str | None = None
    country: str | None = None
    last_device_id: str | None = None
    last_device_name: str | None = None
    first_activated_on: datetime | None = None
    updated_at: datetime | None = None
    raw: Json = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Read a SIM object.

        Raises:
            MalformedAnswerError: It is not an object, or has no number.
        """
        data = mapping_of(value, "SIM")
        device_id = text_of(data.get("last_device_id"))
        return cls(
            iccid=id_of(data, "SIM", "_id", "iccid", "id"),
            status=text_of(data.get("status")),
            carrier=text_of(data.get("carrier")),
            country=text_of(data.get("base_country_code")),
            last_device_id=normal_device_id(device_id) if device_id else None,
            last_device_name=text_of(data.get("last_device_name")),
            first_activated_on=datetime_of(data.get("first_activated_on")),
            updated_at=datetime_of(data.get("updated_at")),
            raw=data,
        )


@dataclass(frozen=True, slots=True)
class DataUsage:
    """Data usage of a SIM or of a product's SIMs in megabytes.

    Attributes:
        by_day: Day, usage on that day, usage since the start of the billing period.
    """

    by_day: tuple[tuple[date, float, float | None], ...] = ()
    raw: Json = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Read the answer about usage; invalid days are left out.

        Raises:
            MalformedAnswerError: It is not an object.
        """
        data = mapping_of(value, "data usage")
        days = []
        for item in objects_of(data.get("usage_by_day")):
            day, used = datetime_of(item.get("date")), float_of(item.get("mbs_used"))
            if day is not None and used is not None:
                days.append((day.date(), used, float_of(item.get("mbs_used_cumulative"))))
        return cls(tuple(days), data)


@dataclass(frozen=True, slots=True)
class SimStatus:
    """Status of a SIM in the mobile network.

    Attributes:
        complete: False while the cloud is still fetching it; try again later.
    """

    complete: bool
    raw: Json = field(default_factory=dict, repr=False, compare=False)


class Sims(Namespace):
    """SIM cards."""

    async def list(
        self,
        *,
        scope: Scope = ACCOUNT,
        iccid: str | None = None,
        device_id: str | None = None,
        device_name: str | None = None,
    ) -> AsyncIterator[Sim]:
        """List SIMs; the filters match parts of the values."""
        query = {"iccid": iccid, "deviceId": device_id, "deviceName": device_name}
        async for item in self._paged_objects(LIST_SIMS.at(scope), "sims", query=query):
            yield Sim.from_json(item)

    async def get(self, iccid: str, *, scope: Scope = ACCOUNT) -> Sim:
        """Get one SIM."""
        answer = await self._session.request(*GET_SIM.at(scope, iccid=iccid))
        return answer.read(lambda data: Sim.from_json({"_id": iccid, **data}), "sim")

    async def exists(self, iccid: str) -> bool:
        """Return whether Particle knows a SIM."""
        try:
            await self._session.request(*FIND_SIM.at(iccid=iccid))
        except NotFoundError:
            return False
        return True

    async def change(
        self,
        iccid: str,
        action: SimAction,
        *,
        scope: Scope = ACCOUNT,
        data_limit: int | None = None,
    ) -> None:
        """Activate, deactivate or reactivate a SIM.

        Args:
            iccid: SIM.
            action: What to do.
            scope: Account or product.
            data_limit: Monthly limit in megabytes.
        """
        body: dict[str, Any] = {"action": SimAction(action).value}
        if data_limit is not None:
            body["mb_limit"] = data_limit
        await self._session.request(*CHANGE_SIM.at(scope, iccid=iccid), json=body)

    async def add(self, iccids: Iterable[str], *, scope: Scope, as_file: bool = False) -> None:
        """Add SIMs to a product and activate them; the cloud does so asynchronously.

        Args:
            iccids: ICCIDs of the SIMs.
            scope: Product.
            as_file: Whether to send them as a file, for large numbers.
        """
        numbers = [item.strip() for item in iccids if item.strip()]
        if not numbers:
            raise InvalidRequestError("There is no SIM to add", argument="iccids")
        if as_file:
            await self._session.request(
                *ADD_SIMS.at(scope),
                data=lambda: binary_form(
                    "\n".join(numbers).encode(), "sims.txt", content_type="text/plain"
                ),
                timeout=300,
            )
            return
        await self._session.request(*ADD_SIMS.at(scope), json={"sims": numbers}, timeout=120)

    async def usage(self, iccid: str, *, scope: Scope = ACCOUNT) -> DataUsage:
        """Get the data usage of a SIM in this billing period."""
        answer = await self._session.request(*GET_DATA_USAGE.at(scope, iccid=iccid))
        return answer.read(DataUsage.from_json)

    async def product_usage(self, *, scope: Scope) -> DataUsage:
        """Get the data usage of all SIMs of a product in this billing period."""
        answer = await self._session.request(*GET_PRODUCT_DATA_USAGE.at(scope))
        return answer.read(DataUsage.from_json)

    async def status(self, iccid: str, *, scope: Scope = ACCOUNT) -> SimStatus:
        """Get the status of a SIM in the mobile network; the first answers may be incomplete."""
        answer = await self._session.request(*GET_SIM_STATUS.at(scope, iccid=iccid))
        state = text_of(child_of(answer.object, "meta").get("state"))
        complete = state == "complete" if state is not None else answer.status == 200
        return SimStatus(complete, answer.object)

    async def release(self, iccid: str, *, scope: Scope = ACCOUNT) -> None:
        """Release a SIM."""
        await self._session.request(*RELEASE_SIM.at(scope, iccid=iccid))
