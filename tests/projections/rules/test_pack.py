"""Rule packs: what they must say, what they are refused for, and what their hash stands for."""

import tomllib
from datetime import date
from hashlib import sha256
from importlib.resources import files

import pytest

from domain.refusal import Refused
from projections.rules import RULES
from projections.rules.pack import DEFAULT_PACK, Pack


def test_the_default_pack_names_every_parameter_at_the_default_of_its_rule() -> None:
    told = tomllib.loads(files("projections.rules").joinpath("default.toml").read_text(encoding="utf-8"))
    version, visible = told.pop("version"), told.pop("visible_to_clerks")

    assert version == DEFAULT_PACK.version
    assert tuple(sorted(visible)) == DEFAULT_PACK.visible_to_clerks
    assert told == {
        rule_id: {name: parameter.default for name, parameter in rule.terms.parameters.items()}
        for rule_id, rule in RULES.items()
        if rule.terms.parameters
    }


def test_the_hash_is_that_of_a_text_which_every_implementation_can_write() -> None:
    pack = Pack("2026.1", {"DUP-01": {"max_per_period": 1}})

    assert pack.canonical == (
        'mingzhang/rule-pack/v1\n{"parameters":{"DUP-01":{"max_per_period":1}},"version":"2026.1","visible_to_clerks":[]}'
    )
    assert pack.hash == sha256(pack.canonical.encode()).hexdigest()


def test_the_layout_of_the_file_and_what_it_leaves_out_do_not_change_the_hash() -> None:
    silent = Pack.read(f'version = "{DEFAULT_PACK.version}"')
    visible = list(reversed(DEFAULT_PACK.visible_to_clerks))
    numbers = "[FAL-01]\n# thirty\ndays_after_death = 30\n"
    spoken = Pack.read(f'version = "{DEFAULT_PACK.version}"\nvisible_to_clerks = {visible}\n\n{numbers}')

    assert silent.hash == spoken.hash == DEFAULT_PACK.hash


def test_a_rule_that_is_none_cannot_be_visible_to_clerks() -> None:
    with pytest.raises(Refused, match="'DUP-99', which is no rule"):
        Pack.read('version = "2026.1"\nvisible_to_clerks = ["DUP-99"]')


def test_another_number_is_another_hash_and_reaches_the_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    stricter = Pack.read('version = "2026.1"\n[FAL-01]\ndays_after_death = 10')

    limits = stricter.limits_for(RULES["FAL-01"], date(2021, 3, 31))

    assert stricter.hash != DEFAULT_PACK.hash
    assert limits.days_after_death == 10
    with pytest.raises(AttributeError, match="declares no parameter 'months'"):
        _ = limits.months


@pytest.mark.parametrize(
    ("toml", "fault"),
    [
        ("version = ", "is not TOML"),
        ("[DUP-01]\nmax_per_period = 1", "`version` must be a text"),
        ('version = ""', "`version` must be a text"),
        ('version = "x"\n[DUP-99]\nn = 1', "there is no rule DUP-99"),
        ('version = "x"\nDUP-01 = 3', "DUP-01 must be a table"),
        ('version = "x"\n[DUP-01]\nmonths = 1', "DUP-01 has no parameter months"),
        ('version = "x"\n[DUP-01]\nmax_per_period = 1.5', "must be a whole number of claims, not 1.5"),
        ('version = "x"\n[DUP-01]\nmax_per_period = true', "must be a whole number of claims, not True"),
        ('version = "x"\n[LNM-01]\nborrowers = 1', "LNM-01.borrowers is 1, outside 2 to"),
    ],
)
def test_a_pack_that_does_not_hold_is_refused_naming_what_is_wrong(toml: str, fault: str) -> None:
    with pytest.raises(Refused, match="E-SCHEMA") as refusal:
        Pack.read(toml)

    assert fault in refusal.value.why
