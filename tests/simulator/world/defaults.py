"""The initial state of the simulated cloud. All data is made up."""

from tests.simulator.clock import iso
from tests.simulator.programs import (
    BoatProgram,
    GarageProgram,
    GreenhouseProgram,
    Program,
    TrackerProgram,
)

from .identities import ApiUser, OAuthClient, Token, TokenKind, User
from .images import compile_sources
from .products import Firmware, Group, Member, Organization, Product
from .world import World

USERNAME = "jane@example.com"
PASSWORD = "correct-horse-battery"
ACCESS_TOKEN = "5d1e0e5fa9a7c34ab1b1f9a5d0b6d6c4e0f1a2b3"
CLIENT_ID = "home-assistant-4711"
CLIENT_SECRET = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b"
PRODUCT_ID = 24001
PRODUCT_CLIENT_ID = "van-fleet-4712"
PRODUCT_CLIENT_SECRET = "60303ae22b998861bce3b28f33eec1be758a213c"
API_USER = "ha-reader+x1y2z3@api.particle.io"
API_USER_TOKEN = "apiuser.8c6f1a2b9d7e4c35a0b1"
API_USER_SCOPES = [
    "devices:list",
    "devices:get",
    "devices.variable:get",
    "devices.function:call",
    "events:get",
]
STRANGER = "john@example.org"
# The client IDs and secrets of the JavaScript client, and of the Particle CLI for logins and tokens.
PUBLIC_CLIENTS = {
    "particle": "particle",
    "particle-api": "particle-api",
    "particle-cli": "particle-cli",
    "CLI2": "client_secret_here",
    "user": "client_secret_here",
}
_SOURCES = {
    "van.ino": """
double speed;
double temperature;
bool lock;
void setup() {
  Particle.variable("speed", speed);
  Particle.variable("temperature", temperature);
  Particle.variable("lock", lock);
  Particle.function("cmd", cmd);
  Particle.function("locate", locate);
}
"""
}

GREENHOUSE = "0a10aced202194944a000001"
GARAGE = "0a10aced202194944a000002"
BOAT = "0a10aced202194944a000003"
PHOTON = "0a10aced202194944a000004"
VAN = "0a10aced202194944a000011"
STRANGERS_BOARD = "0a10aced202194944a0000ff"
UNCLAIMED = "0a10aced202194944a0000fe"


def fill(world: World) -> None:
    """Add users, clients, products and boards to an empty world."""
    _users(world)
    _product(world)
    _boards(world)


def _users(world: World) -> None:
    """Add users, clients and tokens."""
    info = {"first_name": "Jane", "last_name": "Doe", "business_account": False}
    world.users[USERNAME] = User("5c00000000000000000000a1", USERNAME, PASSWORD, info)
    world.users[STRANGER] = User("5c00000000000000000000a2", STRANGER, "someone-else")
    # The clients of official programs have no owner, so they cannot use client credentials.
    grants = frozenset(
        {"password", "refresh_token", "urn:custom:mfa-otp", "urn:custom:recovery-code"}
    )
    for public, secret in PUBLIC_CLIENTS.items():
        world.clients[public] = OAuthClient(public, secret, public, grants=grants)
    for client in (
        OAuthClient(CLIENT_ID, CLIENT_SECRET, "Home Assistant", owner=USERNAME),
        OAuthClient(
            PRODUCT_CLIENT_ID,
            PRODUCT_CLIENT_SECRET,
            "van fleet",
            owner=USERNAME,
            product_id=PRODUCT_ID,
            scope="customers:create",
        ),
    ):
        world.clients[client.id] = client
    world.tokens.add(Token(ACCESS_TOKEN, TokenKind.USER, USERNAME, "particle-cli"))
    world.api_users[API_USER] = ApiUser(
        "5c00000000000000000000b1", API_USER, "ha reader", list(API_USER_SCOPES), PRODUCT_ID
    )
    world.tokens.add(
        Token(
            API_USER_TOKEN,
            TokenKind.API_USER,
            API_USER,
            "particle",
            product_id=PRODUCT_ID,
            scopes=tuple(API_USER_SCOPES),
        )
    )


def _product(world: World) -> None:
    """Add a product of the user, one of an organization, and one of another user."""
    world.products[PRODUCT_ID] = Product(
        PRODUCT_ID,
        "delivery-vans",
        "Delivery Vans",
        26,
        USERNAME,
        "Trackers in vans",
        groups={name: Group(name) for name in ("north", "south")},
        team=[Member(USERNAME)],
    )
    organization = Organization(
        "5c00000000000000000000c1", "example-logistics", "Example Logistics", [Member(USERNAME)]
    )
    world.organizations[organization.id] = organization
    world.products[24002] = Product(
        24002,
        "cold-stores",
        "Cold Stores",
        23,
        USERNAME,
        "Thermometers",
        organization_id=organization.id,
    )
    for version in (1, 2):
        image = compile_sources(_SOURCES | {"version.h": f"#define V {version}"}, 26, "5.8.0")
        world.products[PRODUCT_ID].firmware[version] = Firmware(
            world.new_id(),
            version,
            f"v{version}",
            f"van-{version}.bin",
            image.content,
            iso(world.clock.now()),
            USERNAME,
            PRODUCT_ID,
            product_default=version == 1,
            released=version == 1,
        )
    world.products[24099] = Product(
        24099, "secret-gadget", "Secret Gadget", 32, STRANGER, team=[Member(STRANGER)]
    )


def _boards(world: World) -> None:
    """Add the boards; the last one to connect is the first of the list."""
    world.add_board(
        "old photon",
        device_id=PHOTON,
        platform_id=6,
        system_version="2.3.1",
        online=False,
        variables={"analog": 0},
        functions={"led": lambda argument: 1 if argument in ("on", "off") else -1},
    )
    world.add_board(
        "boat", device_id=BOAT, platform_id=13, program=BoatProgram(), system_version="6.2.1"
    )
    world.add_board("garage", device_id=GARAGE, platform_id=12, program=GarageProgram())
    world.add_board("greenhouse", device_id=GREENHOUSE, program=GreenhouseProgram())
    for number, (name, group) in enumerate(
        [("van-1", "north"), ("van-2", "north"), ("van-3", "south"), ("van-4", "south")]
    ):
        program = TrackerProgram(52.52 + number / 10, 13.405, number)
        van = world.add_board(
            name,
            device_id=f"{int(VAN, 16) + number:024x}",
            platform_id=26,
            program=program,
            product_id=PRODUCT_ID,
            groups=[group],
            # The first van is claimed by the user, the others are not claimed.
            owner=USERNAME if number == 0 else None,
            online=name != "van-4",
        )
        # All of them have published their location before.
        van.store_location(*program.location, program.place())
    world.add_board(
        "cold store", platform_id=23, variables={"celsius": -18.5}, owner=None, product_id=24002
    )
    world.add_board(
        "not yours", device_id=STRANGERS_BOARD, variables={"secret": 42}, owner=STRANGER
    )
    world.add_board(None, device_id=UNCLAIMED, program=Program(), owner=None)
    for board in list(world.boards.values()):
        world.add_sim(board, world.products.get(board.product_id or 0))
