"""A chat as a page: what was posted, drawn as a member sees it. The look is our own; nothing comes from the web."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from string import Template

import discord
from markdown_it import MarkdownIt

Names = Mapping[int, str]
"""What channels, roles and members are called."""

# What Discord knows of Markdown. A table is no part of it: its bars are shown as they stand.
_MARKDOWN = MarkdownIt("zero", {"breaks": True}).enable(
    ["emphasis", "strikethrough", "backticks", "fence", "list", "blockquote", "heading", "link", "escape", "newline"]
)
_MENTION = re.compile(r"&lt;(@&amp;|@|#)(\d+)&gt;")
_MESSAGE_LINK = re.compile(r"https://discord\.com/channels/\d+/(\d+)/\d+")

_PAGE = Template("""<!doctype html><meta charset="utf-8"><style>
body { margin: 0; padding: 18px 22px; display: flex; flex-direction: column; gap: 16px; width: 596px;
       background: #fbfaf8; color: #2a2e35;
       font: 15px/1.42 "Liberation Sans", "DejaVu Sans", sans-serif, "Noto Color Emoji"; overflow-wrap: anywhere }
.post { display: flex; gap: 14px }
.face { flex: none; width: 38px; height: 38px; border-radius: 50%; color: #fff; font: bold 18px/38px "Liberation Sans";
        text-align: center; background: #7a8794 } .bot .face { background: #b4690e }
.says { min-width: 0; flex: 1 } .who { font-weight: bold } .tag { font: bold 10px/15px "Liberation Sans"; color: #fff;
        background: #b4690e; border-radius: 3px; padding: 1px 4px; margin-left: 6px; vertical-align: 1px }
.to { color: #6b7480; font-size: 13px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis }
p, ul, ol { margin: 0 0 6px } p:last-child, ul:last-child { margin-bottom: 0 } ul, ol { padding-left: 22px }
.card { background: #fff; border: 1px solid #e2ddd4; border-left: 4px solid #c3bcb0; border-radius: 5px;
        padding: 10px 14px; margin-top: 4px; font-size: 14px; max-width: 500px }
.title { font-weight: bold; font-size: 15px; margin-bottom: 6px } .name { font-weight: bold; margin-top: 8px }
.foot { color: #6b7480; font-size: 12px; margin-top: 8px }
code { font: 12.5px "Liberation Mono", monospace; background: #efece6; border-radius: 3px; padding: 1px 4px }
pre { background: #efece6; border-radius: 4px; padding: 8px 10px; margin: 4px 0; white-space: pre-wrap }
pre code { padding: 0 } blockquote { margin: 0; padding-left: 10px; border-left: 4px solid #ccc6bb }
.call { background: #f6e6cf; color: #8a4f06; border-radius: 3px; padding: 0 3px } a { color: #1b62a8 }
.button { display: inline-block; margin: 8px 8px 0 0; padding: 5px 13px; background: #e9e5de; border: 1px solid #d8d2c7;
          border-radius: 6px; font-size: 14px }
</style><body>$posts<script>document.title = Math.ceil(document.documentElement.getBoundingClientRect().height)</script>
""")


def page(posts: Iterable[str]) -> str:
    """A whole page; its title says, once it is drawn, how high it is."""
    return _PAGE.substitute(posts="".join(posts))


def post(message: discord.Message, names: Names, above: str = "") -> str:
    """One message. ``above`` is the small line over it: what it replies to, or the command that was used."""
    author = names[message.author.id]
    parts = [f'<div class="to">{html.escape(above)}</div>' if above else ""]
    tag = '<span class="tag">APP</span>' if message.author.bot else ""
    parts.append(f'<div class="who">{html.escape(author)}{tag}</div>')
    parts += [_marked(message.content, names), *(_card(embed, names) for embed in message.embeds), *_buttons(message)]
    kind = "post bot" if message.author.bot else "post"
    return f'<div class="{kind}"><div class="face">{author[0]}</div><div class="says">{"".join(parts)}</div></div>'


def _card(embed: discord.Embed, names: Names) -> str:
    parts = [f'<div class="title">{html.escape(embed.title)}</div>' if embed.title else ""]
    parts.append(_marked(embed.description or "", names))
    for field in embed.fields:
        parts.append(f'<div class="name">{html.escape(field.name or "")}</div>{_marked(field.value or "", names)}')
    parts.append(f'<div class="foot">{html.escape(embed.footer.text)}</div>' if embed.footer.text else "")
    bar = f' style="border-left-color: {embed.colour}"' if embed.colour else ""
    return f'<div class="card"{bar}>{"".join(parts)}</div>'


def _buttons(message: discord.Message) -> Iterator[str]:
    for row in message.components:
        for button in row.children if isinstance(row, discord.ActionRow) else ():
            if isinstance(button, discord.Button):
                emoji = f"{button.emoji} " if button.emoji else ""
                yield f'<span class="button">{emoji}{html.escape(button.label or "")}</span>'


def _marked(text: str, names: Names) -> str:
    if text.startswith(">>> "):  # Discord's quote to the end of the message
        text = "\n".join(f"> {line}" for line in text[4:].splitlines())
    drawn = str(_MARKDOWN.render(text))
    drawn = _MENTION.sub(lambda found: f'<span class="call">{_called(found[1], int(found[2]), names)}</span>', drawn)
    return _MESSAGE_LINK.sub(lambda found: f'<span class="call"># {names[int(found[1])]} › 💬</span>', drawn)


def _called(mark: str, number: int, names: Names) -> str:
    return html.escape(f"{'#' if mark == '#' else '@'}{names[number]}")
