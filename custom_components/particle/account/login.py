"""Create the authentication and the scopes from a config entry."""

from collections.abc import Mapping
from typing import Any

import aiohttp

from ..api import ACCOUNT, Auth, ClientCredentials, FixedToken, PasswordLogin, Scope
from ..api.password_login import PUBLIC_CLIENT
from ..const import (
    CONF_ACCESS_TOKEN,
    CONF_ACCOUNT_DEVICES,
    CONF_CLIENT_ID,
    CONF_CLIENT_SECRET,
    CONF_LOGIN,
    CONF_PRODUCTS,
    CONF_SERVER_URL,
    DEFAULT_SERVER_URL,
    Login,
)


def create_auth(session: aiohttp.ClientSession, data: Mapping[str, Any]) -> Auth:
    """Return the authentication for a config entry's data.

    Raises:
        InvalidRequestError: The access token is malformed.
    """
    base_url = data.get(CONF_SERVER_URL, DEFAULT_SERVER_URL)
    if data[CONF_LOGIN] == Login.CLIENT_CREDENTIALS:
        return ClientCredentials(
            session, data[CONF_CLIENT_ID], data[CONF_CLIENT_SECRET], base_url=base_url
        )
    return FixedToken(
        session,
        data[CONF_ACCESS_TOKEN],
        base_url=base_url,
        obtained=data[CONF_LOGIN] == Login.PASSWORD,
    )


def create_password_login(session: aiohttp.ClientSession, data: Mapping[str, Any]) -> PasswordLogin:
    """Return a password login with the server and the OAuth client that the user has entered."""
    return PasswordLogin(
        session,
        base_url=data[CONF_SERVER_URL],
        client_id=data.get(CONF_CLIENT_ID) or PUBLIC_CLIENT,
        client_secret=data.get(CONF_CLIENT_SECRET) or PUBLIC_CLIENT,
    )


def scopes_of(options: Mapping[str, Any]) -> list[Scope]:
    """Return the scopes in a config entry's options: the account and the selected products."""
    scopes = [ACCOUNT] if options.get(CONF_ACCOUNT_DEVICES, True) else []
    return scopes + [Scope.product(product) for product in options.get(CONF_PRODUCTS, [])]
