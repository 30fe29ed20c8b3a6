"""Every shape of error body becomes the error that says what to do."""

from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
import json
from typing import Any
from urllib.parse import quote, urlencode

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer
from hypothesis import given, strategies as st
from multidict import CIMultiDict
import pytest

from custom_components.particle import api
from custom_components.particle.api.error_mapping import (
    Subject,
    error_for,
    is_failure,
    message_of,
    retry_after,
)
from custom_components.particle.api.redaction import redact_all, secrets_of
from tests.api.error_shapes import SHAPES

JSON = CIMultiDict({"Content-Type": "application/json; charset=utf-8"})
TEXT = CIMultiDict({"Content-Type": "text/plain"})
HTML = CIMultiDict({"Content-Type": "text/html"})


def error(
    status: int, body: Any, subject: Subject = Subject.GENERAL, secrets: tuple[str, ...] = ()
) -> api.ParticleError:
    """The error for a JSON body."""
    if body is None or isinstance(body, str):
        # Plain text is no JSON.
        return error_for(status, TEXT, None, body or "", subject=subject, secrets=secrets)
    return error_for(status, JSON, body, json.dumps(body), subject=subject, secrets=secrets)


@pytest.mark.parametrize(("status", "body", "subject", "expected", "words"), SHAPES)
def test_shapes_of_the_reference(
    status: int,
    body: Any,
    subject: Subject,
    expected: type[api.ParticleError],
    words: str,
) -> None:
    """Each recorded body gives its class, the cloud's words and the status."""
    assert is_failure(status, JSON, body)
    found = error(status, body, subject)
    assert type(found) is expected
    assert words in found.message
    assert found.status == status


@pytest.mark.parametrize(
    "body",
    [
        {"ok": True, "error": None},
        {"pass": False, "error": "error status 404 from example.com"},
        {"id": "1", "return_value": 1, "error": "x"},
        {"name": "error", "result": "bad_request"},
        {"error": ""},
        {"diagnostics": {}, "description": "x"},
        "error",
        ["error"],
        None,
    ],
)
def test_answers_that_are_no_failures(body: Any) -> None:
    """An answer that holds more than an error is one."""
    assert not is_failure(200, JSON, body)


def test_raw_values_are_no_failures() -> None:
    """A text variable may hold what looks like an error."""
    assert not is_failure(200, TEXT, {"error": "bad_request", "description": "x"})


def test_the_second_factor_brings_its_token() -> None:
    """What the second step needs stands in the error; without it the answer is of no use."""
    body = {"mfa_token": "mfa-1", "error": "mfa_required", "error_description": "Multi-factor …"}
    found = error(403, body, Subject.TOKEN)
    assert isinstance(found, api.OtpRequiredError)
    assert found.mfa_token == "mfa-1"
    assert "mfa-1" not in f"{found} {found!r}"
    del body["mfa_token"]
    assert type(error(403, body, Subject.TOKEN)) is api.MalformedAnswerError


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (200, api.MalformedAnswerError),
        (401, api.MalformedAnswerError),
        (403, api.MalformedAnswerError),
        (429, api.RateLimitedError),
        (502, api.CloudError),
    ],
)
def test_a_web_page_is_not_taken_for_the_cloud(
    status: int, expected: type[api.ParticleError]
) -> None:
    """A proxy's 401 or 403 must not make anybody log in again."""
    found = error_for(status, HTML, None, "<html><b>Log in to the Wi-Fi</b></html>")
    assert type(found) is expected
    assert "Wi-Fi" not in found.message


def test_secrets_do_not_come_back_in_messages() -> None:
    """A server that echoes what we sent does not get it into a log."""
    found = error(
        400,
        {"error": "bad", "info": "token 6eaf55abed is bad, see ?access_token=0123456789&x=1"},
        secrets=("6eaf55abed",),
    )
    assert found.message == "bad: token *** is bad, see ?access_token=***&x=1"


