"""`mingzhang witness`: a witness for the logs of others, in an office and a folder of its own (DESIGN §4)."""

import signal
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.answer import FOUND, answer, answer_text, say, table

if TYPE_CHECKING:
    from api.witness_folder import WitnessFolder

app = typer.Typer(
    name="witness",
    help="见证：替别人的日志作副署 / Witness the logs of others: cosign what only adds.",
    no_args_is_help=True,
)

Directory = Annotated[Path, typer.Argument(help="见证人的文件夹 / the witness's folder.", metavar="DIR")]
Key = Annotated[str, typer.Argument(help="日志的公钥 / the log's key: mingzhang keys show.", metavar="VKEY")]
Json = Annotated[bool, typer.Option("--json", help="打印 JSON / print JSON.")]

PORT = 8010


@app.command("init", help="设立见证人 / Make a witness: its keys, and an empty memory.")
def init(
    directory: Directory,
    *,
    name: Annotated[str, typer.Option("--name", help="名称，如 jiwei.example.cn/w1 / its name, without spaces.")],
    ed25519: Annotated[bool, typer.Option("--ed25519", help="Ed25519 密钥 / a key of cosignature/v1.")] = False,
    ml_dsa_44: Annotated[
        bool, typer.Option("--ml-dsa-44", help="抗量子密钥，默认 / a post-quantum key; made unless told otherwise.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Make the folder and print the vkeys that the logs' policies are to name; both kinds when both are asked for."""
    from api.settings import Settings
    from api.testing import randomness_of, refuse_outside_tests
    from api.witness_folder import WitnessFolder
    from audit.log.cosignature import ED25519_COSIGNATURE, ML_DSA_44

    refuse_outside_tests()
    kinds = [ML_DSA_44] if ml_dsa_44 or not ed25519 else []
    kinds += [ED25519_COSIGNATURE] if ed25519 else []
    vkeys = WitnessFolder(directory).create(name, kinds, randomness_of(Settings(), "witness", name))
    if as_json:
        answer({"name": name, "vkeys": vkeys})
        return
    say("见证人已设立。请把公钥交给各日志的办公室 / Made. Give these keys to the offices whose logs it will watch:")
    for vkey in vkeys:
        answer_text(vkey)


@app.command("trust", help="见证某一日志 / Watch a log, by its key.")
def trust(
    directory: Directory,
    vkey: Key,
    *,
    origin: Annotated[
        str | None, typer.Option("--origin", help="日志名；不给则取公钥的名称 / the log's origin; else the key's name.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Believe a key for its log, at once also while it is served; after a rotation both keys are believed."""
    from api.witness_folder import WitnessFolder
    from audit.log.note import NoteInvalid, parse_vkey
    from domain.refusal import Refused

    try:
        watched = WitnessFolder(directory).state().trust(parse_vkey(vkey), origin)
    except NoteInvalid as fault:
        remedy = "Copy it as mingzhang keys show prints it."
        raise Refused("E-SCHEMA", field="VKEY", why=str(fault), remedy=remedy) from fault
    if as_json:
        answer({"origin": watched})
        return
    say(f"已见证 / The log is watched: {watched}")


@app.command("distrust", help="不再相信某一公钥 / Believe a key no more.")
def distrust(directory: Directory, vkey: Key, *, as_json: Json = False) -> None:
    """Believe a key no more, such as one that was retired; what was cosigned stays remembered."""
    from api.witness_folder import WitnessFolder

    origins = WitnessFolder(directory).state().distrust(vkey)
    if not origins:
        raise LookupError("没有相信过这个公钥 / That key was not believed.")
    if as_json:
        answer({"origins": origins})
        return
    say(f"不再相信 / Not believed any more, for: {', '.join(origins)}")


@app.command("serve", help="启动见证服务 / Answer the logs until stopped.")
def serve(
    directory: Directory,
    *,
    host: Annotated[str, typer.Option(help="监听地址，默认只限本机 / where to listen; loopback only.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="端口，0 为任一空闲端口 / port; 0 takes a free one.")] = PORT,
    prefix: Annotated[str, typer.Option(help="路径前缀，如 /w1 / the path it is reached under.")] = "",
) -> None:
    """Serve until stopped with Ctrl-C; it may be killed at any instant."""
    from api.settings import Settings
    from api.testing import clock_of, refuse_outside_tests
    from api.witness_folder import WitnessFolder
    from audit.log.witness import Witness
    from audit.log.witness_server import WitnessServer
    from domain.refusal import Refused

    refuse_outside_tests()
    folder, clock = WitnessFolder(directory), clock_of(Settings())
    try:
        witness = Witness(folder.state(), folder.cosigners(), prefix=prefix)
    except ValueError as fault:
        raise Refused("E-SCHEMA", field="--prefix", why=str(fault), remedy="E.g. --prefix /w1.") from fault
    with WitnessServer(host, port, witness, lambda: int(clock().timestamp())) as server:
        say(f"见证服务已启动 / The witness answers at {server.url}{prefix}")
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            say("已停止 / Stopped.")


@app.command("show", help="查看公钥和所见证的日志 / Show its keys, and the logs with the size it cosigned.")
def show(directory: Directory, *, as_json: Json = False) -> int:
    """Print what it knows; exit 1 when a log has signed two histories."""
    from api.witness_folder import WitnessFolder

    folder = WitnessFolder(directory)
    told = _told(folder)
    forked = [log for log in told["logs"] if log["forks"]]
    if as_json:
        answer(told)
        return FOUND if forked else 0
    for vkey in told["vkeys"]:
        answer_text(vkey)
    table(
        ["日志 / log", "条数 / size", "副署于 / cosigned", "公钥 / keys", "分叉 / forks"],
        (
            [log["origin"], log["size"], log["cosigned_at"], len(log["vkeys"]), len(log["forks"])]
            for log in told["logs"]
        ),
    )
    for log in forked:
        say(
            f"! {log['origin']}: 同一条数签了两个根，凭据见 --json / signed two roots over one size; --json shows both."
        )
    return FOUND if forked else 0


def _told(folder: "WitnessFolder") -> dict[str, Any]:
    state = folder.state()
    logs = [
        {
            "origin": log.origin,
            "vkeys": list(log.vkeys),
            "size": log.head.size,
            "root": log.head.root.hex(),
            "cosigned_at": None if log.cosigned_at is None else _day_and_time(log.cosigned_at),
            "forks": [
                {
                    "size": fork.size,
                    "cosigned": fork.cosigned_note.decode(),
                    "other": fork.other_note.decode(),
                    "seen_at": _day_and_time(fork.seen_at),
                }
                for fork in state.forks(log.origin)
            ],
        }
        for log in state.logs()
    ]
    return {"vkeys": folder.vkeys(), "logs": logs}


def _day_and_time(timestamp: int) -> str:
    return datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
