"""The second look: sentences and headings of the first document beside those of the next ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from retrieval.calibrate import Logistic
from retrieval.engine import Engine
from retrieval.reading import WORTH_READING, Encode, confidence, lead_by_sentences
from retrieval.settings import RetrievalSettings
from retrieval.types import Question
from storage.records import Matrix
from tests.fakes import a_candidate, a_chunk

QUESTION = np.array([1, 0], dtype=np.float32)
PAGES = {
    "trash.md": "# Trash\n\nDeleted pictures stay in the trash for 30 days. Nobody else sees them.\n",
    "ports.md": "# Ports\n\nThe server listens on port 2342. Open it in your firewall.\n",
    "birds.md": "# Birds\n\nWe ring storks in June. Their nests are on the roof.\n",
}


def at_cosines(cosines: Mapping[str, float]) -> Encode:
    """Texts at the given cosine to QUESTION, others at right angles to it."""

    def encode(texts: Sequence[str]) -> Matrix:
        found = [cosines.get(text, 0.0) for text in texts]
        return np.array([[cosine, np.sqrt(1 - cosine**2)] for cosine in found], dtype=np.float32)

    return encode


class TestLead:
    found = (
        a_candidate(a_chunk("Storks nest here. They leave in August.", 1, "Birds", number=1), 0.9),
        a_candidate(a_chunk("A second passage of the first document.", 1, number=2), 0.8),
        a_candidate(a_chunk("Boats leave at noon.", 2, "Boats", number=3), 0.7),
        a_candidate(a_chunk("Bread is baked at six.", 3, number=4), 0.6),
        a_candidate(a_chunk("Nobody reads a fourth document.", 4, number=5), 0.5),
    )

    def test_it_is_that_of_the_nearest_sentence_over_the_mean_of_the_next_documents(self) -> None:
        cosines = {"They leave in August.": 0.8, "Boats leave at noon.": 0.5, "Bread is baked at six.": 0.1}
        unread = {"A second passage of the first document.": 0.9, "Nobody reads a fourth document.": 0.9}
        lead = lead_by_sentences(self.found, QUESTION, at_cosines(cosines | unread))
        assert lead == pytest.approx(0.8 - (0.5 + 0.1) / 2)

    def test_a_heading_is_read_like_a_sentence(self) -> None:
        assert lead_by_sentences(self.found, QUESTION, at_cosines({"Boats": 0.6})) == pytest.approx(-0.3)

    def test_a_document_that_says_the_same_is_no_rival(self) -> None:
        said = "Storks nest on the roof of the town hall and leave for the south in August."
        twins = [a_candidate(a_chunk(said, document, number=document), 0.9) for document in (1, 2)]
        cosines = at_cosines({said: 0.9, "Bread is baked at six.": 0.4})
        assert lead_by_sentences([*twins, self.found[3]], QUESTION, cosines) == pytest.approx(0.5)

    def test_without_another_document_there_is_none(self) -> None:
        assert lead_by_sentences(self.found[:2], QUESTION, at_cosines({})) is None
        assert lead_by_sentences([], QUESTION, at_cosines({})) is None


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    (tmp_path / "pages").mkdir()
    for name, text in PAGES.items():
        (tmp_path / "pages" / name).write_text(text, encoding="utf-8")
    with Engine(tmp_path / "data", RetrievalSettings(encoder="hashing")) as engine:
        engine.library.ingest(tmp_path / "pages", "default")
        yield engine


def a_model(at_first_sight: float, spread: float = 0.2) -> Logistic:
    return Logistic(float(np.log(at_first_sight / (1 - at_first_sight))), (0.0, 0.0, 0.0), spread=spread)


class TestConfidence:
    def of(self, engine: Engine, model: Logistic, question: str = "deleted pictures stay in the trash") -> float:
        answer = engine.answers.answer(Question(question))
        (vector,) = engine.answers.encode([answer.question])
        return confidence(engine.spaces.active("default"), model, vector, answer.candidates)

    def test_it_rises_where_a_sentence_stands_out_and_falls_where_none_does(self, engine: Engine) -> None:
        assert self.of(engine, a_model(0.5)) > 0.6
        assert self.of(engine, a_model(0.5), "do zebras gallop") < 0.5

    def test_it_stays_where_it_is_too_low_and_where_no_scale_was_taken(self, engine: Engine) -> None:
        unlikely = WORTH_READING - 0.01
        assert self.of(engine, a_model(unlikely)) == pytest.approx(unlikely)
        assert self.of(engine, a_model(0.5, spread=0.0)) == pytest.approx(0.5)

    def test_an_answer_promises_what_its_candidates_do(self, engine: Engine) -> None:
        answer = engine.answers.answer(Question("deleted pictures stay in the trash"))
        assert engine.answers.confidence(answer.question, answer.candidates) == pytest.approx(answer.confidence)
        assert engine.answers.confidence(answer.question, answer.candidates[1:]) < answer.confidence
