"""Config flow: credentials, their permissions, and where the devices come from.

The steps: log in (with a second factor if the account has one), identify the account, choose where
the devices come from, list missing permissions, finish. Reauthentication and reconfiguration take
the same steps, but keep the entry's choice of devices.
"""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigFlow,
    ConfigFlowResult,
)
from homeassistant.const import CONF_PASSWORD
from homeassistant.core import callback
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.selector import BooleanSelector
import voluptuous as vol

from .account.login import create_auth, create_password_login, scopes_of
from .api import OtpRequiredError, PasswordLogin
from .const import (
    CONF_ACCESS_TOKEN,
    CONF_ACCOUNT_DEVICES,
    CONF_LOGIN,
    CONF_PRODUCTS,
    CONF_SERVER_URL,
    CONF_USERNAME,
    DOMAIN,
    Login,
)
from .flow.login_forms import (
    CONF_OTP,
    OTP_SCHEMA,
    PLACEHOLDERS,
    USERNAME_SCHEMA,
    entered_credentials,
    login_schema,
    product_schema,
    suggested_values,
    without_secrets,
)
from .flow.options import ParticleOptionsFlow, product_selector
from .flow.permissions import (
    Account,
    PermissionReport,
    check_permissions,
    entry_with_product,
    find_account,
    open_cloud,
)
from .flow.texts import async_describe_missing, form_errors


