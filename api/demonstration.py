"""The demonstration's story, in the order in which the house works: record, show, question, hand over, prove."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from api.importing import import_path
from api.ledger import Ledger
from domain.event import BookName
from domain.money import yuan
from domain.refusal import Refused

PLACE, NAME = "440899101", "测试镇"
PLAN, DICE = "SC-2021-001", "DICE:4,1,6,2,2,5,3,6,1,4"
SAMPLE = 10
HOUSEHOLD = "household:H-0001"
EVIDENCE, POLICY = "evidence.zip", "evidence.policy"
"""What is handed over: a bundle, and the keys by which it is checked."""

MARK = "demonstration"
"""A file in the folder says that the ledger may be thrown away."""

Say = Callable[[str], None]


def fresh_folder(path: Path) -> Path:
    """An empty folder for the demonstration: the last one is thrown away, a real ledger never.

    Raises:
        Refused: `E-DUP` when something else is there.
    """
    if path.exists() and any(path.iterdir()):
        if not (path / MARK).exists():
            raise Refused(
                "E-DUP",
                field="--ledger",
                value=str(path),
                why=f"{path} holds something that no demonstration made.",
                remedy="Choose another folder: mingzhang --ledger DIR demo.",
            )
        shutil.rmtree(path)
    return path


def demonstrate(path: Path, package: Path, say: Say) -> tuple[Ledger, bool]:
    """Run the story; gives the open ledger and whether both books verify."""
    ledger = Ledger.create(path, place_code=PLACE, place_name=NAME)
    (path / MARK).write_text("made by mingzhang demo\n", encoding="utf-8")
    _record(ledger, package, say)
    _show(ledger, say)
    _question(ledger, say)
    return ledger, _hand_over(ledger, say) and _prove(ledger, say)


def _record(ledger: Ledger, package: Path, say: Say) -> None:
    result = import_path(ledger, package).answer
    taken = [file for file in result["files"] if file["outcome"] == "taken"]
    rows = sum(file["rows_taken"] + file["rows_quarantined"] for file in taken)
    say(f"1 记账 record   {len(taken)} 个工作簿 workbooks, {rows} 行 rows → {result['size']} 条封存 sealed entries")
    for file in result["files"]:
        if file["outcome"] == "refused":
            say(f"    退回 refused: {file['file']} — {file['problems'][0]['message']}")


def _show(ledger: Ledger, say: Say) -> None:
    from api.publishing import publish_latest

    published = publish_latest(ledger, limit=6)
    say(f"2 公示 show     {len(published)} 张公告 notices: {'、'.join(published)}")


def _question(ledger: Ledger, say: Say) -> None:
    from api.reading import alerts, replay
    from api.spot_checks import Wanted, draw, plan_check

    raised = alerts(ledger)
    say(f"3 疑点 alerts   {len(raised)} 条")
    for alert in raised[:3]:
        say(f"    {alert['rule_id']} {alert['why_zh']}")
    history: dict[str, Any] = replay(ledger, HOUSEHOLD)
    say(
        f"4 历史 history  {HOUSEHOLD}: {len(history['timeline'])} 件事 events, "
        f"实得 received {yuan(history['state']['received_fen'])}"
    )
    plan_check(ledger, Wanted(plan_id=PLAN, n=SAMPLE))
    drawn = draw(ledger, PLAN, DICE)
    say(
        f"5 抽查 sample   {PLAN}: {drawn['population']} 笔中抽 payments, drawn {drawn['n']}, seed {drawn['seed'][:16]}…"
    )


def _hand_over(ledger: Ledger, say: Say) -> bool:
    """Sign the heads, and give a household's evidence to somebody who trusts nothing but the logs' keys."""
    from api.bundling import Wanted, bundle
    from api.completeness import seal_index
    from api.log_keys import log_vkeys
    from api.publishing_heads import publish
    from audit.bundle.examining import Trust, examine
    from audit.log.policy_file import parse_policy

    seal_index(ledger, BookName.MONEY)
    for book in BookName:
        publish(ledger, book)
    keys = [f"log {key.vkey}\n" for book in BookName for key in log_vkeys(ledger, book)]
    policy, evidence = ledger.folder.path / POLICY, ledger.folder.path / EVIDENCE
    policy.write_text("".join([*keys, "quorum none\n"]), encoding="utf-8")
    made = bundle(ledger, Wanted(HOUSEHOLD), evidence)
    holds = examine(evidence, Trust(parse_policy(policy.read_bytes()), ledger.clock())).holds
    say(f"6 交出 hand over {made.size} 条已签 entries under a signed head, root {made.root[:16]}…")
    checked = "离线核验成立 holds offline" if holds else "离线核验不成立 does NOT hold offline"
    say(f"    {HOUSEHOLD}: {made.entries} 条 entries → {evidence.name}, {checked}")
    return holds


def _prove(ledger: Ledger, say: Say) -> bool:
    from api.verifying import verify_ledger

    report = verify_ledger(ledger.folder.path)
    sizes = ", ".join(f"{book['book']} {book['size']}" for book in report["books"])
    say(f"7 核验 prove    {'通过 verified' if report['ok'] else '未通过 NOT verified'}: {sizes}")
    return bool(report["ok"])
