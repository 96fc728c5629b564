"""A witness in a process of its own, that dies without a word at one moment of its first decision.

python -m tests.audit.log.killed_witness STATE MOMENT

MOMENT: `deciding` is before anything is on the disk, `decided` is when it is and nobody was answered, `never`.
Its address is printed; it ends when its standard input does.
"""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from audit.log.witness import Witness
from audit.log.witness_server import WitnessServer
from audit.log.witness_state import Deciding, WitnessState
from tests.audit.log.standing_witnesses import ml_dsa_witness, standing_at_now


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Mortal(WitnessState):
    """A memory whose process dies at a moment."""

    moment = "never"

    @contextmanager
    def deciding(self, origin: str) -> Iterator[Deciding]:
        with super().deciding(origin) as deciding:
            yield deciding
            if self.moment == "deciding":
                die()
        if self.moment == "decided":
            die()


def main(path: str, moment: str) -> None:
    state = Mortal(Path(path))
    state.moment = moment
    with WitnessServer("127.0.0.1", 0, Witness(state, [ml_dsa_witness(1)]), standing_at_now) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        sys.stdout.write(server.url + "\n")
        sys.stdout.flush()
        sys.stdin.read()
        server.shutdown()


if __name__ == "__main__":
    main(*sys.argv[1:])
