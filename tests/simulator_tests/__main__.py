"""Write the answers of all transcripts anew: `python -m tests.simulator_tests`, then read the diff."""

import asyncio

from .transcript import carry_out, transcripts

for path in transcripts():
    path.write_text(asyncio.run(carry_out(path.read_text(encoding="utf-8"))), encoding="utf-8")
