"""`mingzhang-verify BUNDLE --policy FILE`: what an evidence bundle proves, offline and without the ledger.

Exit 0: everything that the bundle claims holds, and the policy's quorum is met. 1: something does not hold. 2: it could
not be looked at (no such file, a policy that is none, `cryptography` missing).
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from audit.bundle.words import LANGUAGES, as_json, told

if TYPE_CHECKING:
    from audit.bundle.examining import Trust
    from audit.bundle.verdict import Verdict

HOLDS, FOUND, IMPOSSIBLE = 0, 1, 2
NEEDED = "cryptography>=50"

MISSING = """\
缺少 Python 库 {needed}，无法核对任何签名（{why}）。
联网的机器：{python} -m pip install "{needed}"
不联网的机器：先在别处 pip download，再 pip install --no-index --find-links 文件夹 cryptography
The Python library {needed} is missing, so no signature can be checked ({why}).
With internet: {python} -m pip install "{needed}"
Without: pip download it elsewhere, then pip install --no-index --find-links FOLDER cryptography"""


class Unusable(Exception):
    """What was named on the command line cannot be used; the text says why, in both languages."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `mingzhang-verify`; gives the exit status."""
    _speak_utf8()
    asked = _parser().parse_args(arguments)
    try:
        from audit.bundle.archive import ArchiveRefused
        from audit.bundle.examining import examine, listed
    except ImportError as fault:
        _say(MISSING.format(needed=NEEDED, python=Path(sys.executable).name, why=fault))
        return IMPOSSIBLE
    try:
        verdict = examine(asked.bundle, _trust(asked))
        _answer(json.dumps(as_json(verdict), ensure_ascii=False) if asked.json else _text(verdict, asked))
        if asked.list and verdict.subject:
            for place, entry in listed(asked.bundle):
                head, _, state = entry.rpartition(b"\n")
                _answer(f"{place.book} {place.number} {head.decode().rpartition(chr(10))[2]} {state.decode()}")
    except Unusable as fault:
        _say(str(fault))
        return IMPOSSIBLE
    except (OSError, ArchiveRefused) as fault:
        _say(f"无法读取 / Cannot be read: {fault}")
        return IMPOSSIBLE
    return HOLDS if verdict.holds else FOUND


def _text(verdict: "Verdict", asked: argparse.Namespace) -> str:
    """The verdict in the language asked for, else in both."""
    spoken = [asked.lang] if asked.lang else LANGUAGES
    return "\n\n".join("\n".join(told(verdict, str(asked.bundle), lang)) for lang in spoken)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="mingzhang-verify",
        description="核验证据包，不联网，不依赖账套 / Check an evidence bundle, offline and without the ledger.",
    )
    parser.add_argument("bundle", type=Path, metavar="BUNDLE", help="证据包 / the bundle (.zip)")
    parser.add_argument(
        "--policy", type=Path, required=True, metavar="FILE", help="信任策略 / whom you trust (c2sp.org/tlog-policy)"
    )
    parser.add_argument(
        "--subject", default="", metavar="KIND:VALUE", help="应为哪个主体 / what it has to be about: household:H-0001"
    )
    parser.add_argument(
        "--ca", type=Path, metavar="FILE", help="时间戳机构的根证书 / root certificates of the TSA, PEM"
    )
    parser.add_argument("--ignore-stamps", action="store_true", help="不采信时间戳 / leave time stamps out of account")
    parser.add_argument(
        "--retired",
        nargs=2,
        action="append",
        default=[],
        metavar=("VKEY", "SIZE"),
        help="已停用的日志密钥及其最后的条数 / a retired log key and the last size it is believed for",
    )
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--json", action="store_true", help="打印 JSON / print JSON")
    how.add_argument("--list", action="store_true", help="列出包内分录原文 / print the entries themselves, too")
    parser.add_argument("--lang", choices=LANGUAGES, help="只用一种语言 / one language; else both")
    return parser


def _trust(asked: argparse.Namespace) -> "Trust":
    """Whom the command line says to trust.

    Raises:
        Unusable: when the policy, a certificate or a retired key is none.
    """
    from audit.bundle.examining import Trust
    from audit.log.note import NoteInvalid, parse_vkey
    from audit.log.policy_file import PolicyInvalid, parse_policy
    from audit.timestamps import StampInvalid, load_certificates

    try:
        policy = parse_policy(asked.policy.read_bytes())
        retired = {parse_vkey(vkey).vkey: int(size) for vkey, size in asked.retired}
        authorities = load_certificates(asked.ca.read_bytes()) if asked.ca else []
    except PolicyInvalid as fault:
        raise Unusable(f"信任策略无法使用 / The policy {asked.policy} cannot be used: {fault}") from fault
    except StampInvalid as fault:
        raise Unusable(f"证书文件无法使用 / The certificates {asked.ca} cannot be used: {fault}") from fault
    except (NoteInvalid, ValueError) as fault:
        raise Unusable(f"--retired 有误 / --retired is wrong: {fault}") from fault
    now = datetime.fromtimestamp(time.time(), UTC)
    return Trust(policy, now, retired, None if asked.ignore_stamps else authorities, asked.subject)


def _speak_utf8() -> None:
    """Print UTF-8 whatever the console takes for usual, so that a redirected answer is the same everywhere."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")


def _answer(text: str) -> None:
    """One answer; what could steer a terminal or turn a line around is shown as a question mark."""
    sys.stdout.write("".join(sign if sign.isprintable() or sign == "\n" else "?" for sign in text) + "\n")


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")


def run() -> None:
    """What the command and the one-file verifier start."""
    sys.exit(main())
