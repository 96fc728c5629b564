"""Whether time stamps that came back from a backup are those that were there: by digests alone, without any authority.

A stamp tells the digest of what it is over, and a list of stamps the digests of its files. That the authority's
signature holds is for `mingzhang anchor verify`, which knows whose certificate is trusted (`api.checking_anchors`).
"""

from collections.abc import Iterator
from itertools import chain

from api.anchor_files import AnchorFiles, checkpoint_in
from audit.log.note import NoteInvalid
from audit.log.proving import LogTree
from audit.renewals import Stamped, read_list
from audit.signed_data import SHA256, SignedDataInvalid, digest_of
from audit.timestamps import StampInvalid, stamped_digest


def faults_of_stamps(files: AnchorFiles, origin: str, tree: LogTree) -> tuple[int, list[str]]:
    """How many stamps there are over heads of the log `origin`, and what is wrong with each that is not as it was.

    tree:  that of the log's newest head.

    Raises:
        TilesDamaged: when a tile of the log was changed.
    """
    count, faults = 0, []
    for one in chain(files.anchors(), files.renewals()):
        count += 1
        if fault := _fault_of(one, files, origin, tree):
            faults.append(f"anchors/{one.name}: {fault}")
    return count, faults


def _fault_of(one: Stamped, files: AnchorFiles, origin: str, tree: LogTree) -> str:
    if one.message is None:
        return f"{one.name}{one.ending}, which was stamped, is missing."
    try:
        algorithm, digest = stamped_digest(one.answer)
        if digest != digest_of(algorithm, one.message):
            return "the stamp is over other bytes."
        if one.is_anchor:
            return _denied(one.message, origin, tree)
        return "; ".join(_others_than_listed(one.message, files))
    except (StampInvalid, SignedDataInvalid, NoteInvalid) as fault:
        return str(fault)


def _denied(message: bytes, origin: str, tree: LogTree) -> str:
    """How the log denies a head that was stamped."""
    head = checkpoint_in(message)
    if head.origin != origin:
        return f"it is of the log {head.origin}, and this one is {origin}."
    if head.size > tree.size:
        return f"{head.size} entries were stamped, and the newest head is of {tree.size}."
    found = tree.root_at(head.size)
    if found != head.root:
        return f"the log has the root {found.hex()} at {head.size} entries, and {head.root.hex()} was stamped."
    return ""


def _others_than_listed(message: bytes, files: AnchorFiles) -> Iterator[str]:
    """The files that a list names and that are not here as it names them."""
    for name, digest in read_list(message).items():
        content = files.folder.read(name)
        if content is None or digest_of(SHA256, content).hex() != digest:
            yield f"{name} is {'missing' if content is None else 'not the one'} that it lists."
