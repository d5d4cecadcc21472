"""What becomes of Markdown: readable prose, untouched code, headings with their anchors."""

from __future__ import annotations

import textwrap
import time

import pytest

from retrieval.extractors.markdown import read_markdown
from retrieval.extractors.markdown_flavours import plain_markdown
from retrieval.extractors.markdown_prose import readable


def titles(markdown: str) -> list[tuple[int, str, str]]:
    return [(heading.level, heading.title, heading.anchor) for heading in read_markdown(markdown, "a.md").headings]


def text(markdown: str) -> str:
    return read_markdown(textwrap.dedent(markdown).strip("\n"), "a.md").text


def test_headings_of_both_styles_are_found() -> None:
    assert titles("# One\n\nTwo\n---\n\n### Three ###") == [
        (1, "One", "one"),
        (2, "Two", "two"),
        (3, "Three", "three"),
    ]


def test_a_heading_spans_its_lines() -> None:
    extracted = read_markdown("before\n\nTwo\nlines\n===\nafter", "a.md")
    (heading,) = extracted.headings
    assert extracted.text[heading.start : heading.end] == "Two\nlines\n==="
    assert heading.title == "Two lines"


@pytest.mark.parametrize(
    "markdown", ["```\n# code\n```", "~~~sh\n# code\n~~~", "    # code", "> # quoted", "- # listed", "#hashtag", "#"]
)
def test_what_only_looks_like_a_heading_is_none(markdown: str) -> None:
    assert titles(markdown) == []


def test_titles_lose_their_markup() -> None:
    assert titles("## The `run()` *method* & [links](x.md) &amp; <T>") == [
        (2, "The run() method & links & <T>", "the-run-method--links--t")
    ]


@pytest.mark.parametrize("suffix", ["{#own}", "{ #own }", "{: #own .class }", "{#own} ##"])
def test_an_anchor_of_the_authors_own_is_honoured_and_removed(suffix: str) -> None:
    assert titles(f"## Title {suffix}") == [(2, "Title", "own")]
    assert read_markdown(f"## Title {suffix}", "a.md").text == "## Title"


def test_a_title_of_nothing_but_braces_stays() -> None:
    assert titles("## {#if}") == [(2, "{#if}", "if")]


def test_a_heading_in_html_is_a_heading() -> None:
    assert titles('<h2 align="center">The <i>lamp</i></h2>') == [(2, "The lamp", "the-lamp")]
    assert titles("```html\n<h2>Code</h2>\n```") == []


@pytest.mark.parametrize(
    "front", ["---\ntitle: Front\ntags: [a]\n---\n", "---\ntitle: 'Front'\n---\n", '+++\ntitle = "Front"\n+++\n']
)
def test_front_matter_gives_the_title_and_goes(front: str) -> None:
    extracted = read_markdown(f"{front}\n# Heading\n\nText", "a.md")
    assert extracted.title == "Front"
    assert extracted.text == "# Heading\n\nText"


def test_a_rule_at_the_top_is_no_front_matter() -> None:
    assert read_markdown("---\n\nText\n\n---\nMore", "a.md").text == "---\n\nText\n\n---\nMore"


