"""What a cloud in passing trouble is asked again: free reads, and nothing that may have been done."""

import pytest

from custom_components.particle.api import CloudError, ParticleCloud, UnreachableError
from tests.api.test_fuzz_methods import SCOPES, call, methods
from tests.simulator import SimulatedCloud

# Reads that are sent once all the same: they cost a data operation, there are fifty an hour of them, or
# they need no token and are asked for when a person looks.
SENT_ONCE = {
    "firmware.build_targets",
    "devices.find_by_serial_number",
    "devices.read_raw_variable",
    "devices.read_variable",
}
# Streams have a patience of their own; logging in is no call.
NO_CALLS = {"access_tokens.exchange_code", "access_tokens.refresh", "events.stream"}
# Of the account and of organisations alone.
NOT_OF_PRODUCTS = {"products.create", "products.list", "users.service_agreements"}


@pytest.mark.parametrize("name", [name for name in methods() if name not in NO_CALLS])
async def test_which_calls_are_made_again(
    cloud: SimulatedCloud, particle: ParticleCloud, name: str
) -> None:
    """A 503 is likely to be over in a moment, but only a read may be sent again without asking."""
    await particle.auth.access_token()
    cloud.faults.set("server_error", status=503)
    cloud.requests.clear()
    with pytest.raises((CloudError, UnreachableError)):
        await call(particle, name, SCOPES[1 if name in NOT_OF_PRODUCTS else 0])
    sent = [request.method for request in cloud.requests]
    again = sent[0] in ("GET", "HEAD") and name not in SENT_ONCE
    assert sent == [sent[0]] * (3 if again else 1)
