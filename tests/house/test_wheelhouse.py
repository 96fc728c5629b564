"""The folder for machines without internet: what it asks for, for which machine, and what our own wheel brings."""

import re
import sys
import tomllib
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from zipfile import ZipFile

import pytest

from api.cli.demo import INSTALLED, SAMPLE

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheelhouse() -> ModuleType:
    """The script, loaded from where it lies."""
    spec = spec_from_file_location("wheelhouse", ROOT / "requirements" / "wheelhouse.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def names(pins: str) -> set[str]:
    return set(re.findall(r"^([a-z0-9-]+)==", pins, re.MULTILINE))


def test_for_windows_it_asks_for_what_windows_alone_needs_whatever_machine_asks(wheelhouse: ModuleType) -> None:
    on_windows = names(wheelhouse.wanted_on("win_amd64", "3.11"))
    on_linux = names(wheelhouse.wanted_on("manylinux2014_aarch64", "3.11"))
    on_a_mac = names(wheelhouse.wanted_on("macosx_14_0_arm64", "3.11"))

    assert on_windows - on_linux == {"colorama", "tzdata"}
    assert on_linux == on_a_mac
    assert {"cryptography", "eventsourcing", "psycopg", "sqlalchemy"} <= on_linux


@pytest.mark.parametrize("platform", ["", "win_amd64", "macosx_14_0_arm64"])
def test_every_pin_that_it_asks_for_has_hashes_and_no_condition_left(wheelhouse: ModuleType, platform: str) -> None:
    pins = wheelhouse.wanted_on(platform, "").splitlines()

    assert [pin for pin in pins if "--hash=sha256:" not in pin or ";" in pin] == []


def test_a_linux_of_today_takes_wheels_of_older_ones(wheelhouse: ModuleType) -> None:
    assert {"manylinux2014_aarch64", "manylinux_2_28_aarch64"} <= set(wheelhouse.tags_of("manylinux2014_aarch64"))
    assert wheelhouse.tags_of("win_amd64") == ["win_amd64"]
    assert wheelhouse.tags_of("") == []


def test_our_own_wheel_brings_the_sample_to_where_the_demonstration_looks(
    wheelhouse: ModuleType, tmp_path: Path
) -> None:
    line = wheelhouse.build(tmp_path)

    [wheel] = tmp_path.glob("*.whl")
    with ZipFile(wheel) as opened:
        inside = set(opened.namelist())
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    brought = f"mingzhang-{version}.data/data/{INSTALLED.relative_to(sys.prefix).as_posix()}/{SAMPLE.as_posix()}/"
    assert {brought + path.name for path in (ROOT / SAMPLE).iterdir()} <= inside
    assert re.fullmatch(rf"mingzhang=={version} \\\n    --hash=sha256:[0-9a-f]{{64}}\n", line)
