"""What a member still gets when the budget is used up or the API is away: one rung of the ladder after the other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from retrieval.costs.budget import BudgetExhaustedError, BudgetLimits
from retrieval.costs.pricing import Rates
from retrieval.embed import text_hash
from retrieval.engine import Engine, NothingIndexedError
from retrieval.settings import RetrievalSettings
from retrieval.types import Question
from tests.embeddings_api import EmbeddingsApi, status

PAGES = {
    "trash.md": "# Trash\n\nDeleted pictures stay in the trash for 30 days. Nobody else sees them.\n",
    "ports.md": "# Ports\n\nThe server listens on port 2342. Open it in your firewall.\n",
    # A word is worth nothing in a corpus so small that every page has it.
    **{
        f"{word}.md": f"# {word}\n\nAll about {word}, and not a word more.\n"
        for word in ["birds", "boats", "bells", "bread"]
    },
}
TRASH = Question("do deleted pictures stay in the trash?")
ENOUGH = BudgetLimits(day=1000.0)
NOTHING = BudgetLimits(day=0.0)


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[EmbeddingsApi]:
    with EmbeddingsApi(48) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
        yield server


@pytest.fixture
def data_dir(api: EmbeddingsApi, tmp_path: Path) -> Path:
    """A data folder in which all pages are encoded, and paid for."""
    (tmp_path / "pages").mkdir()
    for name, text in PAGES.items():
        (tmp_path / "pages" / name).write_text(text)
    with engine(tmp_path / "data", ENOUGH) as opened:
        report = opened.library.ingest(tmp_path / "pages", "default")
    assert len(report.new) == len(PAGES)
    return tmp_path / "data"


def engine(data_dir: Path, limits: BudgetLimits) -> Engine:
    settings = RetrievalSettings("openai:words@48", budget=limits, prices={"words": Rates(input=1000.0)})
    return Engine(data_dir, settings)


def test_without_money_the_words_of_a_question_still_find_the_sentence_that_answers(
    api: EmbeddingsApi, data_dir: Path
) -> None:
    before = len(api.requests)
    with engine(data_dir, NOTHING) as opened:
        answer = opened.answers.answer(TRASH)
    assert len(api.requests) == before
    assert answer.decision == "answer"
    assert answer.text.startswith("Deleted pictures stay in the trash for 30 days.")
    assert answer.sources[0].location.startswith("trash.md")
    assert answer.notes == ("by_words",)


def test_words_that_are_not_enough_lead_to_the_nearest_documents(data_dir: Path) -> None:
    with engine(data_dir, NOTHING) as opened:
        answer = opened.answers.answer(Question("can my neighbour watch films over the server on holidays?"))
    assert (answer.decision, answer.text, answer.notes) == ("unsure", "", ("by_words",))
    assert answer.sources[0].location.startswith("ports.md")


def test_a_question_whose_vector_is_known_is_searched_for_as_ever(api: EmbeddingsApi, data_dir: Path) -> None:
    with engine(data_dir, ENOUGH) as opened:
        full = opened.answers.answer(TRASH)
    with engine(data_dir, NOTHING) as opened:
        again = opened.answers.answer(TRASH)
    assert [c.chunk.id for c in again.candidates] == [c.chunk.id for c in full.candidates]
    assert again.confidence == full.confidence
    assert (again.text, again.notes) == (full.text, ())  # its sentences were paid for and kept as well


def test_sentences_that_may_not_be_encoded_are_chosen_by_their_words(data_dir: Path) -> None:
    with engine(data_dir, ENOUGH) as opened:
        opened.answers.answer(TRASH)
        opened.stores.db.rows(
            "DELETE FROM embedding_cache WHERE text_hash <> ? AND kind = 'query'", (text_hash(TRASH.text),)
        )
    with engine(data_dir, NOTHING) as opened:
        answer = opened.answers.answer(TRASH)
    assert answer.candidates[0].vector  # it was searched for by its vector
    assert answer.notes == ("sentences_by_words",)
    assert answer.sources[0].quote


def test_an_api_that_is_away_is_waited_for_once_and_not_by_everybody(api: EmbeddingsApi, data_dir: Path) -> None:
    api.faults.extend([status(429, {"Retry-After": "90"})] * 5)
    before = len(api.requests)
    with engine(data_dir, ENOUGH) as opened:
        assert opened.answers.encode([TRASH]) == [None]
        assert opened.answers.answer(TRASH).notes == ("by_words",)
        assert opened.answers.answer(Question("which port does the server listen on?")).notes == ("by_words",)
    assert len(api.requests) == before + 1


def test_emoji_are_small_talk_and_an_empty_space_is_said_to_be_empty(data_dir: Path, tmp_path: Path) -> None:
    with engine(data_dir, NOTHING) as opened:
        assert opened.answers.answer(Question("🎉🎉")).decision == "small_talk"
        opened.spaces.active_or_new("empty")
        with pytest.raises(NothingIndexedError):
            opened.answers.answer(Question("anything?", space="empty"))


def test_documents_are_not_taken_in_without_money_and_those_that_were_stay(data_dir: Path) -> None:
    page = data_dir.parent / "pages" / "new.md"
    page.write_text("# New\n\nAnother page.\n")
    with engine(data_dir, NOTHING) as opened:
        with pytest.raises(BudgetExhaustedError, match="budget of this day"):
            opened.library.ingest(page.parent, "default")
        assert opened.stores.documents.counts("default").documents == len(PAGES)
