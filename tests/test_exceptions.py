"""What people are told when a call to the Particle Cloud fails."""

import inspect
import json
from pathlib import Path

from freezegun.api import TickingDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.particle.account.errors import cloud_errors
from custom_components.particle.api import errors
from custom_components.particle.api.errors import (
    AuthenticationError,
    CloudError,
    DeviceOfflineError,
    DeviceTimeoutError,
    DnsError,
    FunctionNotFoundError,
    FunctionRefusedError,
    InvalidRequestError,
    InvalidTokenError,
    LoginBlockedError,
    MalformedAnswerError,
    NotFoundError,
    OtpRequiredError,
    ParticleError,
    PermissionDeniedError,
    QuotaExceededError,
    RateLimitedError,
    TlsError,
    UnreachableError,
    VariableNotFoundError,
)
from custom_components.particle.const import CONF_ACCESS_TOKEN, CONF_LOGIN, DOMAIN, Login

ALL = [
    cls
    for _, cls in inspect.getmembers(errors, inspect.isclass)
    if issubclass(cls, ParticleError) and cls is not OtpRequiredError
]


def _named(error: ParticleError, **names: str) -> ParticleError:
    """Return an error that names the function or variable that it is about."""
    for key, name in names.items():
        setattr(error, key, name)
    return error


def _after_sending(error: ParticleError) -> ParticleError:
    """Return an error of a call that may have been carried out."""
    error.may_have_run = True
    return error


@pytest.fixture
async def account(hass: HomeAssistant) -> MockConfigEntry:
    """An account whose name stands in messages."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="jane@example.com",
        data={CONF_LOGIN: Login.ACCESS_TOKEN, CONF_ACCESS_TOKEN: "old"},
    )
    # The account itself is not set up; what exists once for all accounts brings the texts.
    assert await async_setup_component(hass, DOMAIN, {})
    entry.add_to_hass(hass)
    return entry


@pytest.mark.parametrize("cls", ALL, ids=lambda cls: cls.__name__)
def test_every_error_has_a_message(account: MockConfigEntry, cls: type[ParticleError]) -> None:
    """Each message is translated, with all its placeholders."""
    with pytest.raises(HomeAssistantError) as raised, cloud_errors(account, "greenhouse"):
        raise cls("the cloud's words")
    text = str(raised.value)
    assert raised.value.translation_key
    assert text != raised.value.translation_key
    assert "{" not in text
    assert isinstance(raised.value.__cause__, cls)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (DeviceOfflineError("x"), "greenhouse is offline, so nothing was sent"),
        (DeviceTimeoutError("x"), "The request may have been carried out"),
        (FunctionNotFoundError("no function led"), "Its functions: fan, pump."),
        (VariableNotFoundError("no variable x"), "Its variables: fan, pump."),
        (_named(FunctionNotFoundError("x"), function="led"), "greenhouse has no function led."),
        (_named(VariableNotFoundError("x"), variable="soil"), "greenhouse has no variable soil."),
        (FunctionRefusedError("Busy."), "the call of – was refused: Busy"),
        (RateLimitedError("x", retry_after=12.4), "Try again in 13 seconds"),
        (RateLimitedError("x"), "Try again in 300 seconds"),
        (RateLimitedError("x", retry_after=0), "Try again in 1 seconds"),
        (LoginBlockedError("x", retry_after=60), "waits 60 seconds"),
        (LoginBlockedError("x"), "waits 1800 seconds"),
        (QuotaExceededError("x"), "data operations of jane@example.com"),
        (PermissionDeniedError("x"), "Give its credentials the permission"),
        (InvalidTokenError("expired"), "Try again in a minute"),
        (
            InvalidRequestError("The argument has 70 bytes"),
            "request is not valid: The argument has 70 bytes",
        ),
        (UnreachableError("refused"), "Check the internet connection"),
        (_after_sending(UnreachableError("cut")), "Check before you repeat it"),
        (_after_sending(CloudError("boom")), "Check before you repeat it"),
        (_after_sending(MalformedAnswerError("no JSON")), "Check before you repeat it"),
        (CloudError("boom"), "Try again in a few minutes"),
        (DnsError("no such host"), "Check the DNS settings"),
        (TlsError("expired"), "Check the clock"),
        (MalformedAnswerError("HTML"), "a proxy"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_the_message_names_cause_and_way_out(
    account: MockConfigEntry, error: ParticleError, told: str
) -> None:
    """In the words of the user, with the names and numbers that he needs."""
    with (
        pytest.raises(HomeAssistantError) as raised,
        cloud_errors(account, "greenhouse", known=["pump", "fan"]),
    ):
        raise error
    assert told in str(raised.value)


@pytest.mark.parametrize("cls", ALL, ids=lambda cls: cls.__name__)
def test_what_the_user_can_put_right_is_a_validation_error(
    account: MockConfigEntry, cls: type[ParticleError]
) -> None:
    """So that it is not logged as a fault of the integration; everything else is logged."""
    with pytest.raises(HomeAssistantError) as raised, cloud_errors(account):
        raise cls("x")
    by_user = issubclass(cls, (NotFoundError, InvalidRequestError))
    assert (type(raised.value) is ServiceValidationError) is by_user


async def test_refused_credentials_start_a_new_login(
    hass: HomeAssistant, account: MockConfigEntry, clock: TickingDateTimeFactory
) -> None:
    """Once they are refused again after a minute, and never because logins are held back."""
    for error, seconds, expected in (
        (InvalidTokenError("no"), 0, 0),
        (AuthenticationError("no"), 30, 0),
        (LoginBlockedError("wait"), 31, 0),
        (InvalidTokenError("no"), 0, 1),
        (InvalidTokenError("no"), 60, 1),
    ):
        clock.tick(seconds)
        with pytest.raises(HomeAssistantError), cloud_errors(account):
            raise error
        await hass.async_block_till_done()
        flows = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
        assert len(flows) == expected


def test_other_errors_pass_through(account: MockConfigEntry) -> None:
    """A programming error is not reported as an error of the cloud."""
    with pytest.raises(KeyError), cloud_errors(account):
        raise KeyError


def test_no_message_holds_an_address_or_markup() -> None:
    """Home Assistant forbids both in translations."""
    texts = json.loads(
        Path("custom_components/particle/translations/en.json").read_text(encoding="utf-8")
    )
    for message in texts["exceptions"].values():
        assert "://" not in message["message"]
        assert "<" not in message["message"]
