"""Rule packs in force: read, compared, adopted (DESIGN §6 "Alerts").

Adopting is an event of the supervision book that carries the whole pack. The rules then judge everything by it; an
alert keeps the hash of the pack that raised it, and what was dismissed stays dismissed.
"""

from collections.abc import Iterator
from typing import Any

from api.ledger import Ledger, Placed
from domain.event import KEEPER, BookName
from domain.refusal import Refused
from domain.supervision import RulePackAdopted
from projections.rules import RULES
from projections.rules.adopting import adopted_pack
from projections.rules.describing import described
from projections.rules.pack import DEFAULT_PACK, Pack


def pack_in_force(ledger: Ledger) -> Pack:
    """The pack that judges now."""
    with ledger.engine.connect() as connection:
        return adopted_pack(connection)


def adopt(ledger: Ledger, toml: str, *, actor: str = KEEPER) -> dict[str, Any]:
    """Let `toml` judge from now on; gives its version, hash and what it changes.

    Raises:
        Refused: `E-SCHEMA` when it does not hold, `E-DUP` when it judges already or its version names other numbers.
    """
    ledger.catch_up()
    new, now = Pack.read(toml), pack_in_force(ledger)
    if new.hash == now.hash:
        raise Refused(
            "E-DUP",
            field="pack_hash",
            value=new.hash,
            why=f"The pack {new.version} judges already.",
            remedy="Change a number, and the version with it.",
        )
    if new.version == now.version:
        raise Refused(
            "E-DUP",
            field="version",
            value=new.version,
            why=f"The version {new.version} is that of the pack in force, whose numbers are others.",
            remedy="Give the new pack another version.",
        )
    stream = ledger.stream("rule-pack", "adopted")
    latest = ledger.supervision.latest([stream]).get(stream)
    adopted = RulePackAdopted(
        **ledger.envelope(RulePackAdopted, actor=actor), pack_version=new.version, pack_hash=new.hash, pack=toml
    )
    ledger.append(BookName.SUPERVISION, [Placed(stream, latest.version + 1 if latest else 1, adopted)])
    ledger.catch_up()
    return {"version": new.version, "pack_hash": new.hash, "changes": list(differences(now, new))}


def differences(before: Pack, after: Pack) -> Iterator[dict[str, Any]]:
    """The numbers in which two packs differ, by rule and name; and who became visible to clerks, or no longer is."""
    for rule_id in RULES:
        numbers = before.parameters[rule_id], after.parameters[rule_id]
        for name in numbers[0]:
            if numbers[0][name] != numbers[1][name]:
                yield {"rule_id": rule_id, "name": name, "before": numbers[0][name], "after": numbers[1][name]}
    for rule_id in sorted(set(before.visible_to_clerks) ^ set(after.visible_to_clerks)):
        was = rule_id in before.visible_to_clerks
        yield {"rule_id": rule_id, "name": "visible_to_clerks", "before": was, "after": not was}


def rule_in_words(ledger: Ledger, rule_id: str) -> dict[str, Any]:
    """Everything about one rule, by the numbers in force.

    Raises:
        Refused: `E-REF` when there is no such rule.
    """
    if rule_id not in RULES:
        raise Refused(
            "E-REF",
            field="rule_id",
            value=rule_id,
            why=f"There is no rule {rule_id}, or it waits for sheets.",
            remedy="mingzhang rules list names them all.",
        )
    return described(RULES[rule_id], pack_in_force(ledger))


def read_pack(toml: str | None, ledger: Ledger) -> Pack:
    """The pack that `toml` writes down; None is the one in force, `default` the one that the programme brings."""
    if toml is None:
        return pack_in_force(ledger)
    return DEFAULT_PACK if toml == "default" else Pack.read(toml)
