"""A helper's message becomes an answer: drafted from the talk around it, edited and approved by a person."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal, Self, cast

import discord
from discord.ui import Button, TextInput

from bot import words
from bot.community.history import channel_of
from bot.community.places import bound_to
from bot.community.staff import refuse_others
from bot.outgoing.embeds import draft_embed
from bot.outgoing.telling import tell
from bot.views.lasting_view import Clicked, Form, LastingButton, LastingView
from storage.message_documents import AnswerDraft, NoSuchDraftError

if TYPE_CHECKING:
    from bot.client import KnowbotClient

_LONGEST_QUESTION = 200
_LONGEST_ANSWER = 3000
_DAY = 86_400.0
_DEFAULT_DAYS = 365
_MOST_DAYS = 3650

Verdict = Literal["publish", "discard"]


class SaveModal(Form):
    """The draft, to be edited."""

    def __init__(self, client: KnowbotClient, message: discord.Message, question: str) -> None:
        super().__init__(client, words.SAVE_TITLE)
        self._message = message
        self.question: TextInput[Any] = TextInput(
            label=words.SAVE_QUESTION,
            custom_id="question",
            max_length=_LONGEST_QUESTION,
            min_length=5,
            default=" ".join(question.split())[:_LONGEST_QUESTION],
        )
        self.answer: TextInput[Any] = TextInput(
            label=words.SAVE_ANSWER,
            custom_id="answer",
            style=discord.TextStyle.paragraph,
            max_length=_LONGEST_ANSWER,
            min_length=5,
            default=message.clean_content[:_LONGEST_ANSWER],
        )
        self.days: TextInput[Any] = TextInput(
            label=words.SAVE_DAYS, custom_id="days", max_length=4, default=str(_DEFAULT_DAYS)
        )
        for item in (self.question, self.answer, self.days):
            self.add_item(item)

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        """Keeps the draft and shows it as it will be known, with the buttons that decide."""
        channel, engine = channel_of(self._message), self._client.engine
        days = self.days.value.strip()
        if channel is None or not days.isdecimal() or not 1 <= int(days) <= _MOST_DAYS:
            await tell(interaction, words.SAVE_DAYS_WRONG)
            return
        now, hashed = engine.clock(), engine.conversations.hashed
        draft = AnswerDraft(
            space=self._client.settings.space_of(interaction.guild_id),
            question=self.question.value.strip(),
            answer=self.answer.value.strip(),
            location=self._message.jump_url,
            visibility=bound_to(channel),
            expires_at=now + int(days) * _DAY,
            message_id=self._message.id,
            channel_id=channel.id,
            author_hash=hashed(self._message.author.id),
            drafted_by=hashed(interaction.user.id),
            drafted_at=now,
        )
        async with self._client.deferring.thinking(interaction):
            if interaction.guild_id:
                await self._client.lane.run(engine.stores.servers.note_channels, interaction.guild_id, [channel.id])
            number = await self._client.lane.run(engine.saved_answers.draft, draft)
            await interaction.edit_original_response(embed=draft_embed(draft), view=draft_buttons(number))


class DraftButton(LastingButton, template=r"knowbot:draft:(?P<number>\d+):(?P<verdict>publish|discard)"):
    """Approves a draft, or throws it away."""

    def __init__(self, number: int, verdict: Verdict) -> None:
        label = words.PUBLISH if verdict == "publish" else words.DISCARD
        style = discord.ButtonStyle.success if verdict == "publish" else discord.ButtonStyle.secondary
        super().__init__(Button(label=label, style=style, custom_id=f"knowbot:draft:{number}:{verdict}"))
        self.number, self.verdict = number, verdict

    @classmethod
    async def from_custom_id(cls, interaction: Clicked, item: discord.ui.Item[Any], match: re.Match[str], /) -> Self:
        """See DynamicItem."""
        return cls(int(match["number"]), cast(Verdict, match["verdict"]))

    async def pressed(self, interaction: Clicked) -> None:
        """What is published answers the next question."""
        client: KnowbotClient = interaction.client
        if await refuse_others(interaction, client.settings):
            return
        await interaction.response.defer()
        answers = client.engine.saved_answers
        try:
            async with client.at_work():
                if self.verdict == "discard":
                    await client.lane.run(answers.discard, self.number)
                    sentence = words.DISCARDED
                else:
                    draft = await client.lane.run(answers.publish, self.number)
                    sentence = words.published(draft.location)
                    server = str(interaction.guild_id)
                    audit = client.engine.members.audit
                    await client.lane.run(audit, server, interaction.user.id, "save as answer", draft.location)
        except NoSuchDraftError:
            sentence = words.DRAFT_GONE
        await interaction.edit_original_response(content=sentence, view=None)


def draft_buttons(number: int) -> LastingView:
    """Publish and discard."""
    view = LastingView()
    view.add_item(DraftButton(number, "publish"))
    view.add_item(DraftButton(number, "discard"))
    return view
