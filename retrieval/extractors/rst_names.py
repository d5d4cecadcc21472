"""Sphinx's words in reStructuredText, taught to docutils, which knows only its own.

Every directive that docutils lacks becomes one that shows its argument and its content; every role one that shows its
words. Nothing that Sphinx would do (include files, import modules) is done.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import Directive, directives, roles
from docutils.parsers.rst.languages import en

_DIRECTIVE = re.compile(r"^[ \t]*\.\.[ \t]+(?:\|[^|\n]+\|[ \t]+)?([A-Za-z][\w.+:-]{0,60})::(?:[ \t]|$)", re.MULTILINE)
_ROLE = re.compile(r":([A-Za-z][\w.+:-]{0,60}):`|`:([A-Za-z][\w.+:-]{0,60}):")
_MOST_NAMES = 200
# Navigation and settings: nothing of them is shown to a reader.
_SILENT = frozenset(
    {"toctree", "index", "highlight", "currentmodule", "module", "py:currentmodule", "py:module", "tabularcolumns"}
    | {"default-domain", "codeauthor", "sectionauthor", "literalinclude", "meta", "testsetup", "testcleanup"}
)
_CODE = frozenset({"testcode", "testoutput", "prompt", "console", "ipython", "jupyter-execute", "plot"})
_SAID = {
    "versionadded": "Added in version",
    "versionchanged": "Changed in version",
    "deprecated": "Deprecated since version",
    "versionremoved": "Removed in version",
}
_CODE_ROLES = frozenset(
    {"attr", "class", "cmd", "command", "confval", "const", "data", "envvar", "exc", "file", "func", "kbd", "keyword"}
    | {"makevar", "meth", "mod", "option", "program", "samp", "token", "type", "var"}
)
_TARGET = re.compile(r"\s*<[^<>]*>\Z")


class _AnyOption(dict[str, Callable[[str], str]]):
    """Options by any name, kept as they are."""

    def __bool__(self) -> bool:
        return True  # docutils reads no options for a directive whose specification is empty

    def __missing__(self, name: str) -> Callable[[str], str]:
        return directives.unchanged


class _Shown(Directive):
    """A directive that docutils lacks: its argument as a line, then its content as if it stood there."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[Mapping[str, Callable[[str], str]]] = _AnyOption()  # type: ignore[assignment]

    def run(self) -> Sequence[nodes.Node]:
        """The nodes that stand in the directive's place."""
        name = self.name.lower()
        if name in _SILENT:
            return []
        holder = nodes.container()
        argument = " ".join(" ".join([_SAID.get(name, ""), *self.arguments]).split())
        if argument:
            described = name not in _SAID and self.content and "(" in argument
            holder += nodes.paragraph("", "", nodes.literal(argument, argument) if described else nodes.Text(argument))
        self.state.nested_parse(self.content, self.content_offset, holder)
        return holder.children


class _Code(Directive):
    """``code-block`` with Sphinx's options, at which docutils' own would drop the code."""

    has_content = True
    optional_arguments = 1
    option_spec: ClassVar[Mapping[str, Callable[[str], str]]] = _AnyOption()  # type: ignore[assignment]

    def run(self) -> Sequence[nodes.Node]:
        """The code, its language as a class."""
        text = "\n".join(self.content)
        return [nodes.literal_block(text, text, classes=self.arguments[:1])] if text.strip() else []


def _role(name: str, rawtext: str, text: str, *_: object) -> tuple[list[nodes.Node], list[nodes.system_message]]:
    """The words of a role: the title before ``<target>``, of ``~a.b.c`` the last part."""
    shown = _TARGET.sub("", text.replace("\x00", "")).strip() or text.strip(" <>")
    if shown.startswith("~"):
        shown = shown.rpartition(".")[2].lstrip("~")
    shown = shown.lstrip("!")
    is_code = name.rpartition(":")[2].lower() in _CODE_ROLES
    return [nodes.literal(rawtext, shown) if is_code else nodes.inline(rawtext, shown)], []


def teach(source: str) -> None:
    """Makes docutils know the directives and roles that ``source`` names and it does not; at most 200 of each."""
    named = {name.lower() for name in _DIRECTIVE.findall(source)} - en.directives.keys() | {"literalinclude"}
    for name in sorted(named)[:_MOST_NAMES]:
        directives.register_directive(name, _Code if name in _CODE else _Shown)
    for name in ("code", "code-block", "sourcecode"):
        directives.register_directive(name, _Code)
    said = {(before or after).lower() for before, after in _ROLE.findall(source)} - en.roles.keys()
    for name in sorted(said)[:_MOST_NAMES]:
        roles.register_local_role(name, _role)  # type: ignore[arg-type]
