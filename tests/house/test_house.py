"""The rules that keep the house clean. A remark made twice in review becomes a test here."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from api.cli.command import app
from api.rest.problems import WIRE_CODES
from api.settings import Settings
from domain.catalogue import EVENTS
from domain.refusal import CODES

ROOT = Path(__file__).parents[2]
OURS = ("domain", "vault", "audit", "intake", "projections", "api")
LONGEST_FILE, LONGEST_TEST_FILE, LONGEST_FUNCTION, SHORTEST_TEST_NAME = 400, 1_000, 50, 5

HEADINGS = ["Context", "Decision", "Consequences", "Alternatives", "The check that enforces it"]
"""What every decision record says (STYLE §3)."""


@cache
def kept_files() -> tuple[Path, ...]:
    """Every file that git keeps or would keep."""
    told = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = (ROOT / name for name in told.stdout.split("\0") if name)
    return tuple(sorted(path for path in paths if path.is_file()))


@cache
def python_files() -> tuple[Path, ...]:
    return tuple(path for path in kept_files() if path.suffix == ".py")


@cache
def text_of(path: Path) -> str:
    """The file's text, or nothing where it is no text."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(text_of(path))


def functions_in(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree_of(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def is_test(path: Path) -> bool:
    return path.relative_to(ROOT).parts[0] == "tests"


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def commands_in(readme: str) -> set[str]:
    """The commands of `make` and of `mingzhang` that a text names; in Markdown, where it shows code."""
    text = text_of(ROOT / readme)
    if readme.endswith(".md"):
        text = "\n".join(re.findall(r"```.*?```|`[^`\n]+`", text, re.DOTALL))
    made = {f"make {target}" for target in re.findall(r"\bmake ([a-z]+)\b", text)}
    asked = re.findall(r"\bmingzhang (?:(?:--ledger|-L) \S+ )?([a-z][a-z-]+)(?![a-z.:/])", text)
    return made | {f"mingzhang {command}" for command in asked}


def test_no_file_of_ours_is_longer_than_somebody_can_keep_in_mind() -> None:
    too_long = {
        named(path): lines
        for path in python_files()
        if (lines := len(text_of(path).splitlines())) > (LONGEST_TEST_FILE if is_test(path) else LONGEST_FILE)
    }

    assert too_long == {}


def test_no_function_of_ours_is_longer_than_a_screen() -> None:
    too_long = {
        f"{named(path)}:{function.lineno} {function.name}": lines
        for path in python_files()
        for function in functions_in(path)
        if (lines := (function.end_lineno or 0) - function.lineno + 1) > LONGEST_FUNCTION
    }

    assert too_long == {}


def test_the_name_of_every_test_is_a_sentence_of_five_words_or_more() -> None:
    too_short = [
        f"{named(path)}:{function.lineno} {function.name}"
        for path in python_files()
        if is_test(path) and path.name.startswith("test_")
        for function in functions_in(path)
        if function.name.startswith("test_") and len(function.name.split("_")) - 1 < SHORTEST_TEST_NAME
        if f"super().{function.name}(" not in ast.unparse(function)  # the library named it
    ]

    assert too_short == []


def test_no_test_is_skipped_but_for_a_missing_browser_and_none_is_expected_to_fail() -> None:
    marks = re.compile(r"pytest\.mark\.(skip|skipif|xfail)\b|pytest\.(skip|importorskip|xfail)\(")
    allowed = {"tests/conftest.py", named(Path(__file__))}

    assert [named(p) for p in python_files() if marks.search(text_of(p)) and named(p) not in allowed] == []


@pytest.mark.parametrize("package", OURS)
def test_nothing_else_that_is_installed_bears_the_name_of_a_package_of_ours(package: str, tmp_path: Path) -> None:
    look = f"from importlib.util import find_spec as f; s = f({package!r}); print(s.origin if s else 'absent')"

    found = subprocess.run(
        [sys.executable, "-P", "-c", look], cwd=tmp_path, capture_output=True, text=True, check=True, env={}
    )

    assert found.stdout.strip() in {str(ROOT / package / "__init__.py"), "absent"}


def test_every_refusal_code_that_is_used_is_explained_where_codes_are() -> None:
    code = re.compile(r"""["'](E-[A-Z]+)["']""")
    used = {found for path in python_files() if not is_test(path) for found in code.findall(text_of(path))}

    assert used - CODES.keys() - WIRE_CODES.keys() == set()


def test_no_kept_file_names_a_folder_of_the_machine_it_was_written_on() -> None:
    folders = re.compile(r"(?<![\w.~-])/(?:work|root|home/[\w-]+|Users/[\w-]+|tmp/\w+)/[\w.-]")

    assert [(named(path), found[0]) for path in kept_files() if (found := folders.search(text_of(path)))] == []


def test_no_kept_file_names_the_address_of_a_package_index() -> None:
    addresses = re.compile(
        r"pypi\.|pythonhosted|registry\.npmjs|--(?:extra-)?index-url[= ]|find-links[= ]\S+://", re.IGNORECASE
    )
    texts = ((path, text_of(path)) for path in kept_files() if path != Path(__file__))

    assert [(named(path), found[0]) for path, text in texts if (found := addresses.search(text))] == []


@pytest.mark.parametrize("requirements", ["bootstrap.txt", "runtime.txt", "dev.txt"])
def test_every_requirement_is_pinned_to_one_version_with_hashes(requirements: str) -> None:
    joined = text_of(ROOT / "requirements" / requirements).replace("\\\n", " ")
    lines = [line for line in joined.splitlines() if line.strip() and not line.lstrip().startswith("#")]

    assert lines
    assert [line[:60] for line in lines if not re.match(r"[a-z0-9-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", line)] == []


def test_the_environment_for_checking_holds_the_very_versions_that_are_run() -> None:
    def pins(requirements: str) -> set[str]:
        return set(re.findall(r"^[a-z0-9-]+==[^\s;]+", text_of(ROOT / "requirements" / requirements), re.MULTILINE))

    assert pins("runtime.txt") <= pins("dev.txt")
    assert pins("bootstrap.txt") <= pins("dev.txt")


def test_every_make_command_of_the_readmes_is_a_target_of_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z]+):", text_of(ROOT / "Makefile"), re.MULTILINE))
    documents = ["README.md", "README.zh.md", "CONTRIBUTING.md", ".ci/run"]
    made = {command.split()[1] for document in documents for command in commands_in(document) if "make" in command}

    assert made - targets == set()
    assert {"demo", "test", "check", "bench"} <= targets


