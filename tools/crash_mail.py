"""A mail server in a process of its own, which writes down each message before it answers.

    python tools/crash_mail.py RECORD SEED PAUSE

It takes its time before it writes and again before it answers, so that a worker that is killed
then has a message in flight; it prints its port, and lives until it is killed.
"""

import asyncio
import json
import os
import random
import sys
import time
from email import message_from_bytes
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session


class Recorder:
    """Takes every message; one line of JSON each, on the disk before the sender hears of it."""

    def __init__(self, record: Path, seed: int, pause: float) -> None:
        self._record = record.open("ab")
        self._random = random.Random(seed)
        self._pause = pause

    async def handle_DATA(  # noqa: N802 - the server's own name for it
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Write the message down: when it came in, to whom it goes, and its Message-ID."""
        began = time.time()
        await self._wait()
        message = message_from_bytes(envelope.original_content or b"")
        line = {"began": began, "to": envelope.rcpt_tos[0], "message_id": message["Message-ID"]}
        self._record.write(json.dumps(line).encode() + b"\n")
        self._record.flush()
        os.fsync(self._record.fileno())
        await self._wait()
        return "250 kept"

    async def _wait(self) -> None:
        await asyncio.sleep(self._random.uniform(0, self._pause))


async def serve(recorder: Recorder) -> None:
    """Serve on a free port of the loopback, until killed."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(recorder), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def main() -> None:
    """Read where to write, from which seed, and how long a pause is at most."""
    record, seed, pause = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    asyncio.run(serve(Recorder(record, seed, pause)))


if __name__ == "__main__":
    main()