class ParticleConfigFlow(ConfigFlow, domain=DOMAIN):
    """Handle a config flow for a Particle account or product."""

    VERSION = 1

    def __init__(self) -> None:
        """Initialize the flow."""
        # The data of the new entry once the credentials are complete.
        self._data: dict[str, Any] = {}
        self._options: dict[str, Any] = {}
        self._account = Account(None, "")
        self._report: PermissionReport | None = None
        self._password_login: PasswordLogin | None = None
        self._mfa_token = ""

    @property
    def _old_entry(self) -> ConfigEntry | None:
        """The entry that gets new credentials; None if an entry is being added."""
        if self.source == SOURCE_REAUTH:
            return self._get_reauth_entry()
        if self.source == SOURCE_RECONFIGURE:
            return self._get_reconfigure_entry()
        return None

    @property
    def _old_data(self) -> Mapping[str, Any]:
        return self._old_entry.data if self._old_entry else {}

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> ParticleOptionsFlow:
        """Return the flow that changes the options."""
        return ParticleOptionsFlow()

    # Start

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask how to log in."""
        return self.async_show_menu(
            step_id="user", menu_options=list(Login), description_placeholders=PLACEHOLDERS
        )

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask how to log in from now on."""
        return self.async_show_menu(
            step_id="reconfigure",
            menu_options=list(Login),
            description_placeholders={
                **PLACEHOLDERS,
                "account": self._get_reconfigure_entry().title,
            },
        )

    async def async_step_reauth(self, entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """Handle credentials that Particle no longer accepts."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for new credentials of the same kind."""
        login = Login(self._get_reauth_entry().data[CONF_LOGIN])
        return await self._async_step_login("reauth_confirm", login, user_input)

    async def async_step_client_credentials(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Log in as an OAuth client."""
        return await self._async_step_login(
            "client_credentials", Login.CLIENT_CREDENTIALS, user_input
        )

    async def async_step_access_token(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Log in with the user's own access token."""
        return await self._async_step_login("access_token", Login.ACCESS_TOKEN, user_input)

    async def async_step_password(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Log in with email address and password."""
        return await self._async_step_login("password", Login.PASSWORD, user_input)

    # Log in

    async def _async_step_login(
        self, step_id: str, login: Login, user_input: dict[str, Any] | None
    ) -> ConfigFlowResult:
        """Ask for credentials and try them."""
        errors: dict[str, str] = {}
        placeholders = dict(PLACEHOLDERS)
        if user_input is not None:
            with form_errors(errors, placeholders, login):
                await self._async_log_in(login, user_input)
                if not self._mfa_token:
                    await self._async_check_credentials()
            if not errors:
                return await (self.async_step_otp() if self._mfa_token else self._async_next())

        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(
                login_schema(login, self._old_data if self.source == SOURCE_REAUTH else None),
                without_secrets(user_input) if user_input else suggested_values(self._old_data),
            ),
            errors=errors,
            description_placeholders=placeholders,
        )

    async def _async_log_in(self, login: Login, user_input: dict[str, Any]) -> None:
        """Log in, or request the code of the second factor."""
        self._revoke_password_token(self._data)
        self._data = {}
        self._mfa_token = ""
        data = entered_credentials(login, user_input, self._old_data)
        if login is Login.PASSWORD:
            self._password_login = create_password_login(async_get_clientsession(self.hass), data)
            try:
                token = await self._password_login.login(
                    data[CONF_USERNAME], user_input[CONF_PASSWORD], expires_in=0
                )
            except OtpRequiredError as err:
                self._mfa_token = err.mfa_token
            else:
                data[CONF_ACCESS_TOKEN] = token.access_token
        self._data = data

    async def async_step_otp(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the code of the second factor."""
        errors: dict[str, str] = {}
        placeholders = {"account": self._data[CONF_USERNAME]}
        if user_input is not None and self._password_login is not None:
            with form_errors(errors, placeholders):
                if CONF_ACCESS_TOKEN not in self._data:
                    token = await self._password_login.confirm(
                        self._mfa_token, user_input[CONF_OTP]
                    )
                    self._data[CONF_ACCESS_TOKEN] = token.access_token
                await self._async_check_credentials()
            if not errors:
                return await self._async_next()
        return self.async_show_form(
            step_id="otp",
            data_schema=OTP_SCHEMA,
            errors=errors,
            description_placeholders=placeholders,
        )

    # Identify the account and check its permissions

    async def _async_check_credentials(
        self, product: str | None = None, username: str | None = None
    ) -> None:
        """Identify the account and, if there is nothing to choose, check the permissions."""
        self._report = None
        old = self._old_entry
        async with open_cloud(async_get_clientsession(self.hass), self._data) as cloud:
            self._account = await find_account(
                cloud,
                product,
                username=username or self._data.get(CONF_USERNAME),
                known_id=old.unique_id if old else None,
            )
            if self._account.unique_id is None:
                return
            await self.async_set_unique_id(self._account.unique_id, raise_on_progress=False)
            if old is not None:
                self._abort_if_unique_id_mismatch(
                    description_placeholders={"account": old.title, "other": self._account.title}
                )
                self._options = dict(old.options)
            else:
                self._abort_if_unique_id_configured()
                if self._account.products:
                    return
                only_product = self._account.product
                self._options = {
                    CONF_ACCOUNT_DEVICES: only_product is None,
                    CONF_PRODUCTS: [] if only_product is None else [str(only_product.id)],
                }
            self._report = await check_permissions(cloud, scopes_of(self._options))

    async def _async_next(self) -> ConfigFlowResult:
        """Show the next step that is needed."""
        if self._account.unique_id is None:
            if self._account.at_own_server:
                return await self.async_step_own_account()
            return await self.async_step_product()
        if self._report is None:
            return await self.async_step_scope()
        if self._report.missing:
            return await self.async_step_limited()
        return await self.async_step_go_on()

    async def async_step_product(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask which product the credentials belong to, if the API does not say."""
        schema = product_schema(self._account.products)
        return await self._async_ask_owner("product", schema, user_input, PLACEHOLDERS)

    async def async_step_own_account(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask which user the credentials belong to; a self-hosted server does not say."""
        server = {"server": self._data[CONF_SERVER_URL]}
        return await self._async_ask_owner("own_account", USERNAME_SCHEMA, user_input, server)

    async def _async_ask_owner(
        self,
        step_id: str,
        schema: vol.Schema,
        user_input: dict[str, Any] | None,
        placeholders: dict[str, str],
    ) -> ConfigFlowResult:
        """Ask for the product or the username."""
        errors: dict[str, str] = {}
        placeholders = dict(placeholders)
        if user_input is not None:
            with form_errors(errors, placeholders):
                await self._async_check_credentials(**user_input)
            if not errors:
                return await self._async_next()
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(schema, user_input),
            errors=errors,
            description_placeholders=placeholders,
        )

    async def async_step_scope(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask where the devices come from: the account, products, or both."""
        errors: dict[str, str] = {}
        placeholders = {"account": self._account.title}
        if user_input is not None:
            self._options = user_input
            if scopes := scopes_of(user_input):
                with form_errors(errors, placeholders):
                    async with open_cloud(async_get_clientsession(self.hass), self._data) as cloud:
                        self._report = await check_permissions(cloud, scopes)
            else:
                errors["base"] = "nothing_chosen"
            if not errors:
                return await self._async_next()
        schema = vol.Schema(
            {
                vol.Required(CONF_ACCOUNT_DEVICES, default=True): BooleanSelector(),
                vol.Required(CONF_PRODUCTS, default=list): product_selector(self._account.products),
            }
        )
        return self.async_show_form(
            step_id="scope",
            data_schema=self.add_suggested_values_to_schema(schema, user_input),
            errors=errors,
            description_placeholders=placeholders,
        )

    # Warn and finish

    async def async_step_limited(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """List the missing permissions; the user continues or goes back."""
        back = {SOURCE_REAUTH: "reauth_confirm", SOURCE_RECONFIGURE: "reconfigure"}
        missing = self._report.missing if self._report else ()
        return self.async_show_menu(
            step_id="limited",
            menu_options=["go_on", back.get(str(self.source), "user")],
            description_placeholders={
                "account": self._account.title,
                "limits": await async_describe_missing(self.hass, self._account, missing),
            },
        )

    async def async_step_go_on(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Finish, after a notice if the account has no devices yet."""
        if self._old_entry is None and self._report is not None and self._report.empty:
            return await self.async_step_empty_account()
        return await self.async_step_listed_elsewhere()

    async def async_step_listed_elsewhere(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Tell the user that another entry already provides the product's devices."""
        listed_by = entry_with_product(self._async_current_entries(), self._account.product)
        if user_input is not None or listed_by is None or self._old_entry is not None:
            return self._finish()
        return self.async_show_form(
            step_id="listed_elsewhere",
            description_placeholders={
                "account": self._account.title,
                "other": listed_by.title,
            },
        )

    async def async_step_empty_account(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Tell the user that the account has no devices yet."""
        if user_input is not None:
            return self._finish()
        return self.async_show_form(
            step_id="empty_account",
            description_placeholders={**PLACEHOLDERS, "account": self._account.title},
        )

    @callback
    def _finish(self) -> ConfigFlowResult:
        """Create the entry or update its credentials."""
        data, self._data = self._data, {}
        entry = self._old_entry
        if entry is None:
            return self.async_create_entry(
                title=self._account.title, data=data, options=self._options
            )
        old_data = dict(entry.data)
        # The update listener reloads the entry, but only if it is loaded and its data has changed.
        is_reload_pending = bool(entry.update_listeners) and data != old_data
        result = self.async_update_and_abort(entry, data=data)
        if not is_reload_pending:
            self.hass.config_entries.async_schedule_reload(entry.entry_id)
        if data != old_data:
            self._revoke_password_token(old_data)
        return result

    @callback
    @override
    def async_remove(self) -> None:
        """Revoke the token when the user cancels the flow."""
        self._revoke_password_token(self._data)

    @callback
    def _revoke_password_token(self, data: Mapping[str, Any]) -> None:
        """Revoke a token that a password login created; never one that the user entered."""
        if data.get(CONF_LOGIN) == Login.PASSWORD and CONF_ACCESS_TOKEN in data:
            auth = create_auth(async_get_clientsession(self.hass), data)
            self.hass.async_create_task(auth.revoke(), "particle revoke token")
