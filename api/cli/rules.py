"""`mingzhang rules`: the rules, the packs of numbers by which they judge, and running all of them over everything."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.answer import answer, answer_text, current, say, table

app = typer.Typer(name="rules", help="规则 / The rules.", no_args_is_help=True)


@app.command("list")
def list_rules(
    context: typer.Context,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="打印 JSON / print JSON (OUTPUTS §9).")] = False,
) -> None:
    """Each rule with its state: ready, or what it lacks."""
    from api.reading import rules

    told = rules(current(context))
    if as_json:
        answer(told)
        return
    table(
        ["规则 rule", "名称 name", "级别", "状态 status", "缺 missing", "待办 open"],
        (
            [
                rule["rule_id"],
                rule["name_zh"],
                rule["severity"],
                rule["status"],
                "、".join(rule["missing"]),
                rule["open"],
            ]
            for rule in told
        ),
    )


@app.command("run")
def run_rules(
    context: typer.Context,
    *,
    as_of: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="判断日，默认数据截止日 / evaluation date.")
    ] = None,
) -> None:
    """Run every rule over everything; what it finds equals what live running found."""
    from api.projecting import run_all_rules

    raised, changed, withdrawn = run_all_rules(current(context), as_of.date() if as_of else None)
    say(f"新增 raised {raised}，变化 changed {changed}，撤回 withdrawn {withdrawn}")


A_PACK = "规则包文件；current 为现行，default 为默认 / a pack's file; current is in force, default is the programme's."


@app.command("show")
def show_rule(
    context: typer.Context,
    rule_id: Annotated[str, typer.Argument(metavar="RULE", help="规则编号，如 DUP-01 / the rule, as DUP-01.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="打印 JSON / print JSON.")] = False,
) -> None:
    """One rule: its clause, what it enforces, its numbers, and the sentence that its alerts say."""
    from api.rule_packs import rule_in_words

    told = rule_in_words(current(context), rule_id.upper())
    if as_json:
        answer(told)
        return
    clause = told["clause"]
    numbers = [
        f"{one['name']} = {one['value']} {one['unit']} ({one['zh']}; {one['least']}–{one['most']})"
        for one in told["parameters"]
    ]
    answer_text(
        "\n".join(
            [
                f"{told['rule_id']} {told['name_zh']} / {told['name_en']} · {told['severity']} · {told['mode']}",
                f"{clause['words']} — {clause['where']}",
                told["enforces"],
                *numbers,
                f"需要 needs: {', '.join(told['needs'])}",
                f"一条疑点 one alert per: {' + '.join(told['anchor'])}",
                *([f"等待 waits for: {told['waits_for']}"] if told["waits_for"] else []),
                told["why_zh"],
                told["why_en"],
            ]
        )
        + "\n"
    )


@app.command("check")
def check_pack(
    context: typer.Context,
    pack: Annotated[str, typer.Argument(metavar="PACK", help=A_PACK)],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="打印 JSON / print JSON.")] = False,
) -> None:
    """Whether a pack holds: its version and hash, and what it would change of the pack in force."""
    from api.rule_packs import differences, pack_in_force

    ledger = current(context)
    checked = _pack(context, pack)
    told = {
        "version": checked.version,
        "pack_hash": checked.hash,
        "changes": list(differences(pack_in_force(ledger), checked)),
    }
    _print_changes(told, as_json=as_json)


@app.command("diff")
def diff_packs(
    context: typer.Context,
    before: Annotated[str, typer.Argument(metavar="A", help=A_PACK)],
    after: Annotated[str, typer.Argument(metavar="B", help=A_PACK)],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="打印 JSON / print JSON.")] = False,
) -> None:
    """The numbers in which two packs differ, rule by rule."""
    from api.rule_packs import differences

    one, other = _pack(context, before), _pack(context, after)
    told = {"version": other.version, "pack_hash": other.hash, "changes": list(differences(one, other))}
    _print_changes(told, as_json=as_json)


@app.command("adopt")
def adopt_pack(
    context: typer.Context,
    pack: Annotated[
        Path, typer.Argument(metavar="PACK", exists=True, dir_okay=False, help="规则包文件 / the pack's file.")
    ],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="打印 JSON / print JSON.")] = False,
) -> None:
    """Let a pack judge from now on: an event of the supervision book. Alerts keep the pack that raised them."""
    from api.rule_packs import adopt

    _print_changes(adopt(current(context), pack.read_text(encoding="utf-8")), as_json=as_json)


def _pack(context: typer.Context, name: str) -> Any:
    from api.rule_packs import read_pack

    toml = {"current": None, "default": "default"}.get(name, name)
    if toml not in {None, "default"}:
        toml = Path(name).read_text(encoding="utf-8")
    return read_pack(toml, current(context))


def _print_changes(told: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        answer(told)
        return
    say(f"{told['version']} {told['pack_hash']}")
    table(
        ["规则 rule", "参数 parameter", "原 before", "新 after"],
        ([one["rule_id"], one["name"], one["before"], one["after"]] for one in told["changes"]),
    )
