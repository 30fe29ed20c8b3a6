"""Write transcripts and permissions anew: `python -m tests.simulator_tests`, then read the diff."""

import asyncio

from . import permissions
from .transcript import carry_out, transcripts

for path in transcripts():
    path.write_text(asyncio.run(carry_out(path.read_text(encoding="utf-8"))), encoding="utf-8")
permissions.TABLE.write_text(asyncio.run(permissions.table()), encoding="utf-8")
