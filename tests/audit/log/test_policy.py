"""Trust policies: what the file may say, whom it makes believe, and what a quorum lacks."""

import pytest

from audit.log.checkpoint import Checkpoint
from audit.log.cosignature import Cosigner, Ed25519Cosigner, MlDsaCosigner
from audit.log.note import Ed25519Signer, SignatureInvalid, VerifierKey, parse, signed
from audit.log.policy import Verdict
from audit.log.policy_file import PolicyInvalid, parse_policy

LOG = Ed25519Signer("log.test/money", b"\x01" * 32)
OTHER_LOG = Ed25519Signer("log.test/supervision", b"\x02" * 32)
X1, X2, X3, Y1 = (Ed25519Cosigner(f"x{n}.test", bytes([16 + n]) * 32) for n in (1, 2, 3, 4))
Y2, Y3 = (MlDsaCosigner(f"y{n}.test", bytes([32 + n]) * 32) for n in (2, 3))
WITNESSES: dict[str, Cosigner] = {"X1": X1, "X2": X2, "X3": X3, "Y1": Y1, "Y2": Y2, "Y3": Y3}
TEXT = Checkpoint("log.test/money", 7, bytes(32)).text
NOW = 1_700_000_000

EXAMPLE = f"""# The example of c2sp.org/tlog-policy, with keys.
log {LOG.vkey}

witness X1 {X1.key.vkey}
witness X2 {X2.key.vkey}\thttps://x2.test/
  witness X3 {X3.key.vkey}\t
group X-witnesses 2 X1 X2 X3

witness Y1 {Y1.key.vkey}
witness Y2 {Y2.key.vkey}
witness Y3 {Y3.key.vkey}
group Y-witnesses any Y1 Y2 Y3
    # an indented comment
group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
"""


def judged(policy: str, *cosigners: Cosigner) -> Verdict:
    note = parse(signed(TEXT, [LOG]).encode())
    for cosigner in cosigners:
        note = note.with_lines(cosigner.cosign(TEXT, NOW))
    return parse_policy(policy.encode()).judge(str(note).encode())


def test_the_example_of_the_specification_is_read_with_all_its_parts() -> None:
    policy = parse_policy(EXAMPLE.encode())

    assert [log.verifier.key.vkey for log in policy.logs] == [LOG.vkey]
    assert [(w.name, w.verifier.key, w.url) for w in policy.witnesses] == [
        (name, cosigner.key, "https://x2.test/" if name == "X2" else None) for name, cosigner in WITNESSES.items()
    ]
    assert policy.groups == (
        ("X-witnesses", 2, ("X1", "X2", "X3")),
        ("Y-witnesses", 1, ("Y1", "Y2", "Y3")),
        ("X-and-Y", 2, ("X-witnesses", "Y-witnesses")),
    )
    assert policy.quorum == "X-and-Y"


def test_a_quorum_over_two_levels_is_reached_by_two_and_one() -> None:
    verdict = judged(EXAMPLE, X3, Y2, X1)

    assert verdict.is_reached
    assert verdict.checkpoint == Checkpoint("log.test/money", 7, bytes(32))
    assert verdict.log_keys == (LOG.key,)
    assert [(seen.witness, seen.timestamp) for seen in verdict.seen] == [("X1", NOW), ("X3", NOW), ("Y2", NOW)]


NOBODY = (
    "X-and-Y has 0 of the 2 that it needs (none; X-witnesses has 0 of the 2 that it needs (none; no cosignature of X1; "
    "no cosignature of X2; no cosignature of X3); Y-witnesses has 0 of the 1 that it needs (none; no cosignature of "
    "Y1; no cosignature of Y2; no cosignature of Y3))"
)
ONE_OF_X = (
    "X-and-Y has 1 of the 2 that it needs (Y-witnesses; X-witnesses has 1 of the 2 that it needs (X1; no cosignature "
    "of X2; no cosignature of X3))"
)