def test_both_readmes_name_the_same_commands_so_that_neither_reader_is_left_behind() -> None:
    assert commands_in("README.md") == commands_in("README.zh.md")


def test_every_command_of_the_program_stands_in_the_readmes_and_no_other_does() -> None:
    offered = {command.name for command in app.registered_commands} | {
        group.typer_instance.info.name for group in app.registered_groups if group.typer_instance
    }

    assert {f"mingzhang {name}" for name in offered} == {
        command for command in commands_in("README.md") if command.startswith("mingzhang ")
    }


def test_continuous_integration_runs_the_commands_that_the_readme_names() -> None:
    run = {line for line in commands_in(".ci/run") if line.startswith("make ")}

    assert run == {"make demo", "make check"}
    assert run <= commands_in("README.md")


def test_every_link_of_a_document_leads_to_a_file_that_is_kept() -> None:
    pages = [path for path in kept_files() if path.suffix == ".md"]
    links = [(page, link) for page in pages for link in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text_of(page))]
    broken = [
        (named(page), link)
        for page, link in links
        if not re.match(r"[a-z]+:", link) and not (page.parent / link).exists()
    ]

    assert broken == []


def test_every_decision_record_has_its_five_headings_and_a_sentence_to_quote() -> None:
    records = [path for path in kept_files() if path.parent == ROOT / "docs" / "decisions" and path.name != "README.md"]

    assert len(records) >= 7
    for number, record in enumerate(records, start=1):
        assert record.name.startswith(f"{number:04d}-"), named(record)
        assert re.findall(r"^## (.+)$", text_of(record), re.MULTILINE) == HEADINGS, named(record)
        assert re.search(r"^## Decision\n\n> \S", text_of(record), re.MULTILINE), named(record)


def test_the_changelog_has_a_section_for_what_is_not_released_yet() -> None:
    changelog = text_of(ROOT / "CHANGELOG.md")

    assert re.search(r"^## \[Unreleased\]$", changelog, re.MULTILINE)
    assert "keepachangelog.com" in changelog


@pytest.mark.parametrize("setting", Settings.model_fields)
def test_every_setting_is_documented_for_those_who_run_a_ledger(setting: str) -> None:
    assert f"`MINGZHANG_{setting.upper()}`" in text_of(ROOT / "docs" / "operations.md")


@pytest.mark.parametrize("topic", EVENTS)
def test_every_topic_of_the_catalogue_is_documented(topic: str) -> None:
    assert f"`{topic}`" in text_of(ROOT / "docs" / "events.md")
