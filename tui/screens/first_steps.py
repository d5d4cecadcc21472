"""First steps: from an empty folder to a bot that answers, by documents, token and invitation."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from storage.errors import KnowbotError
from tui.admin_data import AdminData
from tui.dialogs.confirm import confirmed
from tui.widgets.job_text import current_job
from tui.words import count

_LOOK_SECONDS = 0.5
_DOCUMENTS = "A folder, a file or an address with what your members ask about. Whatever is in it can be quoted to them."
_TOKEN = (
    "Make an application on discord.com/developers/applications. On its Bot page switch on Message Content Intent, "
    "press Reset Token, and paste the token here."
)
_NO_TOKEN = (
    "that is no token of a Discord bot: it has three parts with dots between them, from the application's Bot page"
)
_KEEP = (
    "The token lets whoever has it speak as your bot. It is written into the file .env in the folder that you started "
    "this console in, which only you may read then, and nowhere else: not into the database, a backup or the log."
)


class FirstSteps(ModalScreen[None]):
    """Three steps, each of which says when it is done; they can be left and come back to at any time."""

    AUTO_FOCUS = "#documents-path"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "To the console"),
        Binding("ctrl+l", "copy_link", "Copy the link"),
    ]

    def __init__(self, data: AdminData) -> None:
        super().__init__()
        self._data = data
        self._link = ""

    def compose(self) -> ComposeResult:
        """The steps below each other."""
        with VerticalScroll(classes="dialog steps") as box:
            box.border_title = "Welcome to knowbot"
            box.border_subtitle = "Tab: next   Enter: do it   Escape: to the console"
            yield Static("", id="step-documents", classes="head")
            yield Static(_DOCUMENTS, markup=False, classes="legend")
            yield Input(placeholder="~/handbook or https://docs.example.org", id="documents-path", compact=True)
            yield Static("", id="documents-state", markup=False)
            yield Static("", id="step-token", classes="head")
            yield Static(_TOKEN, markup=False, classes="legend", id="token-how")
            yield Input(placeholder="the bot's token", password=True, id="token", compact=True)
            yield Static("", id="token-state", markup=False)
            yield Static("", id="step-invite", classes="head")
            yield Static("", id="invite-link", markup=False)

    def on_mount(self) -> None:
        """Follows what is being worked at."""
        for state in ("#documents-state", "#token-state"):
            self._say(state, "")
        self._look()
        self.set_interval(_LOOK_SECONDS, self._look)

    def action_copy_link(self) -> None:
        """Puts the invitation into the clipboard."""
        if self._link:
            self.app.copy_to_clipboard(self._link)
            self.notify("the link was copied")

    @work(exclusive=True, group="look")
    async def _look(self) -> None:
        try:
            view = await self._data.overview.view()
        except KnowbotError as error:
            self._say("#documents-state", f"! {error}")
            return
        known = view.counts.documents
        self._head("#step-documents", 1, "Documents", f"{count(known, 'document')} taken in" if known else "")
        if view.jobs:
            self._say("#documents-state", current_job(view.jobs, view.now))
        self._show_token()

    def _show_token(self) -> None:
        around = self._data.surroundings
        token = around.find_token() or ""
        self._link = around.invitation(token) or ""
        self._head("#step-token", 2, "Token", "found" if token else "")
        for part in ("#token-how", "#token"):
            self.query_one(part).display = not token
        self._head("#step-invite", 3, "Invite it", "")
        self._say("#invite-link", _invitation(self._link, bool(token)))

    @on(Input.Submitted, "#documents-path")
    @work(exclusive=True, group="documents")
    async def _take_in(self, submitted: Input.Submitted) -> None:
        location = submitted.value.strip()
        if not location:
            return
        self._say("#documents-state", "looking …")
        try:
            offered = await self._data.knowledge.count_offered(location)
            await self._data.knowledge.add(location)
        except KnowbotError as error:
            self._say("#documents-state", f"! {error}")
            return
        self.notify(f"{count(offered, 'document')} to take in: the worker is at it", markup=False)
        submitted.input.value = ""
        self.query_one("#token" if self.query_one("#token").display else "#documents-path").focus()

    @on(Input.Submitted, "#token")
    @work
    async def _keep(self, submitted: Input.Submitted) -> None:
        around, token = self._data.surroundings, submitted.value.strip()
        if around.invitation(token) is None:
            self._say("#token-state", f"! {_NO_TOKEN}")
            return
        if await confirmed(self.app, "Write the token into .env?", _KEEP, "Write it"):
            try:
                file = around.keep_token(token)
            except OSError as error:
                self._say("#token-state", f"! it could not be written ({error.strerror}): set DISCORD_TOKEN yourself")
                return
            self._say("#token-state", f"written to {file}")
            submitted.input.value = ""
            self._look()
        else:
            self._say("#token-state", "nothing was written: set DISCORD_TOKEN in the environment instead")

    def _head(self, part: str, number: int, title: str, done: str) -> None:
        mark = "✓" if done else "·"
        head = Content.from_markup(
            "[b]$mark $n  $title[/]  [$success]$done[/]", mark=mark, n=number, title=title, done=done
        )
        self.query_one(part, Static).update(head)

    def _say(self, part: str, words: str) -> None:
        line = self.query_one(part, Static)
        line.display = bool(words)
        line.update(words)


def _invitation(link: str, has_token: bool) -> str:
    if link:
        return f"{link}\nCtrl+L copies it. Open it, choose your server, then start the bot: knowbot run"
    if has_token:
        return "The application's page on discord.com offers the link; then start the bot: knowbot run"
    return "The link appears here once there is a token."
