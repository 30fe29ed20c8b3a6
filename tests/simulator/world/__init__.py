"""The state behind the simulated cloud."""

from .boards import Board, FunctionCall, VariableRead
from .events import Event, EventBus, Subscription
from .identities import ApiUser, Customer, OAuthClient, Token, TokenKind, User
from .products import Firmware, Group, Member, Organization, Product
from .world import World

__all__ = [
    "ApiUser",
    "Board",
    "Customer",
    "Event",
    "EventBus",
    "Firmware",
    "FunctionCall",
    "Group",
    "Member",
    "OAuthClient",
    "Organization",
    "Product",
    "Subscription",
    "Token",
    "TokenKind",
    "User",
    "VariableRead",
    "World",
]
