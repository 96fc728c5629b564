"""`mingzhang webhooks`: who hears of alerts, with signed messages (docs/webhooks.md)."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.answer import FOUND, answer, answer_text, open_ledger, say, table

if TYPE_CHECKING:
    from api.ledger import Ledger
    from api.webhooks.register import Webhooks
    from api.webhooks.sending import Answer

app = typer.Typer(name="webhooks", help="推送 / Send news of alerts, signed, to other systems.", no_args_is_help=True)
dead_letters = typer.Typer(name="dead-letters", help="未送达的消息 / What was not taken.", no_args_is_help=True)
app.add_typer(dead_letters)

EndpointId = Annotated[str, typer.Argument(help="推送地址的编号 / the endpoint's id.", metavar="ID")]
LetterId = Annotated[str, typer.Argument(help="消息的编号 / the message's webhook-id.", metavar="ID")]
Json = Annotated[bool, typer.Option("--json", help="打印 JSON / print JSON.")]

USUAL_OVERLAP_HOURS = 24
SECONDS_PER_HOUR = 3_600


@app.command("add", help="增加推送地址，打印一次密钥 / Add an address; its secret is printed this once.")
def add(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="https://…")],
    *,
    events: Annotated[str, typer.Option(help="alert.raised,alert.changed,…；不给则全部 / all unless named.")] = "",
    severity: Annotated[str, typer.Option(help="R,O,Y,B；不给则全部 / all unless named.")] = "",
    rule: Annotated[str, typer.Option(help="规则，如 DUP-01,LON-01；不给则全部 / all unless named.")] = "",
    private: Annotated[bool, typer.Option("--private", help="可为内网地址 / may be on a private network.")] = False,
    insecure_http: Annotated[
        bool, typer.Option("--insecure-http", help="可用 http，限本机和内网 / plain http, to private networks only.")
    ] = False,
    after: Annotated[
        int | None, typer.Option(min=0, help="自监督账此位置之后，默认从现在起 / from behind this position; else now.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Add an endpoint and print its secret."""
    from api.webhooks.addresses import Reach
    from api.webhooks.endpoint import refuse_address, subscription_of

    reach = Reach.INSECURE if insecure_http else Reach.PRIVATE if private else Reach.PUBLIC
    refuse_address(url, reach)
    subscription = subscription_of(_words(events), _words(severity), _words(rule))
    with _opened(context) as (ledger, webhooks):
        head = ledger.supervision.head.position
        endpoint, secret = webhooks.add(url, reach, subscription, position=head if after is None else min(after, head))
    if as_json:
        answer({**endpoint.told(head), "secret": secret})
        return
    say(f"已增加 / Added: {endpoint.id}")
    say("密钥只打印这一次，请交给接收方 / The secret, printed this once; give it to the receiver:")
    answer_text(secret)


@app.command("list", help="列出推送地址 / List the addresses.")
def list_webhooks(context: typer.Context, *, as_json: Json = False) -> int:
    """Print each with how far it is; exit 1 when one fails, is disabled, or has dead letters."""
    with _opened(context) as (ledger, webhooks):
        head = ledger.supervision.head.position
        told = [endpoint.told(head) for endpoint in webhooks.endpoints()]
    if as_json:
        answer(told)
    else:
        table(
            ["编号 id", "地址 url", "状态 state", "已送 delivered", "未送 lag", "未送达 dead", "原因 why"],
            ([one[name] for name in ("id", "url", "state", "delivered", "lag", "dead_letters", "why")] for one in told),
        )
    return FOUND if any(one["state"] != "enabled" or one["dead_letters"] for one in told) else 0


@app.command("show", help="查看一个推送地址 / One address, whole.")
def show(
    context: typer.Context,
    endpoint: EndpointId,
    *,
    secret: Annotated[bool, typer.Option("--secret", help="同时打印密钥 / its secrets as well.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON（总是） / JSON (always).")] = False,
) -> None:
    """Print one endpoint; its secrets only when they are asked for."""
    from api.webhooks.endpoint import moment

    with _opened(context) as (ledger, webhooks):
        told = webhooks.endpoint(endpoint).told(ledger.supervision.head.position)
        if secret:
            told["secrets"] = [{"secret": one.secret, "until": moment(one.until)} for one in webhooks.secrets(endpoint)]
    answer(told)


@app.command("remove", help="删除推送地址 / Remove an address, with its secret and dead letters.")
def remove(context: typer.Context, endpoint: EndpointId) -> None:
    """Forget it."""
    with _opened(context) as (_, webhooks):
        webhooks.remove(endpoint)
    say(f"已删除 / Removed: {endpoint}")


