"""Log in, inspect and revoke tokens."""

from typing import Any

from aiohttp import encode_basic_auth
import pytest

from tests.simulator import SimulatedCloud
from tests.simulator.world.defaults import PUBLIC_CLIENTS

from .client import Answer, Api

ACCOUNT = ("home-assistant-4711", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b")
PRODUCT = ("van-fleet-4712", "60303ae22b998861bce3b28f33eec1be758a213c")
FORM = "application/x-www-form-urlencoded"
PUBLIC = ("particle", "particle")
LOGIN = {"grant_type": "password", "username": "jane@example.com"}
GOOD = {**LOGIN, "password": "correct-horse-battery"}


async def test_client_credentials_give_the_owners_token(api: Api) -> None:
    """An account's client logs in as its owner for 90 days."""
    answer = await api.log_in(ACCOUNT)
    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Pragma"] == "no-cache"
    assert list(answer.json) == ["token_type", "access_token", "expires_in", "refresh_token"]
    assert answer.json["token_type"] == "bearer"
    assert answer.json["expires_in"] == 7_776_000
    identity = await api.using(answer.json["access_token"])("GET", "/v1/user/identify")
    assert identity.json == {"id": "5c00000000000000000000a1", "email": "jane@example.com"}


async def test_client_may_send_its_secret_in_the_body(api: Api) -> None:
    """Basic or form fields: both are good."""
    data = {
        "grant_type": "client_credentials",
        "client_id": ACCOUNT[0],
        "client_secret": ACCOUNT[1],
    }
    assert (await api.using(None)("POST", "/oauth/token", data=data)).status == 200


@pytest.mark.parametrize(
    ("client", "fields", "error", "description"),
    [
        (ACCOUNT, {"grant_type": "magic"}, "invalid_request", "Invalid or missing grant_type"),
        (("x", "y"), {}, "invalid_client", "Invalid or missing client_id parameter"),
        ((ACCOUNT[0], ""), {}, "invalid_client", "Missing client_secret parameter"),
        ((ACCOUNT[0], "no"), {}, "invalid_client", "Client credentials are invalid"),
        (PUBLIC, {}, "invalid_client", "The grant type is unauthorised for this client_id"),
        (PUBLIC, LOGIN, "invalid_client", 'Missing parameters. "username" and "password"'),
        (PUBLIC, LOGIN | {"password": "x"}, "invalid_grant", "User credentials are invalid"),
        (ACCOUNT, {"grant_type": "refresh_token"}, "invalid_request", 'No "refresh_token"'),
        (
            ACCOUNT,
            {"grant_type": "refresh_token", "refresh_token": "x"},
            "invalid_grant",
            "Invalid refresh token",
        ),
        (
            PUBLIC,
            {"grant_type": "urn:custom:mfa-otp", "otp": "1"},
            "invalid_request",
            "You must provide otp and mfa token.",
        ),
    ],
)
async def test_refusals(
    api: Api,
    client: tuple[str, str],
    fields: dict[str, str],
    error: str,
    description: str,
) -> None:
    """Each mistake has its own text."""
    answer = await api.log_in(client, **fields)
    assert answer.status == 400
    assert answer.json["error"] == error
    assert answer.json["error_description"].startswith(description)
    assert ("WWW-Authenticate" in answer.headers) == (error == "invalid_client")


async def test_json_is_refused(api: Api) -> None:
    """The token endpoint takes forms only."""
    answer = await api.using(None)("POST", "/oauth/token", json={"grant_type": "password"})
    assert answer.status == 400
    assert answer.json == {
        "error": "invalid_request",
        "error_description": "Method must be POST with application/x-www-form-urlencoded encoding",
    }


async def test_second_factor(cloud: SimulatedCloud, api: Api) -> None:
    """The first step gives a token for the second, which takes the code."""
    cloud.world.users[cloud.username].mfa_enabled = True
    first = await api.log_in(PUBLIC, **GOOD, expires_in="0")
    assert first.status == 403
    assert list(first.json) == ["mfa_token", "error", "error_description"]
    assert first.json["error"] == "mfa_required"
    second = {"grant_type": "urn:custom:mfa-otp", "mfa_token": first.json["mfa_token"]}
    assert (await api.log_in(PUBLIC, **second, otp="000000")).json["error"] == "invalid_grant"
    done = await api.log_in(PUBLIC, **second, otp="123456")
    assert done.status == 200
    assert done.json["expires_in"] == 0
    assert "refresh_token" not in done.json


async def test_single_sign_on_is_refused(cloud: SimulatedCloud, api: Api) -> None:
    """A user with single sign-on has no password here."""
    cloud.world.users[cloud.username].sso = True
    answer = await api.log_in(PUBLIC, **GOOD)
    assert (answer.status, answer.json["error"]) == (403, "sso_user")


async def test_token_expires_by_the_clock(cloud: SimulatedCloud, api: Api) -> None:
    """A token ends with its life, and can be refreshed once."""
    token = (await api.log_in(PRODUCT, expires_in="60")).json
    await cloud.clock.advance(61)
    path = f"/v1/products/{cloud.product_id}"
    late = await api.using(token["access_token"])("GET", path)
    assert late.status == 401
    assert late.json["error_description"] == "The access token provided has expired."
    refresh = {"grant_type": "refresh_token", "refresh_token": token["refresh_token"]}
    assert (await api.log_in(ACCOUNT, **refresh)).json["error_description"] == (
        "Invalid refresh token"
    )
    fresh = await api.log_in(PRODUCT, **refresh)
    assert (await api.using(fresh.json["access_token"])("GET", path)).status == 200
    assert (await api.log_in(PRODUCT, **refresh)).json["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("options", "status", "description"),
    [
        ({}, 400, "The access token was not found"),
        ({"headers": {"Authorization": "Token x"}}, 400, "Malformed auth header"),
        (
            {"headers": {"Authorization": "Bearer x"}, "params": {"access_token": "x"}},
            400,
            "Only one method may be used to authenticate at a time (Auth header,  GET or POST).",
        ),
        ({"params": {"access_token": "x"}}, 401, "The access token provided is invalid."),
        (
            {"json": {"access_token": "x"}},
            400,
            f"When putting the token in the body, content type must be {FORM}.",
        ),
        ({"data": {"access_token": "x"}}, 401, "The access token provided is invalid."),
    ],
)
async def test_ways_to_pass_a_token(
    api: Api, options: dict[str, Any], status: int, description: str
) -> None:
    """Exactly one of three ways, with a good token."""
    answer = await api.using(None)("PUT", "/v1/user", **options)
    assert answer.status == status
    assert answer.json["error_description"] == description


async def test_ten_failures_block_the_address(cloud: SimulatedCloud, api: Api) -> None:
    """Ten wrong passwords in a row: half an hour of silence."""
    for _ in range(10):
        assert (await api.log_in(PUBLIC, **LOGIN, password="x")).status == 400
    blocked = await api.log_in(PUBLIC, **GOOD)
    assert (blocked.status, blocked.json["error"]) == (429, "rate_limit_exceeded")
    await cloud.clock.advance(1801)
    assert (await api.log_in(PUBLIC, **GOOD)).status == 200


async def test_success_forgives_failures(api: Api) -> None:
    """Only consecutive failures count."""
    for _ in range(3):
        for _ in range(9):
            await api.log_in(PUBLIC, **LOGIN, password="x")
        assert (await api.log_in(PUBLIC, **GOOD)).status == 200


async def test_inspect_and_revoke(api: Api) -> None:
    """A token tells about itself, until it is revoked."""
    current = await api("GET", "/v1/access_tokens/current")
    assert current.json["expires_at"] is None
    assert current.json["client"] == "particle-cli"
    assert (await api("DELETE", "/v1/access_tokens/current")).json == {"ok": True}
    gone = await api("GET", "/v1/access_tokens/current")
    assert (gone.status, gone.json["error"]) == (401, "invalid_token")


async def test_api_user_is_kept_out(cloud: SimulatedCloud, api: Api) -> None:
    """An API user sees the product, within his scopes, and nothing of a user."""
    api_user = api.using(cloud.api_user_token)
    refused = await api_user("GET", "/v1/user")
    assert refused.status == 400
    assert refused.json == {
        "error": "unauthorized",
        "error_description": "API users are not allowed to call this endpoint",
    }
    devices = f"/v1/products/{cloud.product_id}/devices"
    assert (await api_user("GET", devices)).status == 200
    assert (await api_user("PUT", f"{devices}/{'0' * 24}", json={"name": "x"})).status == 400


async def test_product_client_sees_one_product(api: Api) -> None:
    """A product's client lists its product and no other."""
    token = (await api.log_in(PRODUCT)).json["access_token"]
    listed = await api.using(token)("GET", "/v1/user/products")
    assert [product["id"] for product in listed.json["products"]] == [24001]
    assert (await api.using(token)("GET", "/v1/products/24002")).status == 403
    assert (await api.using(token)("GET", "/v1/devices")).status == 400


async def test_legacy_token_list(cloud: SimulatedCloud, api: Api) -> None:
    """The withdrawn token list is there when it is switched on."""
    assert (await api("GET", "/v1/access_tokens")).status == 404
    cloud.faults.set("list_tokens")
    headers = {"Authorization": "Basic amFuZUBleGFtcGxlLmNvbTpub3BlCg=="}
    wrong = await api.using(None)("GET", "/v1/access_tokens", headers=headers)
    assert (wrong.status, wrong.json) == (401, {"ok": False, "errors": ["Bad password"]})


async def test_authorization_code(cloud: SimulatedCloud, api: Api) -> None:
    """A web client exchanges the code of a user who consented, once and soon."""
    body = {"name": "web", "type": "web", "redirect_uri": "https://example.com/back"}
    made = (await api("POST", "/v1/clients", json=body)).json["client"]
    web = (made["id"], made["secret"])
    assert made["redirect_uri"] == "https://example.com/back"

    async def exchange(code: str, client: tuple[str, str] = web) -> Any:
        return (await api.log_in(client, grant_type="authorization_code", code=code)).json

    good = cloud.world.give_code(cloud.username, web[0])
    assert (await exchange(good))["expires_in"] == 7_776_000
    assert (await exchange(good))["error_description"] == "Invalid code"
    late = cloud.world.give_code(cloud.username, web[0])
    await cloud.clock.advance(31)
    assert (await exchange(late))["error_description"] == "Code has expired"
    assert (await exchange(""))["error_description"] == 'No "code" parameter'
    assert (await exchange(good, ACCOUNT))["error"] == "invalid_client"


async def test_recovery_code_and_patience(cloud: SimulatedCloud, api: Api) -> None:
    """A recovery code works once; too many wrong codes end in 429; a login does not wait long."""
    cloud.world.users[cloud.username].mfa_enabled = True
    mfa_token = (await api.log_in(PUBLIC, **GOOD)).json["mfa_token"]
    recover = {"grant_type": "urn:custom:recovery-code", "mfa_token": mfa_token}
    wrong = await api.log_in(PUBLIC, **recover, recovery_code="x")
    assert wrong.json["error_description"] == "Could not validate recovery code"
    right = await api.log_in(PUBLIC, **recover, recovery_code="1234-5678-90ab")
    assert right.status == 200
    mfa_token = (await api.log_in(PUBLIC, **GOOD)).json["mfa_token"]
    second = {"grant_type": "urn:custom:mfa-otp", "mfa_token": mfa_token}
    for _ in range(5):
        assert (await api.log_in(PUBLIC, **second, otp="0")).status == 400
    assert (await api.log_in(PUBLIC, **second, otp="123456")).status == 429
    second["mfa_token"] = (await api.log_in(PUBLIC, **GOOD)).json["mfa_token"]
    await cloud.clock.advance(601)
    late = await api.log_in(PUBLIC, **second, otp="123456")
    assert late.json["error_description"] == "Invalid mfa token"


async def test_wanted_life(cloud: SimulatedCloud, api: Api) -> None:
    """Seconds, a date, or nonsense."""
    cloud.clock.manual()
    moment = (cloud.clock.now().replace(tzinfo=None)).isoformat()
    assert (await api.log_in(ACCOUNT, expires_in="5")).json["expires_in"] == 5
    assert (await api.log_in(ACCOUNT, expires_at="2999-12-07")).json["expires_in"] > 10**9
    assert (await api.log_in(ACCOUNT, expires_at=moment)).json["expires_in"] == 1
    assert (await api.log_in(ACCOUNT, expires_in="soon")).json["error"] == "invalid_request"
    assert (await api.log_in(ACCOUNT, expires_at="soon")).json["error"] == "invalid_request"


async def test_refresh_token_ends_two_weeks_after_its_token(
    cloud: SimulatedCloud, api: Api
) -> None:
    """It outlives the access token by 14 days."""
    token = (await api.log_in(ACCOUNT, expires_in="60")).json
    await cloud.clock.advance(60 + 14 * 86_400 + 1)
    late = await api.log_in(
        ACCOUNT, grant_type="refresh_token", refresh_token=token["refresh_token"]
    )
    assert late.json["error_description"] == "Refresh token has expired"


async def test_revoke_by_value_and_all(api: Api) -> None:
    """A token in the path needs no other; without one all of the user's are gone."""
    token = (await api.log_in(ACCOUNT)).json["access_token"]
    assert (await api.using(None)("DELETE", f"/v1/access_tokens/{token}")).json == {"ok": True}
    assert (await api.using(None)("DELETE", f"/v1/access_tokens/{token}")).status == 404
    other = (await api.log_in(ACCOUNT)).json["access_token"]
    assert (await api("DELETE", "/v1/access_tokens")).json == {"ok": True}
    assert (await api.using(other)("GET", "/v1/user")).status == 401


async def test_legacy_token_list_shows_tokens(cloud: SimulatedCloud, api: Api) -> None:
    """With name and password, and the code of a second factor."""
    cloud.faults.set("list_tokens")
    headers = {"Authorization": encode_basic_auth(cloud.username, cloud.password)}
    listed = await api.using(None)("GET", "/v1/access_tokens", headers=headers)
    assert {"token": cloud.access_token, "expires_at": None, "client": "particle-cli"} in (
        listed.json
    )
    cloud.world.users[cloud.username].mfa_enabled = True
    nobody = api.using(None)
    assert (await nobody("GET", "/v1/access_tokens", headers=headers)).status == 401
    assert (await nobody("GET", "/v1/access_tokens?otp=123456", headers=headers)).status == 200
    stranger = {"Authorization": encode_basic_auth("nobody@example.com", "x")}
    unknown = await nobody("GET", "/v1/access_tokens", headers=stranger)
    assert (unknown.status, unknown.json) == (400, {"ok": False, "errors": ["Unknown user"]})


async def test_client_of_the_account_has_no_customers(api: Api) -> None:
    """Only clients of a product can create customers."""
    answer = await api.log_in(ACCOUNT, scope="customer=x@example.com")
    assert (answer.status, answer.json["error"]) == (400, "invalid_scope")


@pytest.mark.parametrize("client", sorted(PUBLIC_CLIENTS.items()))
async def test_pairs_of_official_programs(
    cloud: SimulatedCloud, api: Api, client: tuple[str, str]
) -> None:
    """Each logs users in, with a second factor too; none has an owner of its own."""
    login = {"grant_type": "password", "username": cloud.username, "password": cloud.password}
    assert (await api.log_in(client, **login)).status == 200
    owner = await api.log_in(client)
    assert (owner.status, owner.json["error"]) == (400, "invalid_client")
    wrong = await api.log_in((client[0], "wrong"), **login)
    assert wrong.json["error_description"] == "Client credentials are invalid"
    cloud.world.users[cloud.username].mfa_enabled = True
    first = await api.log_in(client, **login)
    second = {"grant_type": "urn:custom:mfa-otp", "mfa_token": first.json["mfa_token"]}
    assert (await api.log_in(client, **second, otp="123456")).status == 200


@pytest.mark.parametrize(
    ("grant", "field", "code"),
    [
        ("urn:custom:mfa-otp", "otp", "123456"),
        ("urn:custom:recovery-code", "recovery_code", "1234-5678-90ab"),
    ],
)
async def test_second_step_works_once(
    cloud: SimulatedCloud, api: Api, grant: str, field: str, code: str
) -> None:
    """Neither the token of the first step nor a recovery code is good twice."""
    user = cloud.world.users[cloud.username]
    user.mfa_enabled = True
    client = ("particle", "particle")

    async def first() -> str:
        login = {"username": cloud.username, "password": cloud.password}
        token: str = (await api.log_in(client, grant_type="password", **login)).json["mfa_token"]
        return token

    mfa_token = await first()
    step = {"grant_type": grant, "mfa_token": mfa_token, field: code}
    assert (await api.log_in(client, **step)).status == 200
    again = await api.log_in(client, **step)
    assert (again.status, again.json["error_description"]) == (400, "Invalid mfa token")
    later = await api.log_in(client, **{**step, "mfa_token": await first()})
    assert later.status == (200 if field == "otp" else 400)
    assert len(user.recovery_codes) == (1 if field == "otp" else 0)


async def test_second_step_ends(cloud: SimulatedCloud, api: Api) -> None:
    """Its token is good for ten minutes and five mistakes."""
    cloud.clock.manual()
    cloud.world.users[cloud.username].mfa_enabled = True
    client = ("particle", "particle")
    login = {
        "grant_type": "password",
        "username": cloud.username,
        "password": cloud.password,
        "expires_in": "60",
    }

    async def second(otp: str, mfa_token: str) -> Answer:
        fields = {"grant_type": "urn:custom:mfa-otp", "mfa_token": mfa_token, "otp": otp}
        return await api.log_in(client, **fields)

    token = (await api.log_in(client, **login)).json["mfa_token"]
    await cloud.clock.advance(599)
    answer = await second("123456", token)
    assert (answer.status, answer.json["expires_in"]) == (200, 60)
    token = (await api.log_in(client, **login)).json["mfa_token"]
    await cloud.clock.advance(600)
    assert (await second("123456", token)).json["error_description"] == "Invalid mfa token"
    token = (await api.log_in(client, **login)).json["mfa_token"]
    for _ in range(5):
        wrong = await second("000000", token)
        assert (wrong.status, wrong.json["error_description"]) == (400, "Could not validate OTP")
    assert (await second("123456", token)).status == 429
    for fields in ({"otp": "123456"}, {"mfa_token": token}, {"otp": "", "mfa_token": token}):
        cloud.limits.forget()
        missing = await api.log_in(client, grant_type="urn:custom:mfa-otp", **fields)
        assert missing.json["error"] == "invalid_request"
