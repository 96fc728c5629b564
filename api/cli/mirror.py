"""`mingzhang mirror`: copy and check a log that somebody else keeps, once or continuously (DESIGN §4)."""

from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.answer import FOUND, answer, say

LEAST_SECONDS = 1.0

PolicyFile = Annotated[
    Path | None, typer.Option(metavar="FILE", help="信任策略 / whom to believe (c2sp.org/tlog-policy).")
]
Keys = Annotated[
    list[str] | None, typer.Option(metavar="KEY", help="日志公钥，可多次给出 / the log's key; may be repeated.")
]
TokenFile = Annotated[Path | None, typer.Option(metavar="FILE", help="读取条目的令牌 / holds the token for entries.")]


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("mirror", help="镜像并核验他人的公开日志 / Copy and check the log that somebody else keeps.")(mirror)


def mirror(
    source: Annotated[str, typer.Argument(metavar="SRC", help="日志的网址或文件夹 / the log's address or folder.")],
    to: Annotated[Path, typer.Argument(metavar="DIR", help="镜像文件夹 / the mirror's folder.")],
    *,
    policy: PolicyFile = None,
    vkey: Keys = None,
    token_file: TokenFile = None,
    without_entries: Annotated[
        bool, typer.Option("--without-entries", help="只镜像哈希，不含条目 / hashes alone, no entries.")
    ] = False,
    follow_keys: Annotated[
        bool,
        typer.Option(
            "--follow-keys",
            help="明账的日志：按条目里的启用、停用认公钥 / a log of Mingzhang's: learn its keys from its entries.",
        ),
    ] = False,
    whole: Annotated[
        bool, typer.Option("--whole", help="已有文件也重新核验 / read what is there again, too, and mend it.")
    ] = False,
    every: Annotated[
        float | None, typer.Option(min=LEAST_SECONDS, metavar="SECONDS", help="每隔若干秒跟进 / go on every so often.")
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="只跟进一次（默认） / one round, as without --every.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="打印 JSON / print JSON.")] = False,
) -> int:
    """Exit 1 with the proof in DIR/alarms when history was rewritten, and when the log is not to be believed."""
    from api.cli.progress import Bar
    from api.mirroring import following, token_in, trusted

    believed = trusted(policy, vkey or [])
    if once and every is not None:
        raise typer.BadParameter("--once 与 --every 不能同时给出 / cannot be given together.")
    if follow_keys and without_entries:
        raise typer.BadParameter("--follow-keys 要有条目 / needs the entries.")
    tell = answer if as_json else show
    token = token_in(token_file)
    with_entries = not without_entries
    with following(to, source, believed, token=token, with_entries=with_entries, follows_keys=follow_keys) as followed:
        if every is None:
            with Bar(hidden=as_json) as bar:
                told = followed.round(whole=whole, progress=lambda done, of: bar("mirror", "", done, of))
            tell(told)
        else:
            told = followed.keep_on(every, stopping(), tell, say)
    return 0 if told["ok"] else FOUND


def stopping() -> Any:
    """An event that is set when the process is asked to stop."""
    import signal
    from threading import Event

    stop = Event()
    for asked in (signal.SIGINT, signal.SIGTERM):
        signal.signal(asked, lambda *_: stop.set())
    return stop


def show(told: dict[str, Any]) -> None:
    """A round for people."""
    if told["ok"]:
        say(f"{told['origin']}: {told['size_before']} → {told['size']} 条 entries, root {told['root']}")
        for seen in told["seen_by"]:
            say(f"  见证 seen by {seen['witness']} ({seen['at']})")
    else:
        say(f"! [{told['kind']}] {told['why']}")
    if told["ok"] and told["alarms"]:
        say(f"! 以往警报尚在 / Earlier alarms stand: {', '.join(told['alarms'])}")
