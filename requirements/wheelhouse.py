"""Make a folder that installs Mingzhang on a machine without internet.

`make wheelhouse`, or, without make,

    python requirements/wheelhouse.py [--to wheelhouse] [--platform win_amd64 …] [--python-version 3.11]

Run it by a Python that has pip and what `requirements/bootstrap.txt` names. Every wheel must have one of the pinned
hashes; ours is built here, and its hash is added. In the folder lie the wheels, `requirements.txt` with every hash, and
nothing that runs by itself.
"""  # noqa: INP001  a script beside the pins that it reads

import argparse
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

from packaging.markers import Marker, default_environment

HERE = Path(__file__).resolve().parent
HOUSE = HERE.parent
PINS = HERE / "runtime.txt"
NAME = "mingzhang"

SYSTEMS = {"win": ("win32", "nt", "Windows"), "macosx": ("darwin", "posix", "Darwin"), "": ("linux", "posix", "Linux")}
GLIBCS = ("manylinux2014", "manylinux_2_17", "manylinux_2_24", "manylinux_2_26", "manylinux_2_28", "manylinux_2_34")
"""What a Linux of 2022 or later takes; older tags first."""


def main() -> None:
    """Read what is asked, and make the folder."""
    asked = argparse.ArgumentParser(description="wheels for a machine without internet")
    asked.add_argument("--to", type=Path, default=HOUSE / "wheelhouse")
    asked.add_argument(
        "--platform", nargs="*", default=[], help="win_amd64, manylinux2014_aarch64, macosx_14_0_arm64 …"
    )
    asked.add_argument("--python-version", default="")
    told = asked.parse_args()
    shutil.rmtree(told.to, ignore_errors=True)
    told.to.mkdir(parents=True)
    for platform in told.platform or [""]:
        fetch(told.to, platform, told.python_version)
    requirements = told.to / "requirements.txt"
    requirements.write_text(PINS.read_text(encoding="utf-8") + build(told.to), encoding="utf-8")
    print(f"{len(list(told.to.glob('*.whl')))} wheels: {told.to}")  # noqa: T201  what the command answers


def fetch(to: Path, platform: str, python_version: str) -> None:
    """Fetch the pinned wheels, for this machine or for another."""
    wanted = to / "wanted.txt"
    wanted.write_text(wanted_on(platform, python_version), encoding="utf-8")
    where = [part for tag in tags_of(platform) for part in ("--platform", tag)]
    if python_version:
        where += ["--python-version", python_version]
    pip("download", "--require-hashes", "--only-binary", ":all:", "--no-deps", "--dest", to, "-r", wanted, *where)
    wanted.unlink()


def build(to: Path) -> str:
    """Build our own wheel; gives its line of requirements."""
    pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", to, HOUSE)
    [wheel] = to.glob(f"{NAME}-*.whl")
    return f"{NAME}=={wheel.name.split('-')[1]} \\\n    --hash=sha256:{sha256(wheel.read_bytes()).hexdigest()}\n"


def tags_of(platform: str) -> list[str]:
    """The tags that a platform takes beside its own; pip itself knows those of macOS."""
    kind, _, machine = platform.partition("_")
    if kind != "manylinux2014":
        return [platform] if platform else []
    return [f"{glibc}_{machine}" for glibc in GLIBCS]


def wanted_on(platform: str, python_version: str) -> str:
    """The pins that the platform needs: pip would ask their conditions of the machine that it runs on."""
    environment = {name: str(value) for name, value in default_environment().items()}
    if platform:
        kind = next(kind for kind in SYSTEMS if platform.startswith(kind))
        environment["sys_platform"], environment["os_name"], environment["platform_system"] = SYSTEMS[kind]
        machine = platform.partition("_")[2]
        environment["platform_machine"] = "AMD64" if machine == "amd64" else machine
    if python_version:
        environment |= {"python_version": python_version, "python_full_version": f"{python_version}.0"}
    kept = []
    for pin in PINS.read_text(encoding="utf-8").replace("\\\n", " ").splitlines():
        if not pin.strip() or pin.lstrip().startswith("#"):
            continue
        version, semicolon, rest = pin.partition(" ; ")
        condition, _, hashes = rest.partition("--hash")
        if semicolon and not Marker(condition.strip()).evaluate(environment):
            continue
        kept.append(f"{version} --hash{hashes}" if semicolon else pin)
    return "\n".join(kept) + "\n"


def pip(*words: str | Path) -> None:
    """Run pip of this very Python."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", *map(str, words)]
    subprocess.run(command, check=True)  # noqa: S603  pip, and paths of ours


if __name__ == "__main__":
    main()