@pytest.mark.parametrize(("cosigners", "missing"), [([], NOBODY), ([X1, Y1, Y2, Y3], ONE_OF_X)])
def test_a_quorum_that_is_not_reached_says_what_it_has_and_what_it_lacks(
    cosigners: list[Cosigner], missing: str
) -> None:
    verdict = judged(EXAMPLE, *cosigners)

    assert not verdict.is_reached
    assert verdict.missing == missing


def test_a_witness_that_cosigns_twice_is_counted_once() -> None:
    note = parse(signed(TEXT, [LOG]).encode())
    twice = note.with_lines(X1.cosign(TEXT, NOW) + X1.cosign(TEXT, NOW + 1))

    verdict = parse_policy(EXAMPLE.encode()).judge(str(twice).encode())

    assert [seen.witness for seen in verdict.seen] == ["X1"]
    assert "X-witnesses has 1 of the 2" in verdict.missing


def test_one_witness_may_be_the_quorum_and_a_stranger_is_not_counted() -> None:
    policy = f"log {LOG.vkey}\nwitness W {X1.key.vkey}\nquorum W\n"

    assert judged(policy, X1, X2).is_reached
    assert judged(policy, X2).missing == "no cosignature of W"


def test_a_policy_without_witnesses_believes_the_log_alone() -> None:
    assert judged(f"log {LOG.vkey}\nquorum none\n", X1).seen == ()
    assert judged(f"log {LOG.vkey}\nquorum none\n").is_reached


def test_a_log_that_the_policy_does_not_know_is_not_believed() -> None:
    for policy in (f"log {OTHER_LOG.vkey}\nquorum none\n", "quorum none\n"):
        with pytest.raises(SignatureInvalid, match=r"The policy knows no log log\.test/money"):
            judged(policy)


def test_the_key_of_one_known_log_does_not_speak_for_another() -> None:
    policy = parse_policy(f"log {LOG.vkey}\nlog {OTHER_LOG.vkey}\nquorum none\n".encode())

    with pytest.raises(SignatureInvalid, match=r"expected log\.test/money"):
        policy.judge(signed(TEXT, [OTHER_LOG]).encode())


def test_a_known_witness_whose_line_does_not_verify_spoils_the_whole_note() -> None:
    elsewhere = Checkpoint("log.test/money", 8, bytes(32)).text
    note = parse(signed(TEXT, [LOG]).encode()).with_lines(X1.cosign(elsewhere, NOW))

    with pytest.raises(SignatureInvalid, match=r"x1\.test\+\w{8} does not verify"):
        parse_policy(EXAMPLE.encode()).judge(str(note).encode())


def test_a_retired_key_is_believed_up_to_its_last_size_and_no_further() -> None:
    newer = Ed25519Signer("log.test/money", b"\x03" * 32)
    policy = parse_policy(f"log {LOG.vkey}\nlog {newer.vkey}\nquorum none\n".encode())
    alone, both = signed(TEXT, [LOG]).encode(), signed(TEXT, [LOG, newer]).encode()

    assert policy.judge(alone, retired={LOG.vkey: 7}).log_keys == (LOG.key,)
    assert policy.judge(both, retired={LOG.vkey: 6}).log_keys == (newer.key,)
    with pytest.raises(SignatureInvalid, match=r"size 7 is signed by retired keys alone: .* up to size 6"):
        policy.judge(alone, retired={LOG.vkey: 6})


def test_names_are_octets_and_those_that_are_no_text_are_shown_by_their_numbers() -> None:
    policy = b"log %b\nwitness \xff\xfe %b\nquorum \xff\xfe\n" % (LOG.vkey.encode(), X1.key.vkey.encode())

    verdict = parse_policy(policy).judge(signed(TEXT, [LOG]).encode())

    assert verdict.missing == r"no cosignature of \xff\xfe"


def test_thirty_two_logs_witnesses_and_groups_are_read() -> None:
    logs = [f"log {Ed25519Signer(f'l{n}.test', bytes([n + 1]) * 32).vkey}" for n in range(32)]
    witnesses = [f"witness w{n} {Ed25519Cosigner(f'w{n}.test', bytes([n + 1]) * 32).key.vkey}" for n in range(32)]
    groups = [f"group g{n} any w{n}" for n in range(32)]

    policy = parse_policy("\n".join([*logs, *witnesses, *groups, "quorum g31\n"]).encode())

    assert (len(policy.logs), len(policy.witnesses), len(policy.groups)) == (32, 32, 32)


