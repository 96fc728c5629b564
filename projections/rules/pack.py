"""Rule packs: the numbers by which rules judge, versioned, hashed, validated.

A pack is TOML: its `version`, and a table of parameters for each rule that it changes. What it leaves out stands at
the rule's default, and is part of the hash all the same: a hash names every number that judged.
"""

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from hashlib import sha256
from importlib.resources import files
from typing import Any, Final, Self

from domain.refusal import Refused
from projections.rules import RULES
from projections.rules.rule import Limits, Parameter, Rule

CANONICAL: Final = "mingzhang/rule-pack/v1"
"""First line of the text that is hashed."""

LONGEST_VERSION = 64

VISIBLE: Final = "visible_to_clerks"

_DEFAULT: Final = files(__package__).joinpath("default.toml").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Pack:
    """Parameters by which rules judge.

    version:            as its authors name it.
    parameters:         by rule, by name; every parameter of every rule.
    visible_to_clerks:  rules that a clerk is shown before a payment is made: what is wrong with the row, never a lead.
    """

    version: str
    parameters: Mapping[str, Mapping[str, int]]
    visible_to_clerks: tuple[str, ...] = ()

    @classmethod
    def read(cls, toml: str) -> Self:
        """The pack that `toml` writes down.

        Raises:
            Refused: `E-SCHEMA`, naming every rule, parameter or number that is none.
        """
        try:
            told = tomllib.loads(toml)
        except tomllib.TOMLDecodeError as error:
            raise Refused("E-SCHEMA", why=f"The rule pack is not TOML: {error}.", remedy="Mend that line.") from error
        version, visible = told.pop("version", None), told.pop(VISIBLE, _DEFAULT_VISIBLE)
        faults = [*_faults_of_version(version), *_faults_of_visible(visible), *_faults(told)]
        if faults:
            raise Refused(
                "E-SCHEMA",
                why=f"The rule pack does not hold: {'; '.join(faults)}.",
                remedy="Mend it; `mingzhang rules list --json` shows every rule with its parameters.",
            )
        parameters = {rule_id: _effective(rule, told.get(rule_id, {})) for rule_id, rule in RULES.items()}
        return cls(version, parameters, tuple(sorted(visible)))

    @cached_property
    def canonical(self) -> str:
        """The text that is hashed: the version and every parameter, whatever the TOML looked like."""
        said = {"parameters": self.parameters, "version": self.version, VISIBLE: self.visible_to_clerks}
        return f"{CANONICAL}\n{json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(',', ':'))}"

    @cached_property
    def hash(self) -> str:
        """SHA-256 of `canonical`, in lower-case hex."""
        return sha256(self.canonical.encode()).hexdigest()

    def limits_for(self, rule: Rule, as_of: date) -> Limits:
        """What `rule` judges by on the evaluation date."""
        return Limits(as_of, self.parameters[rule.terms.rule_id])


def _effective(rule: Rule, told: Mapping[str, int]) -> dict[str, int]:
    return {name: told.get(name, parameter.default) for name, parameter in rule.terms.parameters.items()}


def _faults_of_version(version: Any) -> Iterator[str]:
    if not isinstance(version, str) or not 0 < len(version) <= LONGEST_VERSION:
        yield f"`version` must be a text of 1 to {LONGEST_VERSION} characters"


def _faults_of_visible(visible: Any) -> Iterator[str]:
    if not isinstance(visible, list):
        yield f"`{VISIBLE}` must be a list of rules"
    else:
        yield from (f"`{VISIBLE}` names {rule_id!r}, which is no rule" for rule_id in visible if rule_id not in RULES)


def _faults(told: Mapping[str, Any]) -> Iterator[str]:
    for rule_id, parameters in told.items():
        if rule_id not in RULES:
            yield f"there is no rule {rule_id}"
        elif not isinstance(parameters, dict):
            yield f"{rule_id} must be a table of parameters"
        else:
            for name, number in parameters.items():
                yield from _faults_of_number(rule_id, name, number)


def _faults_of_number(rule_id: str, name: str, number: Any) -> Iterator[str]:
    parameter: Parameter | None = RULES[rule_id].terms.parameters.get(name)
    if parameter is None:
        yield f"{rule_id} has no parameter {name}"
    elif type(number) is not int:
        yield f"{rule_id}.{name} must be a whole number of {parameter.unit}, not {number!r}"
    elif not parameter.least <= number <= parameter.most:
        yield f"{rule_id}.{name} is {number}, outside {parameter.least} to {parameter.most} {parameter.unit}"


_DEFAULT_VISIBLE: Final = tomllib.loads(_DEFAULT)[VISIBLE]

DEFAULT_PACK = Pack.read(_DEFAULT)
"""What judges until another pack is adopted."""
