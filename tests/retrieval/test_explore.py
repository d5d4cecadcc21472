"""Looking around in a space: on documents whose likeness a reader sees, with spelling for meaning."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import retrieval.explore
from retrieval.engine import Engine, NothingIndexedError
from retrieval.explore import NothingToCompareError, SurveyMissingError, nearest_terms
from retrieval.settings import RetrievalSettings
from retrieval.types import Asked, Question
from storage.records import InteractionDraft
from storage.surveys import Surveys

SPACE = "default"
NOW = 1_000_000.0
BREAD = "Knead flour, water, salt and yeast into a dough, let it rise for an hour, then bake the bread in a hot oven."
BOATS = "Hoist the sail, hold the rudder and leave the harbour with the tide before the wind turns to the north."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    for number in range(15):
        (folder / f"bread{number}.md").write_text(
            f"# Bread {number}\n\n{BREAD} Loaf {number * 7919}.\n", encoding="utf-8"
        )
        (folder / f"boat{number}.md").write_text(
            f"# Boat {number}\n\n{BOATS} Boat {number * 7919}.\n", encoding="utf-8"
        )
    (folder / "strange.md").write_text("# Zzyzx\n\nQqq xxjq vvwk zzpf kkjx wwqz.\n", encoding="utf-8")
    return folder


@pytest.fixture
def engine(tmp_path: Path, folder: Path) -> Iterator[Engine]:
    with Engine(tmp_path / "data", RetrievalSettings(encoder="hashing"), clock=lambda: NOW) as engine:
        engine.library.ingest(folder, SPACE)
        yield engine


def ask(
    engine: Engine, question: str, decision: str = "unsure", asked_at: float = NOW - 60, addressed: bool = True
) -> None:
    engine.stores.interactions.record(
        InteractionDraft(
            space=SPACE,
            asked_at=asked_at,
            origin="discord",
            question=question,
            decision=decision,
            answer="",
            confidence=0.3,
            off_topic_score=0.1,
            addressed=addressed,
            visible_to=frozenset({"public"}),
        )
    )


def test_topics_are_told_apart_and_named(engine: Engine) -> None:
    topics = engine.explorer.survey(SPACE).topics
    assert sum(topic.passages for topic in topics) == 31
    for topic in topics:
        kinds = {location[:4] for location, _ in topic.examples}
        assert len(kinds) == 1, topic
    assert any("yeast" in topic.name or "bread" in topic.name for topic in topics)


def test_the_document_unlike_the_rest_is_named(engine: Engine) -> None:
    assert [each.location for each in engine.explorer.survey(SPACE).outliers] == ["strange.md"]


def test_whole_documents_and_passages_that_say_the_same_are_grouped(engine: Engine, folder: Path) -> None:
    recipe = " ".join(f"step{number} of the recipe for soup" for number in range(20))
    for name in ("soup.md", "copy.md"):
        (folder / name).write_text(f"# Soup\n\n{recipe}.\n", encoding="utf-8")
    licence = " ".join(f"clause{number} of the licence" for number in range(20))
    for name in ("one", "two"):
        own = " ".join(f"{name}{number}" for number in range(60))
        (folder / f"{name}.md").write_text(f"# {name}\n\n{own}\n\n## Licence\n\n{licence}.\n", encoding="utf-8")
    engine.library.ingest(folder, SPACE)
    groups = [{place.location for place in g.places} for g in engine.explorer.survey(SPACE).duplicates if not g.whole]
    whole = [{place.location for place in g.places} for g in engine.explorer.survey(SPACE).duplicates if g.whole]
    assert {"soup.md", "copy.md"} in whole
    assert {"one.md#licence", "two.md#licence"} in groups
    assert not any("one.md" in group or "soup.md#soup" in group for group in whole)


def test_what_was_asked_in_vain_is_grouped_with_its_nearest_document(engine: Engine) -> None:
    for number in range(3):
        decision = "off_topic" if number == 2 else "unsure"
        ask(engine, f"does anybody sell bicycle helmets for kids {number}", decision)
    ask(engine, "bicycle helmets, said to nobody?", "off_topic", addressed=False)
    ask(engine, "when does the dough rise with yeast and flour and water and salt in a hot oven")
    ask(engine, "bicycle helmets?", decision="answer")
    ask(engine, "bicycle helmets are great", addressed=False)
    ask(engine, "bicycle helmets, long ago", asked_at=NOW - 40 * 86_400)
    first, second = engine.explorer.survey(SPACE).gaps
    assert (first.missing, len(first.questions), second.missing) == (True, 3, False)
    assert "bicycle" in first.name
    assert all("helmets for kids" in example for example in first.examples)
    assert second.nearest.startswith("bread")


def test_a_survey_is_kept_without_the_words_of_questions_and_reads_the_same(engine: Engine) -> None:
    ask(engine, "who repairs accordions")
    made = engine.explorer.survey(SPACE)
    assert engine.explorer.kept(SPACE) == made
    assert "who repairs" not in str(engine.stores.db.rows("SELECT value FROM survey"))
    engine.stores.known_questions.forget(made.gaps[0].questions[0])
    kept = engine.explorer.kept(SPACE)
    assert kept is not None
    assert kept.gaps == ()


def test_what_is_forgotten_is_in_no_survey(engine: Engine) -> None:
    engine.explorer.survey(SPACE)
    engine.forgetting.document(SPACE, "strange.md")
    assert engine.explorer.kept(SPACE) is None
    engine.explorer.survey(SPACE)
    asked = Asked("discord", author_id=7, channel_id=1, message_id=2)
    engine.conversations.record(engine.answers.answer(Question("who repairs accordions")), asked)
    engine.forgetting.member(7)
    assert engine.explorer.kept(SPACE) is None


def test_a_large_space_is_left_to_the_worker(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retrieval.explore, "SMALL", 5)
    with pytest.raises(SurveyMissingError, match="knowbot jobs run survey"):
        engine.explorer.present(SPACE)
    made = engine.explorer.survey(SPACE)
    ask(engine, "asked since the survey")
    assert engine.explorer.present(SPACE) == made


def test_an_empty_space_has_nothing_to_look_at(tmp_path: Path) -> None:
    with Engine(tmp_path / "empty", RetrievalSettings(encoder="hashing")) as engine:
        for look in (engine.explorer.survey, engine.explorer.present):
            with pytest.raises(NothingIndexedError):
                look(SPACE)
        assert engine.explorer.kept(SPACE) is None
        assert engine.explorer.map(SPACE) is None


def test_on_the_map_a_question_lies_among_the_documents_it_is_like(engine: Engine) -> None:
    engine.explorer.survey(SPACE)
    engine.conversations.record(engine.answers.answer(Question(BREAD)), Asked("console"))
    ask(engine, "never searched for, so its vector is not known")
    found = engine.explorer.map(SPACE)
    assert found is not None
    (question,) = found.questions
    nearest = min(found.points, key=lambda point: (point.x - question.x) ** 2 + (point.y - question.y) ** 2)
    assert nearest.location.startswith("bread")
    assert len(found.points) == 31
    assert 0 < found.explained <= 1
    assert {found.topics[point.topic] for point in found.points} <= set(found.topics)


def test_texts_and_documents_are_compared_each_with_each(engine: Engine) -> None:
    found = engine.explorer.similar(SPACE, ["bread1.md", "bread2.md", BOATS])
    cosines = np.array(found.cosines)
    assert np.allclose(cosines, cosines.T)
    assert np.allclose(np.diag(cosines), 1.0)
    assert cosines[0, 1] > cosines[0, 2]
    with pytest.raises(NothingToCompareError):
        engine.explorer.similar(SPACE, ["alone"])


def test_an_analogy_comes_out_at_words_and_headings_of_the_space(engine: Engine) -> None:
    found = dict(engine.explorer.analogy(SPACE, "yeast", "dough", "dough"))
    assert "yeast" not in found
    assert "flour" in found or "oven" in found or any(term.startswith(("Bread", "Boat")) for term in found)


def test_king_less_man_and_woman_is_queen() -> None:
    """With the answer opposite to "prince", and "apple" at a right angle to all."""
    male, royal = np.eye(3)[0], np.eye(3)[1]
    vectors = {"queen": royal - male, "prince": royal + male, "apple": np.eye(3)[2]}
    rows = np.stack([v / np.linalg.norm(v) for v in vectors.values()]).astype(np.float32)
    given = np.stack([royal + male, male, -male]).astype(np.float32)  # king, man, woman
    assert nearest_terms(list(vectors), rows, given, 1) == [("queen", 1.0)]


def test_each_space_has_one_survey(engine: Engine) -> None:
    surveys = Surveys(engine.stores.db)
    surveys.put("a", {"x": 1}, 1.0)
    surveys.put("a", {"x": 2}, 2.0)
    assert (surveys.get("a"), surveys.get("b")) == ({"x": 2}, None)
