"""A server in a process of its own, as several of them serve one ledger: started, asked, killed.

python -m tests.api.rest.serving LEDGER
"""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

from tests.journeys.commanding import environment

TOKEN_FILE = Path("keys") / "keeper.token"
ENOUGH_SECONDS = 60


@dataclass
class Server:
    """One server of a ledger, listening on a port of this machine."""

    process: subprocess.Popen[bytes]
    client: httpx2.Client

    def kill(self) -> None:
        """End it as a crash does."""
        self.process.kill()
        self.process.wait()


@contextmanager
def serving(ledger: Path, token: str) -> Iterator[Server]:
    """A server of the ledger; it is asked to stop when the block ends."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.api.rest.serving", str(ledger)],
        stdout=subprocess.PIPE,
        env=environment(),
    )
    try:
        line = process.stdout.readline() if process.stdout else b""
        headers = {"Authorization": f"Bearer {token}"}
        with httpx2.Client(base_url=f"http://127.0.0.1:{int(line)}", headers=headers, timeout=ENOUGH_SECONDS) as client:
            yield Server(process, client)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(ENOUGH_SECONDS)
        if process.stdout:
            process.stdout.close()


def main(path: str) -> None:
    """Serve until told to stop; the port is the first line of the output."""
    import socket

    import uvicorn

    from api.app import create_app
    from api.ledger import Ledger

    with Ledger.open(Path(path)) as ledger, socket.socket() as listening:
        ledger.catch_up()
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        sys.stdout.write(f"{listening.getsockname()[1]}\n")
        sys.stdout.flush()
        uvicorn.Server(uvicorn.Config(create_app(ledger), log_level="warning")).run([listening])


if __name__ == "__main__":
    main(sys.argv[1])
