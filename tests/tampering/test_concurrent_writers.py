"""Two machines, or several processes, go on from the same ledger at once.

Found by: in one folder nothing is to be found, for there is one head of each size. Of two copies that each go on by
themselves, each witness cosigns one and stops the other; a mirror that has seen one raises the alarm at the other, and
names where they part. The office's own verify finds nothing in either copy.
"""

import shutil

from audit.log.checkpoint import parse_text
from audit.log.note import parse
from tests.api.stamping import register
from tests.journeys.commanding import TIMEOUT_SECONDS, start
from tests.tampering.holding import Holders, Office
from tests.tampering.opening import SIZE

PROCESSES = 4


def test_several_processes_that_write_and_sign_at_once_sign_one_head_of_each_size(
    office: Office, holders: Holders
) -> None:
    (office.log / "policy").unlink()
    signing = [start(office.path, "checkpoint") for _ in range(PROCESSES)]
    with office.opened() as ledger:
        for number in range(901, 921):
            register(ledger, number)
    notes = [process.communicate(timeout=TIMEOUT_SECONDS)[0] for process in signing]
    office.sign()

    heads = {(head.size, head.root) for head in (parse_text(parse(note.encode()).text) for note in notes)}

    assert [process.returncode for process in signing] == [0] * PROCESSES
    assert len(heads) == len({size for size, _ in heads})
    assert office.verified() == []
    assert holders.who_finds(office) == {}


def test_of_two_copies_that_each_go_on_a_witness_stops_the_second_and_a_mirror_names_where_they_part(
    office: Office, holders: Holders
) -> None:
    copy = Office(shutil.copytree(office.path, holders.folder / "copy"))
    for place, number in ((office, 901), (copy, 902)):
        with place.opened() as ledger:
            register(ledger, number)
    with holders.standing() as policy:
        urls = [witness.url or "" for witness in policy.witnesses]
        for place in (office, copy):
            (place.log / "policy").write_text(holders.policy_text(*urls), encoding="utf-8")
        first = office.tell("checkpoint")
        seen = holders.mirrored(office.log)
        second = copy.tell("checkpoint")

    assert (first.status, seen.json["size"]) == (0, SIZE + 1)
    assert holders.judged(first.out).is_reached
    assert (second.status, second.out) == (2, "")
    assert "The witness W1 contradicts the book money" in second.err
    assert holders.named(copy) == [(SIZE + 1, "changed")]
    assert office.verified() == copy.verified() == []


def test_two_copies_signed_without_asking_anybody_are_two_heads_of_one_size_for_a_mirror(
    office: Office, holders: Holders
) -> None:
    copy = Office(shutil.copytree(office.path, holders.folder / "copy"))
    for place, number in ((office, 901), (copy, 902)):
        with place.opened() as ledger:
            register(ledger, number)
        (place.log / "policy").unlink()
        place.sign()
    seen = holders.mirrored(office.log)

    alarmed = holders.mirrored(copy.log)

    assert seen.json["ok"]
    assert (alarmed.status, alarmed.json["kind"]) == (1, "fork")