@pytest.mark.parametrize("subject", Subject)
@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 406, 429, 500])
@pytest.mark.parametrize(
    "body",
    [
        lambda echo: {"error": echo, "error_description": f"got {echo}"},
        lambda echo: {"ok": False, "errors": [echo]},
        lambda echo: {"ok": False, "output": echo, "errors": [f"a.ino:1:1: error: {echo}"]},
        lambda echo: {"message": "Invalid", "violations": [echo]},
        lambda echo: "x" * 495 + echo,
    ],
    ids=["error", "errors", "compiler", "violations", "text that is cut"],
)
def test_no_secret_in_no_encoding_comes_back(
    subject: Subject, status: int, body: Callable[[str], Any]
) -> None:
    """What was sent as a header, a form or JSON does not come back in that shape either."""
    secret, otp = 'S3 cr/et+"ö\\', "042"
    headers = {"Authorization": f"Basic {b64encode(f'me:{secret}'.encode()).decode()}"}
    sent = secrets_of(headers, {"otp": otp, "nested": [{"refresh_token": "again"}]})
    echoes = (
        secret,
        headers["Authorization"],
        urlencode({"client_secret": secret}),
        quote(secret, safe="").lower(),
        json.dumps({"client_secret": secret}),
        json.dumps({"client_secret": secret}, ensure_ascii=False),
        f"the code {otp} is wrong",
        "refresh_token=again",
    )
    for echo in echoes:
        found = error(status, body(echo), subject, sent)
        shown = f"{found} {found!r} {found.code} {getattr(found, 'output', '')}"
        shown += str(getattr(found, "messages", ""))
        for trace in (secret, "S3", "et+", headers["Authorization"][6:], otp, "again"):
            assert trace.lower() not in shown.lower(), (echo, shown)


async def test_credentials_that_a_server_echoes(session: aiohttp.ClientSession) -> None:
    """A server that repeats header and form in its refusal gets neither into an error."""

    async def echo(request: web.Request) -> web.Response:
        text = f"{request.headers['Authorization']} {await request.text()}"
        return web.json_response({"error": "invalid_grant", "error_description": text}, status=400)

    app = web.Application()
    app.router.add_post("/oauth/token", echo)
    async with TestServer(app, host="127.0.0.1") as server:
        base_url = f"http://127.0.0.1:{server.port}"
        auth = api.ClientCredentials(session, "client", "my secret/1", base_url=base_url)
        with pytest.raises(api.InvalidCredentialsError) as caught:
            await auth.access_token()
        assert str(caught.value) == "Basic *** grant_type=client_credentials"
        login = api.PasswordLogin(session, base_url=base_url)
        with pytest.raises(api.InvalidCredentialsError) as caught:
            await login.login("jane@example.com", "pass word&1")
        assert "pass" not in str(caught.value).replace("grant_type=password", "").replace(
            "&password=***", ""
        )


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("0.5", 0.5),
        ("0", 0.0),
        ("", None),
        ("-3", None),
        ("soon", None),
        ("nan", None),
        ("inf", None),
    ],
)
def test_retry_after_in_seconds(header: str, seconds: float | None) -> None:
    """Seconds are taken as they are; nonsense counts as not told."""
    assert retry_after(CIMultiDict({"retry-after": header})) == seconds


@pytest.mark.parametrize("zone", ["GMT", "-0000", "+0000"])
def test_retry_after_as_a_date(zone: str) -> None:
    """HTTP allows a date too, and some servers have their own names for GMT."""
    moment = datetime.now(UTC) + timedelta(seconds=90)
    date = format_datetime(moment, usegmt=True).replace("GMT", zone)
    found = retry_after(CIMultiDict({"Retry-After": date}))
    assert found is not None
    assert 80 < found <= 90


@pytest.mark.parametrize("status", [429, 529])
def test_a_limit_says_how_long_to_wait(status: int) -> None:
    """Both statuses mean the same, with and without the header."""
    headers = CIMultiDict({"Retry-After": "30"})
    found = error_for(status, headers, None, "")
    assert isinstance(found, api.RateLimitedError)
    assert found.retry_after == 30
    assert "30 seconds" in found.message
    found = error_for(status, JSON, {"error": "too many"}, "")
    assert isinstance(found, api.RateLimitedError)
    assert found.retry_after is None


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda children: (
        st.lists(children, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "error",
                    "errors",
                    "error_description",
                    "info",
                    "ok",
                    "message",
                    "status",
                    "description",
                    "violations",
                    "output",
                    "mfa_token",
                    "code",
                ]
            ),
            children,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@given(
    status=st.integers(min_value=200, max_value=599),
    body=anything,
    subject=st.sampled_from(Subject),
    text=st.text(max_size=50),
)
def test_any_body_gives_an_error_of_the_client(
    status: int, body: Any, subject: Subject, text: str
) -> None:
    """No JSON in any key makes the reading of an error fail."""
    found = error_for(status, JSON, body, text, subject=subject)
    assert isinstance(found, api.ParticleError)
    assert found.message
    assert len(found.message) < 700
    assert is_failure(status, JSON, body) in {True, False}
    assert message_of(body) != ""


def test_only_secrets_are_taken_out_of_a_body() -> None:
    """Whatever is not a text stays as it is."""
    body = {"errors": [{"code": 7, "ok": False, "text": "the token hunter22 is bad"}], "x": None}
    cleaned = redact_all(body, ("hunter22",))
    assert cleaned["x"] is None
    assert (cleaned["errors"][0]["code"], cleaned["errors"][0]["ok"]) == (7, False)
    assert "hunter22" not in str(cleaned)
