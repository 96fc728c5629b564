"""`mingzhang alerts assign | comment | dismiss | …` and `alerts leads`: what people do with alerts (DOMAIN §3).

The steps are one command in as many shapes as the domain has events: their options are the fields of the event.
"""

import sys
from collections.abc import Callable
from datetime import date, datetime
from inspect import Parameter, Signature
from typing import Annotated, Any, Final, get_args

import typer

from api.cli.answer import answer, current, say, table
from domain.alert_case import AlertStep, details_of
from domain.event import KEEPER

STEP_WORDS: Final = {
    AlertStep.ASSIGN: "分派 / Give it to somebody to look into.",
    AlertStep.COMMENT: "批注 / Note what was found or is asked.",
    AlertStep.DISMISS: "排除，须填原因代码 / Dismiss it, with a reason code.",
    AlertStep.REOPEN: "重启 / Look into a dismissed one again.",
    AlertStep.CONFIRM: "查实 / Confirm it.",
    AlertStep.RECTIFY: "整改 / It has been put right.",
    AlertStep.TRANSFER: "移送 / Hand the lead over.",
    AlertStep.OPEN_CASE: "立案 / A case was opened.",
    AlertStep.DISPOSE: "处置 / What the case came to.",
    AlertStep.ORDER_RECOVERY: "追缴决定 / Order money back, in all.",
    AlertStep.RECOVER: "追回 / Money came back.",
    AlertStep.LIST_DISHONEST: "列入失信名单 / List somebody as dishonest.",
    AlertStep.LIFT_DISHONEST: "移出失信名单 / Lift a listing.",
    AlertStep.CLOSE: "销号 / Close it.",
}

FIELD_WORDS: Final = {
    "assignee": "工号 / whose it is to be",
    "reason_code": "原因代码 / the kind of explanation",
    "to_authority": "移送给哪个机关 / to which body",
    "case_no": "立案编号 / the file's number",
    "disposal": "处置结果 / what it came to",
    "amount_fen": "金额（分） / in fen",
    "voucher_no": "缴款凭证号 / the paper that shows it",
    "subject": "对象，如 person:P-… / one of the alert's subjects; person:- reads a number from standard input",
    "authority": "决定机关 / who decided",
    "decision_no": "决定文号 / the decision's number",
    "legal_basis": "依据条款 / the clause",
    "appeal_until": "申诉期止 / last day of the appeal",
    "expires_on": "到期日 / the day on which it ends",
    "repair": "信用修复条件 / what ends it before",
    "lifted_for": "移出原因 / why",
}

USUAL_LIMIT = 50

ANNOTATED: Final[Any] = Annotated
"""For types that are known only when the program runs."""


def add_to(group: typer.Typer) -> None:
    """Add a command for each step, and the leads, to `mingzhang alerts`."""
    for step in AlertStep:
        group.command(step.value, help=STEP_WORDS[step])(_command_of(step))
    group.command("leads")(list_leads)


