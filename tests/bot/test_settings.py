"""What an operator may write about money, and what is refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import ServerSettings, Settings, SettingsError, load_settings
from bot.terminal.options import Options
from retrieval.settings import BudgetLimits, Prompts, Rates


def settings_of(folder: Path, text: str) -> Settings:
    (folder / "knowbot.toml").write_text(text)
    return load_settings(Options(config=folder / "knowbot.toml"))


def test_budget_and_prices_reach_the_engine(tmp_path: Path) -> None:
    retrieval = settings_of(
        tmp_path,
        '[budget]\nday = 1.5\ntime_zone = "Europe/Berlin"\n[prices."my/model:1"]\ninput = 0.02\noutput = 0.1\n',
    ).retrieval
    assert retrieval.budget == BudgetLimits(1.5, None, "Europe/Berlin")
    assert retrieval.prices == {"my/model:1": Rates(0.02, 0.1)}


def test_prompts_reach_the_engine_and_what_is_not_given_is_the_models_own(tmp_path: Path) -> None:
    retrieval = settings_of(tmp_path, '[prompts."my/model"]\nquery = "query: "\n').retrieval
    assert retrieval.prompts == {"my/model": Prompts("query: ", None)}


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('[prompts.m]\npassage = "passage: "\n', "prompts.m.passage"),
        ("[budget]\nday = -1\n", "budget.day"),
        ('[budget]\ntime_zone = "Europe/Atlantis"\n', "budget.time_zone"),
        ("[budget]\nweek = 1\n", "budget.week"),
        ("[prices.m]\noutput = 1\n", "prices.m.input"),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_key(tmp_path: Path, text: str, key: str) -> None:
    with pytest.raises(SettingsError, match=key):
        settings_of(tmp_path, text)


def test_a_servers_table_goes_before_what_all_servers_share(tmp_path: Path) -> None:
    settings = settings_of(
        tmp_path,
        "[discord]\nmoderators_channel = 1\nhelper_role = 2\noperators = [3]\nchannels = { 4 = 'helpful' }\n"
        "[servers.654]\nspace = 'other'\nhelper_role = 20\noperators = [30]\n"
        "channels = { 4 = 'silent', 5 = 'mention' }\n",
    )
    own = settings.server(654)
    assert (own.space, own.moderators_channel, own.helper_role, own.operators) == (
        "other",
        1,
        20,
        frozenset({3, 30}),
    )
    assert own.channels == {4: "silent", 5: "mention"}
    assert settings.server(655) == ServerSettings(
        space="default",
        moderators_channel=1,
        helper_role=2,
        operators=frozenset({3}),
        channels={4: "helpful"},
        language="en",
    )
    assert settings.spaces == {"default", "other"}
