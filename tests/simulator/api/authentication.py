"""`POST /oauth/token`: all grants, with the error messages of Particle's OAuth library."""

from base64 import b64decode
import binascii
from datetime import UTC, datetime, timedelta
import re
import secrets

from aiohttp import web

from tests.simulator.call import Call, answer
from tests.simulator.endpoint import Access, Routes
from tests.simulator.errors import NO_STORE, ApiError, oauth_error, rate_limited
from tests.simulator.world import OAuthClient, Token, TokenKind
from tests.simulator.world.identities import DEFAULT_LIFE, Pending

routes = Routes("Authentication")

_CLIENT_ID = re.compile(r"^[a-z0-9-_]{3,40}$", re.IGNORECASE)
_MFA_ATTEMPTS = 5
_MFA_LIFE = timedelta(minutes=10)
_GRANTS = (
    "password",
    "client_credentials",
    "refresh_token",
    "authorization_code",
    "urn:custom:mfa-otp",
    "urn:custom:recovery-code",
)


@routes.add("*", "/oauth/token", "Get an access token", Access.OPEN)
async def create_token(call: Call) -> web.Response:
    """Issue a token, and count failures."""
    limits, now = call.cloud.limits, call.world.clock.now()
    if limits.blocked(call.caller, now) or limits.exceeded("token", call.caller, now):
        raise rate_limited()
    try:
        token = _grant(call)
    except ApiError as error:
        # The first step of a login with two-factor authentication has the correct password.
        if error.body["error"] != "mfa_required":
            limits.token_failed(call.caller, now)
        raise
    limits.token_succeeded(call.caller)
    return token_answer(call, token)


def token_answer(call: Call, token: Token, status: int = 200) -> web.Response:
    """Return a token in the format of the token endpoint."""
    body: dict[str, object] = {"token_type": "bearer", "access_token": token.value}
    lifetime = 0
    if token.expires_at is not None:
        lifetime = round((token.expires_at - call.world.clock.now()).total_seconds())
    as_text = call.cloud.faults.get("expires_in_string") is not None
    body["expires_in"] = str(lifetime) if as_text else lifetime
    if token.refresh_token is not None:
        body["refresh_token"] = token.refresh_token
    if token.scope:
        body["scope"] = token.scope
    response = answer(body, status)
    response.headers.update(NO_STORE)
    return response


def credentials(call: Call) -> tuple[str | None, str | None]:
    """Return client ID and secret, from HTTP Basic authentication or from the body."""
    header = call.request.headers.get("Authorization", "")
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() == "basic":
        try:
            name, colon, password = b64decode(encoded).decode().partition(":")
        except binascii.Error, UnicodeDecodeError:
            colon = ""
        if colon:
            return name, password
    client_id, secret = call.fields.get("client_id"), call.fields.get("client_secret")
    return (
        client_id if isinstance(client_id, str) else None,
        secret if isinstance(secret, str) else None,
    )


def check_client(call: Call) -> OAuthClient:
    """Return the client whose ID and secret were sent."""
    client_id, secret = credentials(call)
    if not client_id or not _CLIENT_ID.match(client_id):
        raise oauth_error("invalid_client", "Invalid or missing client_id parameter")
    if not secret:
        raise oauth_error("invalid_client", "Missing client_secret parameter")
    client = call.world.clients.get(client_id)
    if client is None or not secrets.compare_digest(client.secret, secret):
        raise oauth_error("invalid_client", "Client credentials are invalid")
    return client


def _grant(call: Call) -> Token:
    """Check a token request in the order of Particle's OAuth library, and carry it out."""
    if (
        call.request.method != "POST"
        or call.request.content_type != "application/x-www-form-urlencoded"
    ):
        raise oauth_error(
            "invalid_request",
            "Method must be POST with application/x-www-form-urlencoded encoding",
        )
    grant = call.fields.get("grant_type")
    if grant not in _GRANTS or (call.cloud.faults.get("own_server") and grant != "password"):
        raise oauth_error("invalid_request", "Invalid or missing grant_type parameter")
    client = check_client(call)
    if not client.allows(grant):
        raise oauth_error("invalid_client", "The grant type is unauthorised for this client_id")
    match grant:
        case "password":
            return _password(call, client)
        case "client_credentials":
            return _client_credentials(call, client)
        case "refresh_token":
            return _refresh(call, client)
        case "authorization_code":
            return _code(call, client)
        case _:
            return _second_factor(call, grant)


def _lifetime(call: Call) -> int:
    """Return the requested lifetime of the token in seconds; 0 for no expiration."""
    if (wanted := call.fields.get("expires_in")) not in (None, ""):
        try:
            return max(0, int(str(wanted)))
        except ValueError:
            raise oauth_error("invalid_request", "Invalid expires_in parameter") from None
    if (moment := call.fields.get("expires_at")) not in (None, ""):
        try:
            at = datetime.fromisoformat(str(moment))
        except ValueError:
            raise oauth_error("invalid_request", "Invalid expires_at parameter") from None
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        return max(1, round((at - call.world.clock.now()).total_seconds()))
    return DEFAULT_LIFE


