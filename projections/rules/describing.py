"""A rule in words: what it enforces, by which numbers, over what; for `rules show`, the API and docs/rules.md."""

from inspect import cleandoc
from typing import Any

from projections.rules.pack import Pack
from projections.rules.rule import Mode, Rule

MODES = {Mode.STREAMING: "S", Mode.PERIODIC: "P", Mode.STREAMING | Mode.PERIODIC: "S+P"}


def described(rule: Rule, pack: Pack) -> dict[str, Any]:
    """Everything that a rule says of itself, with the numbers of `pack` beside the defaults."""
    terms = rule.terms
    return {
        "rule_id": terms.rule_id,
        "rule_version": terms.version,
        "family": rule.family,
        "name_zh": terms.zh,
        "name_en": terms.en,
        "severity": terms.severity,
        "mode": MODES[terms.mode],
        "clause": {"where": terms.clause.where, "words": terms.clause.words},
        "enforces": " ".join(cleandoc(rule.finds.__doc__ or "").split()),
        "needs": [facts.name for facts in terms.needs],
        "anchor": list(terms.anchor),
        "subjects": list(terms.subjects),
        "keyed_by": terms.keyed_by,
        "parameters": [
            {
                "name": name,
                "value": pack.parameters[terms.rule_id][name],
                "default": parameter.default,
                "unit": parameter.unit,
                "zh": parameter.zh,
                "least": parameter.least,
                "most": parameter.most,
            }
            for name, parameter in terms.parameters.items()
        ],
        "why_zh": terms.why_zh,
        "why_en": terms.why_en,
        "waits_for": terms.waits_for,
        "visible_to_clerks": terms.rule_id in pack.visible_to_clerks,
    }
