"""An asynchronous, typed client for the Particle Cloud. It knows nothing of Home Assistant."""

from .access_tokens import AccessTokens
from .accounts import Accounts, MfaEnrolment
from .auth import Auth, ClientCredentials, FixedToken, PasswordLogin
from .claims import ClaimCode, ClaimResult, Claims
from .client import ParticleCloud
from .compiler import CompilationError, CompilerMessage, MessageKind, parse_compiler_output
from .configuration import Configuration, ConfigurationState
from .customers import Customer, Customers
from .device_groups import DeviceGroup, DeviceGroups
from .devices import Devices
from .diagnostics import Diagnostics
from .errors import (
    AuthenticationError,
    CloudError,
    ConflictError,
    DeviceNotFoundError,
    DeviceOfflineError,
    DeviceTimeoutError,
    DeviceUnreachableError,
    DnsError,
    FunctionNotFoundError,
    FunctionRefusedError,
    InvalidCredentialsError,
    InvalidOtpError,
    InvalidRequestError,
    InvalidTokenError,
    LoginBlockedError,
    MalformedAnswerError,
    NotFoundError,
    OtpRequiredError,
    ParticleError,
    PermissionDeniedError,
    ProductNotFoundError,
    QuotaExceededError,
    RateLimitedError,
    SingleSignOnError,
    TlsError,
    UnreachableError,
    VariableNotFoundError,
)
from .events import Events
from .firmware import Binary, BuildTarget, BuildTargets, Firmware, FlashStarted
from .fleet import Fleet, ImportResult
from .integrations import Integrations, IntegrationTest, Webhooks
from .libraries import Libraries, Library, LibraryScope
from .limits import (
    function_argument_limit,
    validate_event_data,
    validate_event_name,
    validate_function_argument,
    variable_data_limit,
)
from .locations import DeviceLocation, Locations, Point
from .models import (
    CloudEvent,
    DataOperation,
    DataOperationKind,
    Device,
    FunctionResult,
    PingResult,
    Token,
    Variable,
    VariableType,
)
from .oauth_clients import OAuthClient, OAuthClients, OAuthClientType
from .organizations import Organization, Organizations
from .platforms import PLATFORMS, Platform, platform
from .product_firmware import FirmwareVersion, ProductFirmware
from .products import Product, Products
from .scope import ACCOUNT, Scope, ScopeKind
from .sims import DataUsage, Sim, SimAction, Sims, SimStatus
from .stream import EventStream, StreamState
from .teams import ApiUserToken, Role, TeamMember, Teams
from .transport import DEFAULT_URL, Answer, normal_base_url
from .users import Identity, ServiceAgreement, TokenInfo, User, Users
from .vitals import Vitals
from .webhook_settings import (
    HookLogEntry,
    Integration,
    IntegrationType,
    RequestType,
    WebhookSettings,
)

__all__ = [
    "ACCOUNT",
    "DEFAULT_URL",
    "PLATFORMS",
    "AccessTokens",
    "Accounts",
    "Answer",
    "ApiUserToken",
    "Auth",
    "AuthenticationError",
    "Binary",
    "BuildTarget",
    "BuildTargets",
    "ClaimCode",
    "ClaimResult",
    "Claims",
    "ClientCredentials",
    "CloudError",
    "CloudEvent",
    "CompilationError",
    "CompilerMessage",
    "Configuration",
    "ConfigurationState",
    "ConflictError",
    "Customer",
    "Customers",
    "DataOperation",
    "DataOperationKind",
    "DataUsage",
    "Device",
    "DeviceGroup",
    "DeviceGroups",
    "DeviceLocation",
    "DeviceNotFoundError",
    "DeviceOfflineError",
    "DeviceTimeoutError",
    "DeviceUnreachableError",
    "Devices",
    "Diagnostics",
    "DnsError",
    "EventStream",
    "Events",
    "Firmware",
    "FirmwareVersion",
    "FixedToken",
    "FlashStarted",
    "Fleet",
    "FunctionNotFoundError",
    "FunctionRefusedError",
    "FunctionResult",
    "HookLogEntry",
    "Identity",
    "ImportResult",
    "Integration",
    "IntegrationTest",
    "IntegrationType",
    "Integrations",
    "InvalidCredentialsError",
    "InvalidOtpError",
    "InvalidRequestError",
    "InvalidTokenError",
    "Libraries",
    "Library",
    "LibraryScope",
    "Locations",
    "LoginBlockedError",
    "MalformedAnswerError",
    "MessageKind",
    "MfaEnrolment",
    "NotFoundError",
    "OAuthClient",
    "OAuthClientType",
    "OAuthClients",
    "Organization",
    "Organizations",
    "OtpRequiredError",
    "ParticleCloud",
    "ParticleError",
    "PasswordLogin",
    "PermissionDeniedError",
    "PingResult",
    "Platform",
    "Point",
    "Product",
    "ProductFirmware",
    "ProductNotFoundError",
    "Products",
    "QuotaExceededError",
    "RateLimitedError",
    "RequestType",
    "Role",
    "Scope",
    "ScopeKind",
    "ServiceAgreement",
    "Sim",
    "SimAction",
    "SimStatus",
    "Sims",
    "SingleSignOnError",
    "StreamState",
    "TeamMember",
    "Teams",
    "TlsError",
    "Token",
    "TokenInfo",
    "UnreachableError",
    "User",
    "Users",
    "Variable",
    "VariableNotFoundError",
    "VariableType",
    "Vitals",
    "WebhookSettings",
    "Webhooks",
    "function_argument_limit",
    "normal_base_url",
    "parse_compiler_output",
    "platform",
    "validate_event_data",
    "validate_event_name",
    "validate_function_argument",
    "variable_data_limit",
]