@app.command("enable", help="重新启用，立即再送 / Send again, at once, from where it stopped.")
def enable(context: typer.Context, endpoint: EndpointId) -> None:
    """Enable an endpoint that said 410 Gone, or do not wait for the next attempt of one that fails."""
    with _opened(context) as (_, webhooks):
        webhooks.enable(endpoint)
    say(f"已启用 / Enabled: {endpoint}")


@app.command("rotate", help="更换密钥，打印一次 / Change the secret; the new one is printed this once.")
def rotate(
    context: typer.Context,
    endpoint: EndpointId,
    *,
    overlap_hours: Annotated[
        int, typer.Option(min=0, help="旧密钥还签多久 / for so long the one before signs as well.")
    ] = USUAL_OVERLAP_HOURS,
    as_json: Json = False,
) -> None:
    """Give an endpoint a new secret."""
    with _opened(context) as (_, webhooks):
        secret = webhooks.rotate(endpoint, overlap_seconds=overlap_hours * SECONDS_PER_HOUR)
    if as_json:
        answer({"id": endpoint, "secret": secret})
    else:
        answer_text(secret)


@app.command("test", help="发送一条测试消息 / Send a message that tells of nothing.")
def send_test(context: typer.Context, endpoint: EndpointId, *, as_json: Json = False) -> int:
    """Send it once; exit 1 when it was not taken."""
    from api.webhooks.delivering import Deliverer

    with _opened(context) as (ledger, webhooks):
        return _answered(Deliverer(ledger, webhooks).test(webhooks.endpoint(endpoint), Event()), as_json=as_json)


@app.command("deliver", help="发送应发的消息，一次 / Deliver what is due, once; serve does it by itself.")
def deliver(context: typer.Context, *, as_json: Json = False) -> int:
    """Bring the alerts up to date and deliver; exit 1 when something was not taken."""
    from api.webhooks.delivering import deliver_once

    with _opened(context) as (ledger, webhooks):
        ledger.catch_up()
        told = deliver_once(ledger, webhooks, Event())
    if as_json:
        answer(told)
    else:
        say(f"已送达 / Taken: {told['taken']}; 未送达 / dead letters: {told['dead_letters']}")
        for one in told["failed"]:
            say(f"! {one['id']}: {one['why']}")
    return FOUND if told["failed"] else 0


@dead_letters.command("list", help="列出未送达的消息 / List them.")
def list_dead_letters(
    context: typer.Context,
    *,
    endpoint: Annotated[str | None, typer.Option(help="只看某一地址 / only of this endpoint.")] = None,
    as_json: Json = False,
) -> None:
    """Print them, by endpoint and position."""
    with _opened(context) as (_, webhooks):
        told = [letter.told() for letter in webhooks.dead_letters(endpoint)]
    if as_json:
        answer(told)
        return
    table(
        ["编号 id", "位置 position", "次数 attempts", "时间 at", "原因 why"],
        ([one[name] for name in ("id", "position", "attempts", "died_at", "why")] for one in told),
    )


@dead_letters.command("retry", help="再送一次 / Send one again, now.")
def retry(context: typer.Context, letter: LetterId, *, as_json: Json = False) -> int:
    """Send a dead letter once more, now; exit 1 when it was not taken."""
    from api.webhooks.delivering import Deliverer

    with _opened(context) as (ledger, webhooks):
        return _answered(Deliverer(ledger, webhooks).again(webhooks.dead_letter(letter), Event()), as_json=as_json)


@dead_letters.command("drop", help="不再发送 / Forget one; what it told of stands in the book.")
def drop(context: typer.Context, letter: LetterId) -> None:
    """Forget a dead letter."""
    with _opened(context) as (_, webhooks):
        webhooks.drop(letter)
    say(f"已放弃 / Dropped: {letter}")


@contextmanager
def _opened(context: typer.Context) -> "Iterator[tuple[Ledger, Webhooks]]":
    from api.webhooks.register import Webhooks

    ledger = open_ledger(context)
    webhooks = Webhooks.of(ledger)
    try:
        yield ledger, webhooks
    finally:
        webhooks.close()


def _answered(told: "Answer", *, as_json: bool) -> int:
    given: dict[str, Any] = {"taken": told.is_taken, "status": told.status, "why": told.why}
    if as_json:
        answer(given)
    elif told.is_taken:
        say(f"已送达 / Taken: HTTP {told.status}")
    else:
        say(f"未送达 / Not taken: {told.why}")
    return 0 if told.is_taken else FOUND


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]
