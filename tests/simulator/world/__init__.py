"""The state behind the simulated cloud."""

from .boards import Board, FunctionCall, VariableRead
from .events import Event, EventBus, Subscription
from .identities import ApiUser, Customer, OAuthClient, Token, TokenKind, User
from .images import CompileError, Image, compile_sources, read_image, size_info
from .integrations import Integration
from .libraries import Library
from .products import Firmware, Group, Member, Organization, Product
from .sims import Sim
from .updates import Update
from .world import World

__all__ = [
    "ApiUser",
    "Board",
    "CompileError",
    "Customer",
    "Event",
    "EventBus",
    "Firmware",
    "FunctionCall",
    "Group",
    "Image",
    "Integration",
    "Library",
    "Member",
    "OAuthClient",
    "Organization",
    "Product",
    "Sim",
    "Subscription",
    "Token",
    "TokenKind",
    "Update",
    "User",
    "VariableRead",
    "World",
    "compile_sources",
    "read_image",
    "size_info",
]
