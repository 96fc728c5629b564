"""`python -m bench.judging`: all rules over a whole ledger, and what a batch of 1,000 events costs them live.

    python -m bench.judging [--payments N] [--sizes N …] [--postgresql URL]

The ledger is the sample township's year, told as often as it takes: each copy has its own people, accounts, villages
and papers, and the same programmes, so that every rule finds in each copy what it finds in the first.
"""

import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from sqlalchemy import CTE, Column, ColumnElement, Connection, Engine, String, cast, func, insert, literal, select

from api.importing import import_path
from api.ledger import Ledger
from bench.figure import Figure, machine, options_of, save, tell
from projections.dialect import insert_missing_from, writing
from projections.rules import RULES
from projections.rules.engine import Due, Scope, evaluate, settle
from projections.rules.pack import DEFAULT_PACK
from projections.tables.catalogue import FACT_TABLES
from projections.tables.fact_table import FactTable
from projections.tables.internal import PROJECTION_POSITIONS, TOUCHED
from projections.tables.payments import PAYMENTS
from projections.views import open_views
from tests.postgresql import cluster_of_its_own, find_postgresql, new_database

HOUSE = Path(__file__).resolve().parent.parent
PAYMENTS_WANTED = 1_000_000
SMALL_EVENTS, LARGE_EVENTS = 10_000, 1_000_000
AS_OF = date(2021, 3, 31)
BATCH = 1_000
TARGET_S = {"sqlite": 120, "postgresql": 60}
MOST_GROWTH = 1.3
ROUNDS = 3

SHARED = frozenset({"programmes", "programme_rates", "approval_limits", "packages", "imports", "imports_begun"})
"""Tables that all copies have in common."""

OF_A_COPY = ("_no", "_ref", "_id", "_key", "_uscc", "account", "phone")
"""How the names of columns end whose values each copy has for its own; and these:"""
ALSO_OF_A_COPY = frozenset(
    {
        *("stream", "village", "location", "org", "org_name", "from_org", "to_org", "implementer", "bank_ref"),
        *("approver", "preparer", "cashier", "visitor", "responsible", "resolver", "paid_from", "uscc", "renews"),
        *("disbursement_account", "from_account", "to_account", "place_name", "place_code", "provider", "venue"),
        *("target", "agent_id", "holder_id", "payer_id", "payee_id", "signed_by_id", "teller", "first", "second"),
    }
)


def main() -> None:
    """Print the figures."""
    parser = options_of("bench.judging")
    parser.add_argument("--payments", type=int, default=PAYMENTS_WANTED)
    parser.add_argument("--postgresql", action="store_true", help="PostgreSQL as well, in a cluster of its own")
    parser.add_argument("--rules", action="store_true", help="each rule's own seconds, the slowest first")
    options = parser.parse_args()
    print(f"judging, {options.payments:,} payments, {len(RULES)} rules, one run on {machine()}")
    figures = list(measured(options.payments, each=options.rules, postgresql=options.postgresql))
    tell(figures)
    save(figures, options.json)


def measured(payments: int, *, each: bool, postgresql: bool) -> Iterator[Figure]:
    """The figures of both engines."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with Ledger.create(folder / "ledger", place_code="440899101", place_name="测试镇") as ledger:
            import_path(ledger, HOUSE / "samples" / "township")
            yield from figures_of(ledger.engine, payments, each=each)
        programs = find_postgresql() if postgresql else None
        if programs is not None:
            with (
                cluster_of_its_own(programs) as cluster,
                township_on(new_database(cluster, "judging").url, folder) as engine,
            ):
                yield from figures_of(engine, payments, each=each)


@contextmanager
def township_on(url: str, folder: Path) -> Iterator[Engine]:
    """The township's tables in a PostgreSQL database, projected from the books in `folder`."""
    from domain.event import BookName
    from projections.runner import Projector

    engine = open_views(url)
    with Ledger.open(folder / "ledger") as ledger:
        Projector(
            engine, {BookName.MONEY.value: ledger.money, BookName.SUPERVISION.value: ledger.supervision}
        ).catch_up()
    yield engine
    engine.dispose()