def list_leads(
    context: typer.Context,
    *,
    kind: Annotated[str | None, typer.Option(help="只看某类对象 / only this kind, e.g. person.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="最多几条 / at most so many.")] = USUAL_LIMIT,
    actor: Annotated[str, typer.Option(help="查看人的工号 / 工号 of who reads; whose own are left out.")] = KEEPER,
    as_json: Annotated[bool, typer.Option("--json", help="打印 JSON / print JSON.")] = False,
) -> None:
    """问题线索 / What stands against one subject, the highest score first. Leads are scored, people are not."""
    from api.acting import reader_of
    from api.alert_lives import lead_page
    from domain.money import plain_yuan
    from projections.leads import LeadAsked

    ledger = current(context)
    told = lead_page(ledger, asked=LeadAsked(kind=kind, reader=reader_of(ledger, actor)), limit=limit)
    if as_json:
        answer(told)
        return
    table(
        ["分值 score", "级别", "对象 subject", "疑点 alerts", "未结 open", "规则族 families", "最大金额(元)"],
        (
            [
                f"{lead['score_ppm'] / 1_000_000:.4f}",
                lead["severity"],
                lead["subject"],
                lead["alerts"],
                lead["open"],
                " ".join(lead["families"]),
                plain_yuan(lead["largest_at_risk_fen"]),
            ]
            for lead in told
        ),
    )


def _command_of(step: AlertStep) -> Callable[..., None]:
    """The command of one step; its options are the fields of the step's event."""
    fields = details_of(step)

    def take(context: typer.Context, alert_id: str, **given: Any) -> None:
        _take(context, step, alert_id, given)

    options = [
        _option(name, _kind_of(told.type), _words_of(name, told.type), required=told.required)
        for name, told in fields.items()
    ]
    own = [
        Parameter("context", Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context),
        Parameter(
            "alert_id",
            Parameter.POSITIONAL_OR_KEYWORD,
            annotation=Annotated[str, typer.Argument(help="编号或其前 8 位 / the id, or its first 8 digits.")],
        ),
        _option("actor", str, "办理人的工号 / 工号 of who does it", required=False, default=KEEPER),
        _option(
            "words", str, "说明，密封保存；- 由标准输入读入 / in words, sealed; - reads standard input", required=False
        ),
        _option("version", int, "所见版本 / the version that was seen", required=False),
        *options,
        _option("as_json", bool, "打印 JSON / print JSON", required=False, default=False, flag="--json"),
    ]
    take.__dict__["__signature__"] = Signature(own)  # typer reads the options from it
    take.__annotations__ = {one.name: one.annotation for one in own}
    return take


def _option(
    name: str, kind: Any, words: str, *, required: bool, default: Any = None, flag: str | None = None
) -> Parameter:
    told = typer.Option(flag or f"--{name.replace('_', '-')}", help=f"{words}.", **_formats(kind))
    annotation = ANNOTATED[kind if required or default is not None else kind | None, told]
    value = Parameter.empty if required else default
    return Parameter(name, Parameter.KEYWORD_ONLY, default=value, annotation=annotation)


def _words_of(name: str, hint: Any) -> str:
    """What a field is, and which words it may be."""
    words = [word for word in get_args(hint) if isinstance(word, str)]
    return f"{FIELD_WORDS[name]}: {', '.join(words)}" if words else FIELD_WORDS[name]


def _formats(kind: Any) -> dict[str, Any]:
    return {"formats": ["%Y-%m-%d"]} if kind is datetime else {}


def _kind_of(hint: Any) -> Any:
    """What typer reads for a field: a day, a whole number, or a text, of which the domain says more."""
    inner = [part for part in (hint, *get_args(hint)) if part in (date, int)]
    inner += [part for part in (get_args(get_args(hint)[0]) if get_args(hint) else ()) if part in (date, int)]
    return {date: datetime, int: int}[inner[0]] if inner else str


def _take(context: typer.Context, step: AlertStep, alert_id: str, given: dict[str, Any]) -> None:
    from api.alert_cases import AlertCommand, take_step
    from api.alert_lives import life, whole_id
    from api.reading import by_reference

    ledger = current(context)
    whole = whole_id(ledger, alert_id)
    actor, version, words, as_json = (given.pop(name) for name in ("actor", "version", "words", "as_json"))
    details = {name: value.date() if isinstance(value, datetime) else value for name, value in given.items()}
    if isinstance(details.get("subject"), str):
        details["subject"] = by_reference(ledger, _spoken(str(details["subject"])))
    if words == "-":
        words = sys.stdin.read().strip()
    take_step(ledger, AlertCommand(whole, step, actor, version, words, details))
    told = life(ledger, whole)
    if as_json:
        answer(told)
        return
    say(f"{whole[:8]}: {told['state']}；现在可以 / possible now: {', '.join(told['allowed']) or '—'}")


def _spoken(subject: str) -> str:
    """`person:-` with the number that standard input gives."""
    kind, colon, value = subject.partition(":")
    return f"{kind}{colon}{sys.stdin.readline().strip()}" if value == "-" else subject
