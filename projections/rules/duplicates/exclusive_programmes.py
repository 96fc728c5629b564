"""DUP-05: somebody is paid at once under two programmes of which one excludes the other."""

from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union,
    union_all,
)

from projections.dialect import BIGINT
from projections.rules.paid import PER_HOUSEHOLD, PER_PERSON
from projections.rules.phrases import counted, every, evidence
from projections.rules.rule import ORANGE, Clause, Limits, Mode, Touched, rule
from projections.tables.entitlements import ENTITLEMENTS
from projections.tables.payments import PAYMENTS
from projections.tables.programmes import PROGRAMMES
from projections.tables.roster import PAYROLL

ON_THE_PAYROLL = "财政供养"
"""The word among 互斥项目 that means the public payroll."""

OF_A_LINE = ("id_no", "household_no", "position", "line_no", "claim_no", "bank_ref", "net_fen", "paid_on")


def persons_about(households: Select[Any]) -> Select[Any]:
    """Whoever is paid in `households`."""
    return select(PAYMENTS.c.id_no).where(PAYMENTS.c.household_no.in_(households))


def persons_and_households_paid_under(terms: Select[Any]) -> Select[Any]:
    """Whoever is paid under the programmes whose terms changed, and their households."""
    p, members = PAYMENTS.c, PAYMENTS.table.alias("members").c
    payees = select(p.id_no).where(p.programme.in_(terms))
    households = select(p.household_no).where(p.programme.in_(terms))
    with_them = select(members.id_no).where(members.household_no.in_(households))
    return select(union(payees, with_them).subquery("concerned").c.id_no)