def figures_of(engine: Engine, payments: int, *, each: bool) -> Iterator[Figure]:
    """A whole run over so many payments, and a live batch before and after the ledger grew."""
    name = engine.dialect.name
    before = min(live_seconds(engine) for _ in range(ROUNDS))
    with writing(engine) as connection:
        there = multiply(connection, payments)
    analyse(engine)
    seconds = {rule_id: whole_seconds(engine, [rule_id]) for rule_id in RULES}
    if each:
        for rule_id, took in sorted(seconds.items(), key=lambda told: -told[1]):
            print(f"  {name} {rule_id} {took:.2f} s", flush=True)
    whole = sum(seconds.values())
    yield Figure(
        f"judging, {name}",
        f"all {len(RULES)} rules over {there:,} payments",
        whole,
        "s",
        target=TARGET_S[name],
        at_most=True,
    )
    after = min(live_seconds(engine) for _ in range(ROUNDS))
    yield Figure(
        f"judging, {name}",
        f"{BATCH:,} touched payments judged live, in {there:,} payments",
        after,
        "s",
        "in one township's year",
        before,
        after / before,
        MOST_GROWTH,
        at_most=True,
    )


def whole_seconds(engine: Engine, rule_ids: Sequence[str]) -> float:
    """How long these rules take over everything."""
    rules = [RULES[rule_id] for rule_id in rule_ids]
    with engine.connect() as connection:
        began = time.perf_counter()
        evaluate(connection, DEFAULT_PACK, as_of=AS_OF, scope=Scope.EVERYTHING, rules=rules)
        return time.perf_counter() - began


def live_seconds(engine: Engine, rule_ids: Sequence[str] = tuple(RULES)) -> float:
    """How long these rules take over the keys of the first payments of the ledger."""
    with writing(engine) as connection:
        nothing = evaluate(connection, DEFAULT_PACK, as_of=AS_OF, rules=())
        settle(connection, DEFAULT_PACK, Due(Scope.TOUCHED, AS_OF, AS_OF), nothing)
        connection.execute(TOUCHED.delete())
        for column, kind in PAYMENTS.keys.items():
            first = select(PAYMENTS.c[column].label("key")).order_by(PAYMENTS.c.position).limit(BATCH).subquery()
            keys = select(literal(kind), first.c.key, literal(0)).where(first.c.key.is_not(None)).distinct()
            insert_missing_from(connection, TOUCHED, ("kind", "key", "position"), keys)
    with engine.connect() as connection:
        began = time.perf_counter()
        rules = [RULES[rule_id] for rule_id in rule_ids]
        evaluate(connection, DEFAULT_PACK, as_of=AS_OF, scope=Scope.TOUCHED, rules=rules)
        return time.perf_counter() - began


def _position(connection: Connection) -> int:
    position: int = connection.execute(select(func.max(PROJECTION_POSITIONS.c.position))).scalar_one()
    return position


def analyse(engine: Engine) -> None:
    """Let a server look at what it holds, as it does by itself; a file has nobody who does."""
    if engine.dialect.name == "sqlite":
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


def multiply(connection: Connection, payments: int) -> int:
    """Tell the year so often that there are so many payments; gives how many there are then."""
    counted = select(func.count()).select_from(PAYMENTS.table)
    copies = -(-payments // connection.execute(counted).scalar_one())
    first = select(literal(1).label("k")).cte("copies", recursive=True)
    numbers = first.union_all(select(first.c.k + 1).where(first.c.k < copies - 1))
    span = _position(connection) + 1
    for facts in FACT_TABLES.values():
        if facts.name not in SHARED:
            _multiply(connection, facts, numbers, span)
    positions = PROJECTION_POSITIONS.c.position
    connection.execute(PROJECTION_POSITIONS.update().values(position=positions + copies * span))
    there: int = connection.execute(counted).scalar_one()
    return there


def _multiply(connection: Connection, facts: FactTable, numbers: CTE, span: int) -> None:
    k = numbers.c.k
    values = [_of_copy(facts.c[name], k, span) for name in facts.column_names]
    every = select(*(value.label(f"its_{name}") for name, value in zip(facts.column_names, values, strict=True)))
    connection.execute(
        insert(facts.table).from_select(
            list(facts.column_names), every.select_from(facts.table.join(numbers, literal(1) == 1))
        )
    )


def _of_copy(column: Column[object], k: ColumnElement[int], span: int) -> ColumnElement[object]:
    """A column's value in copy `k`: its own where it names somebody or something, else the first's."""
    name = column.name
    if name in {"position", "last_position"}:
        return column + k * span
    is_text = isinstance(column.type, String)
    if is_text and (name.endswith(OF_A_COPY) or name in ALSO_OF_A_COPY):
        return column + "~" + cast(k, String)
    return column


if __name__ == "__main__":
    main()
