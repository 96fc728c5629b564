"""The verifier as one file: run by a Python that has the standard library and `cryptography`, and no network."""

import hashlib
import runpy
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

from audit.bundle.one_file import ROOT, modules, one_file
from tests.audit.bundle.bundling import bundle, payments, policy_of

ALONE = """
import runpy, sys

def no_network(event, arguments):
    if event.startswith("socket.") and event != "socket.__new__" or event == "subprocess.Popen":
        raise SystemExit(f"the verifier asked for {event}")

sys.addaudithook(no_network)
sys.path.append(sys.argv.pop(1))
assert not [name for name in sys.modules if name.partition(".")[0] in ("audit", "api", "domain")]
sys.argv.pop(0)
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@pytest.fixture(scope="module")
def verifier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file, where nothing of ours is beside it."""
    path = tmp_path_factory.mktemp("stick") / "mingzhang-verify.pyz"
    path.write_bytes(one_file())
    return path


@pytest.fixture(scope="module")
def libraries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `cryptography` and what it needs, and no other library."""
    folder = tmp_path_factory.mktemp("libraries")
    for name in ("cryptography", "cffi", "_cffi_backend", "pycparser"):
        spec = find_spec(name)
        if spec is not None and spec.origin is not None:
            origin = Path(spec.origin)
            found = origin.parent if origin.name == "__init__.py" else origin
            (folder / found.name).symlink_to(found)
    return folder


def run(verifier: Path, libraries: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run it isolated (-I), without the installed packages (-S), where no network can be asked."""
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", ALONE, str(libraries), str(verifier), *arguments],
        cwd=verifier.parent,
        env={},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_one_file_verifies_a_bundle_without_the_project_or_a_network(
    tmp_path: Path, verifier: Path, libraries: Path
) -> None:
    path = bundle(tmp_path / "b.zip", payments(tmp_path), [2, 4, 6])
    (tmp_path / "policy").write_bytes(policy_of())

    done = run(verifier, libraries, str(path), "--policy", str(tmp_path / "policy"))

    assert (done.returncode, done.stderr) == (0, "")
    assert "完整：在 ledger.test/money 的第 1 至 7 条中" in done.stdout
    assert "Complete: among entries 1 to 7 of ledger.test/money" in done.stdout


def test_one_file_tells_a_bundle_with_an_entry_left_out_to_be_incomplete(
    tmp_path: Path, verifier: Path, libraries: Path
) -> None:
    path = bundle(tmp_path / "b.zip", payments(tmp_path), [2, 6])
    (tmp_path / "policy").write_bytes(policy_of())

    done = run(verifier, libraries, str(path), "--policy", str(tmp_path / "policy"))

    assert (done.returncode, done.stderr) == (1, "")
    assert "Incomplete: entries about this subject were left out" in done.stdout


def test_without_cryptography_it_says_so_and_does_not_guess(tmp_path: Path, verifier: Path) -> None:
    (tmp_path / "nothing").mkdir()

    done = run(verifier, tmp_path / "nothing", "b.zip", "--policy", "policy")

    assert done.returncode == 2
    assert "The Python library cryptography>=50 is missing" in done.stderr


def test_only_the_verifier_is_packed_and_the_same_bytes_each_time(tmp_path: Path) -> None:
    packed = modules()

    assert {name.partition("/")[0] for name in packed} == {"audit"}
    assert {"audit/seal.py", "audit/log/policy_file.py", "audit/bundle/zh.toml", "audit/__init__.py"} <= packed.keys()
    assert not [name for name in packed if "book.py" in name or "stores" in name or "writing" in name]
    assert one_file() == one_file()
    (tmp_path / "v.pyz").write_bytes(one_file())
    assert zipfile.ZipFile(tmp_path / "v.pyz").testzip() is None


def test_the_packer_writes_the_file_and_tells_its_digest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    to = tmp_path / "dist" / "mingzhang-verify.pyz"

    monkeypatch.setattr(sys, "argv", ["one_file", str(to)])

    runpy.run_path(str(ROOT / "audit" / "bundle" / "one_file.py"), run_name="__main__")

    assert to.read_bytes() == one_file()
    assert capsys.readouterr().out == f"{hashlib.sha256(one_file()).hexdigest()}  {to}\n"