W = f"witness w {X1.key.vkey}\n"
V = f"witness v {X2.key.vkey}\n"
SAME_KEY = Ed25519Cosigner("other.test", bytes([17]) * 32).key.vkey


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("", 0, "no quorum line"),
        (f"log {LOG.vkey}\n", 0, "no quorum line"),
        ("quorum none\nquorum none\n", 2, "a quorum line already"),
        ("quorum\n", 1, "quorum <name>"),
        ("quorum a b\n", 1, "quorum <name>"),
        ("quorum w\n" + W, 1, "w is defined on no line above"),
        ("quorum none", 1, "the file may be cut off"),
        ("quorum none\r\n", 1, "the octet 0x0d"),
        ("# \x7f\nquorum none\n", 1, "the octet 0x7f"),
        ("log\x0b\nquorum none\n", 1, "the octet 0x0b"),
        ("logs x\n", 1, "begins with 'logs'"),
        ("Quorum none\n", 1, "begins with 'Quorum'"),
        ("log\n", 1, "log <vkey>"),
        (f"log {LOG.vkey} https://a b\n", 1, "log <vkey>"),
        (f"log {LOG.vkey}x\n", 1, "not base64"),
        (f"log {LOG.vkey} https://a\nlog {LOG.vkey}\n", 2, "this log stands on line 1 already"),
        (f"witness w {LOG.vkey}\n", 1, "type 0x01; it makes no cosignature"),
        (f"witness {X1.key.vkey}\n", 1, "witness <name> <vkey>"),
        (W + V.replace(" v ", " w "), 2, "w is defined already, on line 1"),
        (f"{W}witness v {X1.key.vkey}\n", 2, "this witness stands on line 1 already"),
        (f"{W}witness v {SAME_KEY}\n", 2, "this witness stands on line 1 already"),
        (W.replace(" w ", " none "), 1, "none is not a name"),
        (f"{W}group none any w\n", 2, "none is not a name"),
        (f"{W}group w any w\n", 2, "w is defined already"),
        (f"{W}group g any\n", 2, "group <name>"),
        (f"{W}group g any none\n", 2, "none is defined on no line above"),
        (f"{W}group g any g\n", 2, "g is defined on no line above"),
        (f"{W}group g any v\n{V}", 2, "v is defined on no line above"),
        (f"{W}group g any w w\n", 2, "w is a member already, on line 2"),
        (f"{W}group g any w\ngroup h any w\n", 3, "w is a member already, on line 2"),
        (f"{W}group g 0 w\n", 2, "'0' is no threshold: any, all or a number from 1 to 1"),
        (f"{W}group g 2 w\n", 2, "no threshold"),
        (f"{W}group g 01 w\n", 2, "no threshold"),
        (f"{W}group g most w\n", 2, "no threshold"),
        ("log x\n" * 1001, 0, "1001 lines, more than 1000"),
        ("#" * (1024 * 1024 + 1), 0, "more than 1048576"),
    ],
)
def test_a_policy_that_is_not_one_is_refused_with_its_line(text: str, line: int, why: str) -> None:
    with pytest.raises(PolicyInvalid, match=why) as refused:
        parse_policy(text.encode(errors="surrogateescape"))

    assert refused.value.line == line


def test_two_keys_that_share_name_and_id_are_refused_as_one_could_pass_for_the_other() -> None:
    def collide() -> tuple[str, str]:
        seen: dict[bytes, VerifierKey] = {}
        for number in range(200_000):
            key = VerifierKey.of("w.test", 0x04, b"\1" * 24 + number.to_bytes(8, "big"))
            if key.key_id in seen:
                return seen[key.key_id].vkey, key.vkey
            seen[key.key_id] = key
        raise LookupError

    one, other = collide()

    with pytest.raises(PolicyInvalid, match=r"w\.test\+\w{8} means another key on line 1"):
        parse_policy(f"witness a {one}\nwitness b {other}\nquorum a\n".encode())