def test_the_title_is_the_first_level_one_heading_else_the_files_name() -> None:
    assert read_markdown("## Two\n\n# One", "a.md").title == "One"
    assert read_markdown("## Two", "log-in.md").title == "Log in"


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("see [the guide](guide.md)", "see the guide"),
        ('see [the guide](guide.md "Title") now', "see the guide now"),
        ("[a [nested] one](x) and [two\nlines](y)", "a [nested] one and two\nlines"),
        ("[wiki](https://en.wikipedia.org/wiki/A_(b))", "wiki"),
        ("[blank](<with blanks.md>)", "blank"),
        ("![a lamp](lamp.png)", "a lamp"),
        ("[![build](b.svg)](https://ci)", "build"),
        ("[text][ref]\n\n[ref]: https://x.y 'T'", "text"),
        ("[MouseEvent][textual.events.MouseEvent]", "MouseEvent"),
        ("<https://x.y/z>", "https://x.y/z"),
        ("a <!-- hidden -->b", "a b"),
        ("H<sub>2</sub>O <kbd>Ctrl</kbd><br/>x<td>y", "H2O Ctrl x y"),
        ('<img src="x" alt="a lamp">', "a lamp"),
        ("&lt;integer&gt; &amp; &#8364;", "<integer> & €"),
        ("<details><summary>Why?</summary>", "**Why?**"),
        ("请看[文档](x)。", "请看文档。"),
    ],
)
def test_prose_is_shown_as_a_reader_sees_it(markdown: str, shown: str) -> None:
    assert readable(markdown).strip() == shown


@pytest.mark.parametrize(
    "markdown",
    [
        "`[a](b)` and ``![x](y) ` z``",
        "handlers[0](event)",
        "- [ ] a task",
        "a footnote[^1]\n\n[^1]: its text",
        r"\[not a link\](x)",
        "<answer>kept</answer> and List<String>",
        "5 < 6 > 4 & more",
        "<!-- never closed",
        "AT&T; x&y;",
    ],
)
def test_what_is_no_markup_stays_as_it_is(markdown: str) -> None:
    assert readable(markdown) == markdown


def test_prose_keeps_its_number_of_lines() -> None:
    markdown = "[two\nlines](x\n'title') <!--\n\n\n--> `a\nb` <style>\n.x {}\n</style> end"
    assert readable(markdown).count("\n") == markdown.count("\n")


def test_code_is_left_alone() -> None:
    code = '```python title="a.py"\nx = table[0](1)  # <b>\n\n\n\n<!-- y -->\n```'
    assert text(f"before\n\n{code}") == f"before\n\n{code}"


def test_blank_lines_outside_code_become_one() -> None:
    assert text("a\n\n<!-- x -->\n\n\nb") == "a\n\nb"


def test_fences_without_content_go() -> None:
    assert text("a\n\n```py\n\n```\n\nb") == "a\n\nb"


def test_rulers_of_tables_become_short() -> None:
    assert text("| a | b |\n|--------|:--------:|\n| 1 | 2 |") == "| a | b |\n|---|:---:|\n| 1 | 2 |"


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("!!! note\n    Text", "**Note**\nText"),
        ('!!! tip "Watch out"\n\n    Text\n\nafter', "**Watch out**\n\nText\n\nafter"),
        ('??? warning ""\n    Text', "\nText"),
        ('=== "Python"\n\n    ```py\n    # code\n    ```', "**Python**\n\n```py\n# code\n```"),
        ('!!! a\n    !!! b "Inner"\n        deep\n    back\nout', "**A**\n**Inner**\ndeep\nback\nout"),
        ("/// tip | Title\nText\n///", "**Title**\nText\n"),
        (":::warning\nText\n:::", "**Warning**\nText\n"),
        (":::note[Title]\nText\n:::", "**Title**\nText\n"),
        ("> [!IMPORTANT]\n> Text", "> **Important**\n> Text"),
        ("```\n!!! note\n    code\n```", "```\n!!! note\n    code\n```"),
        ("Title\n===", "Title\n==="),
    ],
)
def test_callouts_become_bold_lines_before_their_content(markdown: str, shown: str) -> None:
    assert plain_markdown(markdown) == shown


@pytest.mark.parametrize(
    "unit", ["[", "[a](", "[ [] ", "`", "`` ` ", "<!-- ", "<script> ", "<summary>", "> ", "# a\n", "&", "{#", '!!! "']
)
def test_hostile_markdown_takes_no_quadratic_time(unit: str) -> None:
    before = time.process_time()
    read_markdown(unit * 4000, "a.md")
    assert time.process_time() - before < 3