def _password(call: Call, client: OAuthClient) -> Token:
    """Log a user in; with two-factor authentication, issue a token for the second step."""
    username, password = call.fields.get("username"), call.fields.get("password")
    if not username or not password:
        raise oauth_error(
            "invalid_client", 'Missing parameters. "username" and "password" are required'
        )
    user = call.world.users.get(username)
    if user is not None and user.sso:
        raise oauth_error("sso_user", "Please log in with single sign-on")
    if user is None or user.password != password:
        customer = _customer_by_password(call, client, username, password)
        if customer is not None:
            return customer
        raise oauth_error("invalid_grant", "User credentials are invalid")
    lifetime = _lifetime(call)
    now = call.world.clock.now()
    if user.mfa_enabled:
        mfa_token = f"eyJ0eXAi.{secrets.token_hex(16)}"
        pending = Pending(user.username, client.id, now + _MFA_LIFE, lifetime)
        call.world.tokens.logins[mfa_token] = pending
        raise oauth_error(
            "mfa_required", "Multi-factor authentication required", mfa_token=mfa_token
        )
    return call.world.tokens.issue(TokenKind.USER, user.username, client.id, now, lifetime)


def _customer_by_password(
    call: Call, client: OAuthClient, username: str, password: str
) -> Token | None:
    """Log a customer in with the client of the product."""
    customer = call.world.customers.get((client.product_id or 0, username))
    if customer is None or customer.password is None or customer.password != password:
        return None
    return call.world.tokens.issue(
        TokenKind.CUSTOMER,
        username,
        client.id,
        call.world.clock.now(),
        _lifetime(call),
        product_id=client.product_id,
    )


def _second_factor(call: Call, grant: str) -> Token:
    """Finish a login with a one-time password or a recovery code."""
    field, name = ("otp", "otp") if grant.endswith("otp") else ("recovery_code", "recovery code")
    code, mfa_token = call.fields.get(field), call.fields.get("mfa_token")
    if not code or not mfa_token:
        raise oauth_error("invalid_request", f"You must provide {name} and mfa token.")
    logins, now = call.world.tokens.logins, call.world.clock.now()
    pending = logins.get(mfa_token)
    if pending is None or pending.expires_at <= now:
        raise oauth_error("invalid_grant", "Invalid mfa token")
    user = call.world.users[pending.username]
    if pending.attempts >= _MFA_ATTEMPTS:
        raise rate_limited()
    if field == "otp" and code != user.otp:
        pending.attempts += 1
        raise oauth_error("invalid_grant", "Could not validate OTP")
    if field == "recovery_code" and code not in user.recovery_codes:
        pending.attempts += 1
        raise oauth_error("invalid_grant", "Could not validate recovery code")
    if field == "recovery_code":
        user.recovery_codes.remove(code)
    del logins[mfa_token]
    return call.world.tokens.issue(
        TokenKind.USER, user.username, pending.client_id, now, pending.lifetime
    )


def _client_credentials(call: Call, client: OAuthClient) -> Token:
    """Log in as the owner of a client, as its product, or as a customer of the product."""
    if client.owner is None:
        raise oauth_error("invalid_grant", "Client credentials are invalid")
    issue, now, lifetime = call.world.tokens.issue, call.world.clock.now(), _lifetime(call)
    scope = str(call.fields.get("scope") or "")
    if client.product_id is None:
        if scope.startswith("customer="):
            raise oauth_error("invalid_scope", "Only clients of a product have customers")
        return issue(TokenKind.USER, client.owner, client.id, now, lifetime, scope=scope or None)
    if not scope.startswith("customer="):
        return issue(
            TokenKind.PRODUCT,
            client.owner,
            client.id,
            now,
            lifetime,
            product_id=client.product_id,
            scope=scope or None,
        )
    customer = call.world.customers.get((client.product_id, scope.partition("=")[2]))
    if customer is None:
        raise oauth_error("invalid_scope", "Customer not found")
    return issue(
        TokenKind.CUSTOMER,
        customer.username,
        client.id,
        now,
        lifetime,
        product_id=client.product_id,
        scope=scope,
    )


def _refresh(call: Call, client: OAuthClient) -> Token:
    """Exchange a refresh token, which can be used once."""
    value = call.fields.get("refresh_token")
    if not value:
        raise oauth_error("invalid_request", 'No "refresh_token" parameter')
    old = call.world.tokens.by_refresh_token(value)
    if old is None or old.client_id != client.id:
        raise oauth_error("invalid_grant", "Invalid refresh token")
    now = call.world.clock.now()
    if old.refresh_expires_at is not None and old.refresh_expires_at < now:
        raise oauth_error("invalid_grant", "Refresh token has expired")
    old.refresh_token = None
    return call.world.tokens.issue(
        old.kind,
        old.username,
        client.id,
        now,
        _lifetime(call),
        product_id=old.product_id,
        scope=old.scope,
    )


def _code(call: Call, client: OAuthClient) -> Token:
    """Exchange the authorization code of a web client."""
    value = call.fields.get("code")
    if not value:
        raise oauth_error("invalid_request", 'No "code" parameter')
    codes, now = call.world.tokens.codes, call.world.clock.now()
    pending = codes.get(value)
    if pending is None or pending.client_id != client.id:
        raise oauth_error("invalid_grant", "Invalid code")
    if pending.expires_at < now:
        raise oauth_error("invalid_grant", "Code has expired")
    del codes[value]
    return call.world.tokens.issue(
        TokenKind.USER, pending.username, client.id, now, _lifetime(call)
    )
