"""Whatever the members of a bundle hold, the verifier gives a verdict: it never fails, and never believes it."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.bundle.examining import examine
from audit.bundle.manifest import Manifest, read_first_line
from audit.bundle.words import as_json
from tests.audit.bundle.bundling import write
from tests.vectors.make_bundle import FROZEN, trust

TRUST = trust()
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2**70) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
USUAL = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)


def frozen() -> tuple[dict[str, bytes], Manifest]:
    with zipfile.ZipFile(FROZEN / "household.zip") as whole:
        members = {name: whole.read(name) for name in whole.namelist()}
    return members, read_first_line(members.pop("manifest.json").partition(b"\n")[0] + b"\n")


MEMBERS, MANIFEST = frozen()
BELIEVED = sorted(MEMBERS.keys() - {"report.html"})
BOUND = [name for name in BELIEVED if not name.endswith(".tsr")]
"""An authority's answer has parts that nobody signs, such as its status: another one, listed anew, may pass."""

ENTRIES = sorted(name for name in MEMBERS if name.startswith("entries/"))


def refuses(folder: Path, members: dict[str, bytes]) -> bool:
    """Whether the verifier says of them what does not hold."""
    verdict = examine(write(folder / "b.zip", members, MANIFEST), TRUST)
    return not as_json(verdict)["ok"]


@USUAL
@given(name=st.sampled_from(BELIEVED), content=st.binary(max_size=200))
def test_any_other_content_of_a_member_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    assert refuses(tmp_path, {**MEMBERS, name: content})


@USUAL
@given(name=st.sampled_from(BOUND), at=st.floats(0, 1, exclude_max=True), bits=st.integers(1, 255))
def test_any_changed_byte_in_a_member_that_is_listed_anew_is_refused(
    tmp_path: Path, name: str, at: float, bits: int
) -> None:
    content = bytearray(MEMBERS[name])
    if content:
        content[int(at * len(content))] ^= bits
        assert refuses(tmp_path, {**MEMBERS, name: bytes(content)})


@USUAL
@given(name=st.sampled_from(ENTRIES), data=st.data(), value=VALUES)
def test_any_other_value_in_an_entry_is_refused(tmp_path: Path, name: str, data: Any, value: Any) -> None:
    head, _, raw = MEMBERS[name].rpartition(b"\n")
    state = json.loads(raw)
    field = data.draw(st.sampled_from([*state, "event_refs", "evidence", "source", "target_position", "subjects"]))
    changed = json.dumps({**state, field: value}, ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode()

    assert changed == raw or refuses(tmp_path, {**MEMBERS, name: head + b"\n" + changed})


@USUAL
@given(part=st.sampled_from(["place", "subject", "entries", "digest", "hashes"]), value=VALUES)
def test_any_other_value_in_the_completeness_proof_is_refused(tmp_path: Path, part: str, value: Any) -> None:
    told = json.loads(MEMBERS["completeness.json"])
    told["proof"]["own"][part] = value

    content = json.dumps(told, separators=(",", ":")).encode() + b"\n"

    assert content == MEMBERS["completeness.json"] or refuses(tmp_path, {**MEMBERS, "completeness.json": content})


@pytest.mark.parametrize("sealed_at", ["1e999", "-1", "8.5", '"8"', "null", "[8]", "9", "NaN"])
def test_any_other_place_of_the_seal_is_refused(tmp_path: Path, sealed_at: str) -> None:
    content = MEMBERS["completeness.json"].replace(b'"sealed_at":8', f'"sealed_at":{sealed_at}'.encode())

    assert refuses(tmp_path, {**MEMBERS, "completeness.json": content})


def test_the_report_alone_may_be_another_since_it_is_told_to_prove_nothing(tmp_path: Path) -> None:
    assert not refuses(tmp_path, {**MEMBERS, "report.html": b"<p>Anything.</p>"})