def names(excluding: Any, word: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether 互斥项目, a list in JSON, has `word`."""
    listed: ColumnElement[str] = excluding.excludes
    return func.replace(listed, '"' + word + '"', "") != listed


def exclusive_pairs() -> CTE:
    """Pairs of programmes that exclude each other; the person's own first, where one of them is the household's."""
    first, second = PROGRAMMES.table.alias("first"), PROGRAMMES.table.alias("second")
    a, b = first.c, second.c
    a_household, b_household = (func.coalesce(g.unit, PER_PERSON) == PER_HOUSEHOLD for g in (a, b))
    in_order = or_(and_(~a_household, b_household), and_(a_household == b_household, a.programme < b.programme))
    return (
        select(a.programme.label("one"), b.programme.label("other"))
        .add_columns(case((or_(a_household, b_household), 1), else_=0).label("by_household"))
        .join_from(first, second, and_(in_order, or_(names(a, b.programme), names(b, a.programme))))
        .cte("pairs")
    )


def barred_to_the_payroll() -> CTE:
    """The programmes that whoever is on the public payroll is excluded from."""
    g = PROGRAMMES.c
    payroll = literal(ON_THE_PAYROLL)
    columns = (g.programme.label("one"), payroll.label("other"), literal(0).label("by_household"))
    return select(*columns).where(names(g, payroll)).cte("barred")


def covering(
    pairs: CTE, side: str, touched: Touched, about: ColumnElement[bool], *, by_household: bool | None = None
) -> Select[Any]:
    """The payments `about` whom it is, of one side of `pairs`, each with the days that it covers.

    That is its period, cut by the entitlement; a payment to which nothing entitles covers its whole period. `party` is
    by whom the two sides are compared; `by_household` keeps to those compared by it, or to the others. A payment of no
    known household is compared by its payee.
    """
    p, e = PAYMENTS.c, ENTITLEMENTS.c
    of_line = (p.programme, p.period_start, p.period_end, *(p[name] for name in OF_A_LINE))
    lines = touched.first(select(*of_line).where(counted(p), p.period_start.is_not(None), about)).subquery("of_them")
    t = lines.c
    in_force = and_(e.starts_on <= t.period_end, or_(e.ends_on.is_(None), e.ends_on >= t.period_start))
    entitles = and_(e.id_no == t.id_no, e.programme == t.programme, e.quarantined.is_(False), in_force)
    of_household = and_(pairs.c.by_household == 1, t.household_no.is_not(None))
    kept = {None: true(), True: of_household, False: ~of_household}[by_household]
    party = case((pairs.c.by_household == 1, func.coalesce(t.household_no, t.id_no)), else_=t.id_no)
    return (
        select(pairs.c.one, pairs.c.other, party.label("party"), *(t[name] for name in OF_A_LINE))
        .add_columns(case((e.starts_on > t.period_start, e.starts_on), else_=t.period_start).label("covers_from"))
        .add_columns(case((e.ends_on < t.period_end, e.ends_on), else_=t.period_end).label("covers_until"))
        .join_from(lines, pairs, t.programme == pairs.c[side])
        .outerjoin(ENTITLEMENTS.table, entitles)
        .where(kept)
    )


def of_the_person(pairs: CTE, touched: Touched) -> CTE:
    """The payments of the first side: whose they are, is whose case it is."""
    return covering(pairs, "one", touched, touched(PAYMENTS.c.id_no)).cte(f"{pairs.name}_one")


def of_the_party(pairs: CTE, touched: Touched) -> CTE:
    """The payments of the other side: of the same person, or of anybody in the household where that is compared."""
    p, members = PAYMENTS.c, PAYMENTS.table.alias("members").c
    households = select(members.household_no).where(touched(members.id_no))
    theirs = p.household_no.in_(households) if touched.is_live else p.household_no.is_not(None)
    own = covering(pairs, "other", touched, touched(p.id_no), by_household=False)
    return union_all(own, covering(pairs, "other", touched, theirs, by_household=True)).cte(f"{pairs.name}_other")


def lines_paid_at_once(touched: Touched) -> tuple[Select[Any], Select[Any]]:
    """The payments of either side that share a day with one of the other side; whose case it is, is `person`."""
    pairs = exclusive_pairs()
    his, theirs = of_the_person(pairs, touched), of_the_party(pairs, touched)
    shares_a_day = and_(his.c.covers_from <= theirs.c.covers_until, theirs.c.covers_from <= his.c.covers_until)
    same = and_(his.c.one == theirs.c.one, his.c.other == theirs.c.other, his.c.party == theirs.c.party)
    since = func.min(case((his.c.paid_on > theirs.c.paid_on, his.c.paid_on), else_=theirs.c.paid_on))

    def of(side: CTE, his_fen: ColumnElement[Any], other_fen: ColumnElement[Any]) -> Select[Any]:
        line = (his.c.one, his.c.other, his.c.id_no.label("person"), *(side.c[name] for name in OF_A_LINE))
        return (
            select(*line, his_fen.label("his_fen"), other_fen.label("other_fen"), since.label("since"))
            .add_columns(cast(null(), BIGINT).label("listed_at"))
            .join_from(his, theirs, and_(same, shares_a_day))
            .group_by(*line)
        )

    nothing = cast(null(), BIGINT)
    return of(his, his.c.net_fen, nothing), of(theirs, nothing, theirs.c.net_fen)


def lines_paid_to_the_payroll(touched: Touched) -> Select[Any]:
    """The payments that share a day with a time on the public payroll."""
    his, w = of_the_person(barred_to_the_payroll(), touched), PAYROLL.c
    on_it = and_(w.starts_on <= his.c.covers_until, or_(w.until.is_(None), w.until >= his.c.covers_from))
    line = (his.c.one, his.c.other, his.c.id_no.label("person"), *(his.c[name] for name in OF_A_LINE))
    return (
        select(*line, his.c.net_fen.label("his_fen"), cast(null(), BIGINT).label("other_fen"))
        .add_columns(his.c.paid_on.label("since"), func.min(w.position).label("listed_at"))
        .join_from(his, PAYROLL.table, and_(w.id_no == his.c.id_no, w.quarantined.is_(False), on_it))
        .group_by(*line)
    )


@rule(
    "DUP-05",
    zh="互斥项目",
    en="mutually exclusive programmes",
    severity=ORANGE,
    mode=Mode.STREAMING,
    clause=Clause("参数（待客户确认）/ parameter to be confirmed", "补贴目录“互斥项目”"),
    needs=(PAYMENTS, PROGRAMMES),
    anchor=("person", "programme", "excluded"),
    subjects=("person", "household", "claim", "payment"),
    keyed_by="person",
    reached_by={"terms": persons_and_households_paid_under, "household": persons_about},
    why_zh="“{programme}”与“{excluded}”互斥，却在重叠的期间内同时享受：前者{one_yuan}，后者{other_yuan}，"
    "较少一方{at_risk_yuan}。",
    why_en="{programme} excludes {excluded}, yet both ran at once: {one_yuan} of that, {other_yuan} of this. "
    "The smaller is {at_risk_yuan}.",
)
def paid_under_exclusive_programmes(touched: Touched, limits: Limits) -> Select[Any]:
    """Two programmes that exclude each other are not paid for the same day.

    A month in which one entitlement ends and the other begins is split between them. Where a programme is paid to
    households, it excludes whoever belongs to the household. At risk is the smaller of the two sums; of whoever is on
    the public payroll, all of it.
    """
    n = union_all(*lines_paid_at_once(touched), lines_paid_to_the_payroll(touched)).subquery("lines").c
    one_fen, other_fen = func.sum(n.his_fen), func.sum(n.other_fen)
    return (
        select(n.person, n.one.label("programme"), n.other.label("excluded"), every(n.household_no).label("household"))
        .add_columns(every(n.claim_no).label("claim"), every(n.bank_ref).label("payment"))
        .add_columns(
            evidence(n.position, func.coalesce(n.listed_at, n.position)), func.min(n.since).label("holds_from")
        )
        .add_columns(one_fen.label("one_fen"), other_fen.label("other_fen"))
        .add_columns(case((other_fen < one_fen, other_fen), else_=one_fen).label("at_risk_fen"))
        .group_by(n.person, n.one, n.other)
    )
