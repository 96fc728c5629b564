"""The rules as a page: `python -m projections.rules.document > docs/rules.md`.

Everything on it comes from the rules themselves; a test keeps the page equal, so a rule is documented where it is
declared and nowhere else.
"""

import sys
from collections.abc import Iterator

from projections.rules import FAMILIES
from projections.rules.describing import described
from projections.rules.pack import DEFAULT_PACK
from projections.rules.rule import Rule
from projections.rules.waiting import WAITING

HEAD = """\
# 疑点规则 / The rules

Each rule is a SELECT beside the clause that it enforces (`projections/rules/`). This page is made by `make docs` from
the rules; change it there. An alert is a reason to open the file, never a verdict.

红 R: act now. 橙 O. 黄 Y. 蓝 B: information. Mode S: right after each batch; P: also judged whole when the evaluation
date moves. A row may be graver or milder than its rule says here. The numbers are those of the default rule pack;
a pack may set each within its range (`mingzhang rules check PACK`), and its hash stands in every alert.
👁 marks what a clerk is shown before paying.
"""

WAITING_HEAD = """\
## 等待数据的规则 / Rules that wait for sheets

| 规则 | 名称 / name | | 等待 / waits for |
|---|---|---|---|"""


def page() -> str:
    """The whole page, in Markdown."""
    lines = [HEAD]
    for family in FAMILIES:
        lines += [f"## {(family.__doc__ or '').partition(chr(10))[0]}", ""]
        for rule in sorted(family.RULES, key=lambda one: one.terms.rule_id):
            lines.extend(_rule(rule))
    lines.append(WAITING_HEAD)
    lines.extend(
        f"| {rule.rule_id} | {rule.zh} / {rule.en} | {rule.severity} | {', '.join(rule.waits_for)} |"
        for rule in WAITING
    )
    return "\n".join(lines)


def _rule(rule: Rule) -> Iterator[str]:
    told = described(rule, DEFAULT_PACK)
    mark = " 👁" if told["visible_to_clerks"] else ""
    yield f"### {told['rule_id']} {told['name_zh']} / {told['name_en']} · {told['severity']} · {told['mode']}{mark}"
    yield ""
    yield f"> {told['clause']['words']} — {told['clause']['where']}"
    yield ""
    yield str(told["enforces"])
    yield ""
    for parameter in told["parameters"]:
        yield f"- `{parameter['name']}` = {parameter['default']} {parameter['unit']}: {parameter['zh']}"
    yield f"- 需要 / needs: {', '.join(told['needs'])}"
    yield f"- 一条疑点 / one alert per: {' + '.join(told['anchor'])}; 涉及 / names: {', '.join(told['subjects'])}"
    if told["waits_for"]:
        yield f"- 等待 / waits for: {told['waits_for']}"
    yield f"- {told['why_zh']}"
    yield f"- {told['why_en']}"
    yield ""


if __name__ == "__main__":
    sys.stdout.write(page() + "\n")
