"""What a rule is: a SELECT beside its clause, and the terms under which an alert is made of what it finds.

One file a rule, in the folder of its family. The SELECT gives one row per alert; its columns are

    each name of `anchor`      what gives the alert its identity
    each name of `subjects`    everything concerned, one value or many (`phrases.every`)
    evidence                   positions in the money book (`phrases.evidence`)
    at_risk_fen                the money concerned
    severity                   where it differs from row to row; otherwise the rule's own counts
    holds_from                 the day from which the rule holds, as a day number
    and what the sentence "why" names: `x_fen` stands in it as {x_yuan}, `x_on` as a date, the rest as it is.

It is pure: no clock, no branch for a database. The keys that changed and the parameters come in. A rule that needs
medians, exact tests or digits SELECTs sufficient statistics instead, and `decides` makes of them the same rows.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from datetime import date
from enum import Flag, auto
from typing import Any, Final, Literal, NamedTuple

from sqlalchemy import ColumnElement, CompoundSelect, Select, true

from projections.tables.fact_table import FactTable

Severity = Literal["R", "O", "Y", "B"]
RED: Final = "R"
ORANGE: Final = "O"
YELLOW: Final = "Y"
BLUE: Final = "B"


class Mode(Flag):
    """When a rule runs over everything: never, being right after each batch; or whenever the evaluation date moves.

    Every rule that is `keyed_by` something runs after each batch over the keys that were touched, whatever its mode.
    """

    STREAMING = auto()
    PERIODIC = auto()


class Clause(NamedTuple):
    """The words that a rule enforces, and where they stand."""

    where: str
    words: str


def plan(article: int, words: str) -> Clause:
    """A clause of the township's plan of 2020-03-01, which the project began with."""
    return Clause(f"湖光镇持续开展打赢脱贫攻坚战两年行动方案（2020-2021年）第{article}条", words)


class Parameter(NamedTuple):
    """A number that a rule pack may set.

    default:  where the pack is silent.
    unit:     what it counts.
    zh:       what it is.
    least, most: its range.
    """

    default: int
    unit: str
    zh: str
    least: int = 0
    most: int = 2**53 - 1


class Touched:
    """Keeps a SELECT to the keys that changed: `touched(p.id_no)` stands among its conditions."""

    def __init__(self, keys: Select[Any] | None) -> None:
        """Keep to what `keys` selects; None keeps to nothing, which is a whole run."""
        self._keys = keys

    @property
    def is_live(self) -> bool:
        """Whether there are keys to keep to."""
        return self._keys is not None

    def first(self, lines: Select[Any]) -> Select[Any]:
        """`lines`, each once, and worked out before what is joined to them: few in a live run, and by their keys.

        A database that joins first may read the whole table instead. In a whole run nothing is gained by it.
        """
        return lines.distinct() if self.is_live else lines

    def __call__(self, column: ColumnElement[Any]) -> ColumnElement[bool]:
        """Whether `column` is one of the keys."""
        return true() if self._keys is None else column.in_(self._keys)


@dataclass(frozen=True, slots=True)
class Limits:
    """The parameters of one rule, by name, and the evaluation date."""

    as_of: date
    values: Mapping[str, int]

    def __getattr__(self, name: str) -> int:
        """The parameter `name`: `limits.max_per_period`."""
        try:
            return self.values[name]
        except KeyError:
            raise AttributeError(f"The rule declares no parameter {name!r}.") from None


Query = Select[Any] | CompoundSelect[Any]
Found = Mapping[str, Any]
"""A row that a rule found; its columns are those above."""

Finding = Callable[[Touched, Limits], Query]
Deciding = Callable[[Iterable[Found], Limits], Iterable[Found]]
Reach = Callable[[Select[Any]], Select[Any]]


@dataclass(frozen=True, slots=True)
class Terms:
    """What a rule says of itself; `@rule(...)` above the function that finds makes a `Rule` of both.

    rule_id:     DOMAIN §4's.
    zh, en:      its names.
    severity:    of its alerts, where a row does not say otherwise.
    mode:        when it runs.
    clause:      what it enforces, quoted and cited.
    needs:       the tables without which it cannot say anything.
    anchor:      columns that give an alert its identity; those that are kinds of subject are written `kind:value`.
    subjects:    kinds of everything concerned, in the order in which an alert names them.
    keyed_by:    the kind of key that restricts it; one of `anchor`. None: it judges whole populations, and runs whole.
    reached_by:  for each other kind of key: from those that changed, select the keys of `keyed_by` that they reach.
    why_zh, why_en: the sentence, with the row's figures in braces; never anybody's name or number.
    weighs:      tables whose absence makes it milder; when one gets its first row, the rule judges everything.
    decides:     makes of the sufficient statistics that the SELECT gives the rows of alerts.
    waits_for:   what part of the clause no sheet feeds yet, in a few words.
    version:     raised when the rule is read differently.
    """

    rule_id: str
    _: KW_ONLY
    zh: str
    en: str
    severity: Severity
    mode: Mode
    clause: Clause
    needs: tuple[FactTable, ...]
    anchor: tuple[str, ...]
    subjects: tuple[str, ...]
    keyed_by: str | None
    why_zh: str
    why_en: str
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    reached_by: Mapping[str, Reach] = field(default_factory=dict)
    weighs: tuple[FactTable, ...] = ()
    decides: Deciding | None = None
    waits_for: str | None = None
    version: int = 1

    def __post_init__(self) -> None:
        """Refuse terms that could not run live.

        Raises:
            ValueError: naming the rule.
        """
        if self.keyed_by is None and Mode.STREAMING in self.mode:
            raise ValueError(f"{self.rule_id} has no key, so it cannot be streaming.")
        if self.keyed_by is not None and self.keyed_by not in self.anchor:
            raise ValueError(f"{self.rule_id} is keyed by {self.keyed_by}, which is no part of its anchor.")

    def __call__(self, finds: Finding) -> "Rule":
        """These terms with the SELECT `finds`."""
        return Rule(self, finds)


rule = Terms
"""`@rule("DUP-01", zh=…)`"""


class Waiting(NamedTuple):
    """A rule of DOMAIN §4 that no sheet feeds yet: it is listed, and says what it waits for."""

    rule_id: str
    zh: str
    en: str
    severity: Severity
    waits_for: tuple[str, ...]


class Rule(NamedTuple):
    """A rule: its terms and the SELECT that finds."""

    terms: Terms
    finds: Finding

    def decided(self, found: Iterable[Any], limits: Limits) -> Iterable[Found]:
        """One row per alert, of what its SELECT found."""
        return found if self.terms.decides is None else self.terms.decides(found, limits)

    @property
    def family(self) -> str:
        """`DUP` of `DUP-01`."""
        return self.terms.rule_id.partition("-")[0]
