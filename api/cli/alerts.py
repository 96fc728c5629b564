"""`mingzhang alerts`: what the rules raised (OUTPUTS §9)."""

import csv
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from api.cli.answer import answer, current, say, table
from domain.event import KEEPER

if TYPE_CHECKING:
    from projections.alerts import Asked

app = typer.Typer(name="alerts", help="疑点 / What the rules raised.", no_args_is_help=True)

FORMATS = ("jsonl", "csv", "xlsx")
SEVERITY_WORDS = {"R": "红 R", "O": "橙 O", "Y": "黄 Y", "B": "蓝 B"}


Rule = Annotated[str | None, typer.Option(help="只看某条规则 / only this rule.")]
Severity = Annotated[str | None, typer.Option(help="只看某一级别 / only this severity: R, O, Y, B.")]
State = Annotated[str | None, typer.Option(help="只看某一状态 / only this state, e.g. raised.")]
Since = Annotated[
    str | None, typer.Option(help="某日（北京时间）或某时刻起 / raised since 2026-11-24 or 2026-11-24T03:40:00Z.")
]
Reading = Annotated[
    str, typer.Option("--actor", help="查看人的工号，不显示涉及本人的疑点 / 工号 of who reads; whose own are left out.")
]


@app.command("list")
def list_alerts(
    context: typer.Context,
    *,
    rule: Rule = None,
    severity: Severity = None,
    state: State = None,
    since: Since = None,
    limit: Annotated[int | None, typer.Option(min=1, help="最多几条 / at most so many.")] = None,
    after: Annotated[str | None, typer.Option(help="接着上一页末条的编号 / behind the alert of this id.")] = None,
    actor: Reading = KEEPER,
    as_json: Annotated[bool, typer.Option("--json", help="打印 JSON / print JSON.")] = False,
) -> None:
    """The alerts that stand, newest evidence last, each with its sentence why."""
    from api.acting import reader_of
    from api.reading import alert, alert_page
    from domain.money import plain_yuan

    ledger = current(context)
    asked = _asked(rule, severity, state, since)._replace(reader=reader_of(ledger, actor))
    last = alert(ledger, after) if after else None
    place = (last["raised_at"], last["alert_id"]) if last else None
    told = alert_page(ledger, asked, after=place, limit=limit)
    if as_json:
        answer(told)
        return
    table(
        ["编号 id", "规则 rule", "级别", "状态 state", "金额(元)", "为什么 why"],
        (
            [
                line["alert_id"][:8],
                line["rule_id"],
                SEVERITY_WORDS[line["severity"]],
                line["state"],
                plain_yuan(line["amount_at_risk_fen"]),
                line["why_zh"],
            ]
            for line in told
        ),
    )
    if told and len(told) == limit:
        say(f"下一页 / The next page: --after {told[-1]['alert_id']}")


@app.command("show")
def show_alert(
    context: typer.Context,
    alert_id: Annotated[str, typer.Argument(help="编号或其前 8 位 / the id, or its first 8 digits.")],
    *,
    reveal: Annotated[
        bool,
        typer.Option("--reveal", help="显示证号与批注，限纪检、审计（留痕） / numbers and words; leaves a trace."),
    ] = False,
    why: Annotated[str, typer.Option(help="查询理由 / the reason of a reveal.")] = "",
    actor: Reading = KEEPER,
    as_json: Annotated[bool, typer.Option("--json", help="JSON（总是） / JSON (always).")] = False,
) -> None:
    """One alert, whole, with every step of its life."""
    from api.alert_export import refuse_unless_inspects
    from api.alert_lives import life, whole_id

    ledger = current(context)
    if reveal:
        refuse_unless_inspects(ledger, actor)
    answer(life(ledger, whole_id(ledger, alert_id), actor=actor, reveal=reveal, why=why))


@app.command("export")
def export_alerts(
    context: typer.Context,
    *,
    form: Annotated[str, typer.Option("--format", help="jsonl、csv 或 xlsx")] = "jsonl",
    rule: Rule = None,
    severity: Severity = None,
    state: State = None,
    since: Since = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="写入文件，xlsx 必填 / the file; xlsx needs it.", metavar="FILE")
    ] = None,
    reveal: Annotated[
        bool,
        typer.Option("--reveal", help="显示证号等，限纪检、审计（留痕） / numbers, for inspectors; leaves a trace."),
    ] = False,
    why: Annotated[str, typer.Option(help="查询理由 / the reason of a reveal.")] = "",
    actor: Annotated[str, typer.Option(help="查询人的工号 / 工号 of who looks.")] = KEEPER,
) -> None:
    """Every alert, by when it was raised; JSON lines as OUTPUTS §9. They are printed as they are read."""
    from api.acting import reader_of
    from api.alert_export import refuse_unless_inspects, write_workbook
    from api.reading import alert_lines

    if form not in FORMATS:
        raise LookupError(f"没有 {form} 这种格式；可用 {'、'.join(FORMATS)} / There is no format {form}.")
    if form == "xlsx" and out is None:
        raise LookupError("请用 --out 指明工作簿文件 / Name the workbook with --out FILE.")
    ledger = current(context)
    by = refuse_unless_inspects(ledger, actor) if reveal else KEEPER
    asked = _asked(rule, severity, state, since)._replace(reader=reader_of(ledger, actor))
    lines = alert_lines(ledger, asked, reveal=reveal, why=why, actor=by)
    if out is None:
        _write_text(sys.stdout, form, lines)
    elif form == "xlsx":
        write_workbook(out, lines)
    else:
        with out.open("w", encoding="utf-8", newline="") as file:
            _write_text(file, form, lines)
    if out is not None:
        say(f"已写入 / Written to {out}.")


def _asked(rule: str | None, severity: str | None, state: str | None, since: str | None) -> "Asked":
    from api.alert_export import instant_since
    from projections.alerts import Asked

    if severity is not None and severity not in SEVERITY_WORDS:
        raise LookupError(f"没有 {severity} 这一级别；可用 R、O、Y、B / There is no severity {severity}.")
    return Asked(rule_id=rule, severity=severity, state=state, since=instant_since(since))


def _write_text(file: TextIO, form: str, lines: Iterable[dict[str, Any]]) -> None:
    """Write the lines as they come."""
    from projections.alerts import printed_columns
    from projections.facts import as_csv_value

    if form == "jsonl":
        file.writelines(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines)
        return
    columns = printed_columns()
    writer = csv.writer(file)
    writer.writerow(columns)
    writer.writerows([as_csv_value(line[column]) for column in columns] for line in lines)
