"""reStructuredText, plain and with Sphinx's words in it."""

from __future__ import annotations

from textwrap import dedent

import pytest

from retrieval.extractors.rst import BrokenMarkupError, read_rst


def shown(source: str) -> str:
    return read_rst(dedent(source), "a.rst").text


def test_sections_become_headings_with_the_anchors_that_docutils_gives() -> None:
    source = "Über *cats*\n===========\n\nText.\n\nFood & drink\n------------\n\nMeat.\n"
    extracted = read_rst(source, "cats.rst")
    assert extracted.title == "Über cats"
    assert extracted.text == "# Über cats\n\nText.\n\n## Food & drink\n\nMeat."
    assert [(each.level, each.anchor) for each in extracted.headings] == [(1, "uber-cats"), (2, "food-drink")]
    assert [extracted.text[each.start : each.end] for each in extracted.headings] == ["# Über cats", "## Food & drink"]


@pytest.mark.parametrize("directive", ["code-block", "code", "sourcecode"])
def test_code_keeps_its_language_and_blank_lines_whatever_options_it_has(directive: str) -> None:
    source = f".. {directive}:: python\n   :linenos:\n   :emphasize-lines: 2\n\n   def f():\n\n       return 1\n"
    assert shown(source) == "```python\ndef f():\n\n    return 1\n```"


def test_lists_tables_and_definitions_are_markdown() -> None:
    assert shown("1. one\n2. two\n\n   - inner\n") == "1. one\n2. two\n   - inner"
    assert shown("=== ===\na   b\n=== ===\n1   x|y\n=== ===\n") == "| a | b |\n| --- | --- |\n| 1 | x\\|y |"
    assert shown("term\n   meaning\n") == "**term**\n\nmeaning"
    grid = "+---+---+\n| x | y |\n+   +---+\n|   | z |\n+---+---+\n"
    assert shown(grid) == "| x | y |\n| --- | --- |\n| x | z |"


def test_sphinxs_roles_show_their_words() -> None:
    source = "See :ref:`the guide <guide>`, :py:class:`~pets.cats.Cat`, :doc:`/intro` and ``code``.\n"
    assert shown(source) == "See the guide, `Cat`, /intro and `code`."


def test_sphinxs_directives_show_argument_and_content_and_navigation_shows_nothing() -> None:
    source = """
        .. toctree::
           :maxdepth: 2

           install

        .. py:function:: feed(cat)

           Gives *meat*.

        .. versionadded:: 2.0

        .. tab-item:: Linux

           Open a shell.
        """
    assert shown(source) == "`feed(cat)`\n\nGives meat.\n\nAdded in version 2.0\n\nLinux\n\nOpen a shell."


def test_text_that_docutils_cannot_parse_is_shown_as_it_is() -> None:
    assert shown("Before.\n\n.. note::\n   :bad: option\n\n   Do not lose me.\n") == "Before.\n\nDo not lose me."


@pytest.mark.parametrize(
    "source",
    [
        ".. include:: {path}",
        ".. literalinclude:: {path}",
        ".. csv-table::\n   :file: {path}",
        ".. raw:: html\n   :file: {path}",
        ".. raw:: html\n\n   secret",
        ".. code-block:: text\n   :file: {path}",
        ".. include:: {path}\n   :code: text",
    ],
)
def test_no_directive_reads_another_file_or_passes_markup_on(
    tmp_path_factory: pytest.TempPathFactory, source: str
) -> None:
    path = tmp_path_factory.mktemp("etc") / "passwd"
    path.write_text("secret")
    assert "secret" not in shown(f"Text.\n\n{source.format(path=path)}\n")


def test_fields_at_the_top_are_about_the_file_and_are_passed_over() -> None:
    assert shown(":orphan:\n\nText.\n") == "Text."
    assert shown("Text.\n\n:Name: Tom\n:Age: 3\n") == "Text.\n\n- Name: Tom\n- Age: 3"


def test_markup_at_which_docutils_fails_is_refused_by_name() -> None:
    with pytest.raises(BrokenMarkupError, match=r"loop\.rst"):
        read_rst(".. |a| replace:: |b| |b|\n.. |b| replace:: |a| |a|\n\n|a|\n", "loop.rst")


def test_a_table_of_contents_is_navigation_and_a_numbered_heading_keeps_its_number() -> None:
    assert shown(".. contents::\n.. sectnum::\n\nCats\n====\n\nText.\n") == "# 1 Cats\n\nText."
