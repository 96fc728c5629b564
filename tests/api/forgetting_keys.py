"""What whoever has the vault can do to a key of a log: let it forget what it signed."""

from api.ledger import Ledger
from api.log_key_files import KeyFiles
from audit.log.note import parse_vkey
from domain.clock import Randomness
from domain.event import BookName


def forgetful(ledger: Ledger, book: BookName) -> None:
    """Draw each key of the log of `book` again from the same seed, as if it had just been made."""
    files = KeyFiles(ledger.folder, book, ledger.vault.keys)
    for vkey in files.vkeys():
        seed = files.signer(vkey)._private.private_bytes_raw()
        files.draw(parse_vkey(vkey).name, _beginning_with(seed, ledger.randomness))


def _beginning_with(seed: bytes, randomness: Randomness) -> Randomness:
    drawn = [seed]
    return lambda size: drawn.pop() if drawn else randomness(size)
