"""The pages' words: the same in both languages, all of them used, and none outside of the catalogues."""

import re
from pathlib import Path
from string import Formatter

import pytest
from markupsafe import Markup

from api.pages.words import LANGUAGES, Words, half, load

PAGES = Path(__file__).parents[2] / "api" / "pages"
TEMPLATES = sorted((PAGES / "templates").glob("*.html"))
SOURCES = [*TEMPLATES, *sorted(PAGES.glob("*.py"))]
SPOKEN_ATTRIBUTES = ("aria-label", "alt", "title", "placeholder", "data-label", "label")

CODE = re.compile(r"<(code|pre)\b.*?</\1>", re.DOTALL)
JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
LITERAL = re.compile(r"""(?:\bt|words|counted)\(\s*["']([\w.-]+)["']\s*(~)?""")
GROUP = re.compile(r"""\b(?:word|words\.of)\(\s*["'](\w+)["']""")


def figures_in(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_both_languages_have_the_same_words_with_the_same_figures() -> None:
    chinese, english = load("zh").texts, load("en").texts

    assert chinese.keys() == english.keys()
    assert [key for key in chinese if figures_in(chinese[key]) != figures_in(english[key])] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_word_is_empty_and_none_holds_markup(lang: str) -> None:
    texts = load(lang).texts

    assert [key for key, text in texts.items() if not text.strip() or "<" in text or ">" in text] == []


def test_english_words_are_english_but_for_the_switch_and_what_error_pages_say_in_the_other_language() -> None:
    chinese = re.compile(r"[\u4e00-\u9fff]")
    mixed = {"site.other_language", "site.title"}
    others = re.compile(r"error\.\d+\.other")

    told = {key for key, text in load("en").texts.items() if chinese.search(text)}

    assert {key for key in told - mixed if not others.fullmatch(key)} == set()


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_template_has_no_words_of_its_own(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    without_code = CODE.sub("", text)
    words = re.sub(r"<[^>]*>", " ", JINJA.sub("", without_code))
    spoken = [
        value
        for name in SPOKEN_ATTRIBUTES
        for value in re.findall(rf'\s{name}="([^"]*)"', JINJA.sub("", text))
        if re.search(r"\w", value)
    ]

    assert re.findall(r"[^\W\d_]+", re.sub(r"&\w+;|\bdoctype\b", "", words)) == []
    assert spoken == []


def test_every_word_that_is_asked_for_is_there_and_every_word_there_is_asked_for() -> None:
    texts = load("zh").texts
    asked: set[str] = set()
    prefixes: set[str] = set()
    for source in SOURCES:
        text = source.read_text(encoding="utf-8")
        for key, joined in LITERAL.findall(text):
            (prefixes if joined or key.endswith(".") else asked).add(key)
        prefixes |= {f"{group}." for group in GROUP.findall(text)}
        prefixes |= {f"{name}." for name in re.findall(r'words\(f"(\w+)\.\{', text)}

    assert asked - texts.keys() == set()
    assert {prefix for prefix in prefixes if not any(key.startswith(prefix) for key in texts)} == set()
    assert {key for key in texts.keys() - asked if not key.startswith(tuple(prefixes))} == set()


def test_figures_are_escaped_and_pieces_of_a_page_are_not() -> None:
    words = Words("en", {"greeting": "From <{place}> & on"})

    assert words("greeting", place="<b>x</b>") == "From &lt;&lt;b&gt;x&lt;/b&gt;&gt; &amp; on"
    assert words("greeting", place=Markup("<i>y</i>")) == "From &lt;<i>y</i>&gt; &amp; on"


def test_what_is_counted_is_told_in_the_singular_and_the_plural() -> None:
    english = load("en")

    assert [english.counted("count.payments", n) for n in (0, 1, 2, 3685)] == [
        "0 payments",
        "1 payment",
        "2 payments",
        "3,685 payments",
    ]
    assert load("zh").counted("count.payments", 1) == "1 笔"


def test_a_value_without_a_name_is_told_as_it_is() -> None:
    assert load("en").of("topic", "payment-made") == "Subsidy paid"
    assert load("en").of("topic", "something-new") == "something-new"


def test_a_text_in_both_languages_is_told_in_one() -> None:
    assert half("镇乡村振兴办 / township office", "zh") == "镇乡村振兴办"
    assert half("镇乡村振兴办 / township office", "en") == "township office"
    assert half("Only English.", "zh") == "Only English."
