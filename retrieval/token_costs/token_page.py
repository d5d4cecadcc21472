"""A text in several vocabularies side by side: its tokens as they can be shown, what wastes them, and its languages."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from retrieval.counting.tokens import Tokenizer, TokenReport, analyse, tokenizer_for
from retrieval.encoders.registry import load_encoder
from retrieval.token_costs.clean_report import cleaned_page
from retrieval.token_costs.countable import Countable
from retrieval.token_costs.page_cost import PageCost, page_cost
from retrieval.token_costs.script_cost import ScriptCost, script_costs
from retrieval.token_costs.tokenizer_training import trained_folder
from retrieval.token_costs.waste import Waste, find_waste, is_page

OPENAI_ENCODINGS = ("o200k_base", "cl100k_base")
ENCODER = "encoder"
"""The name of the encoder's own tokenizer among the encodings."""

_SIGNS = {" ": "·", "\t": "→", "\n": "↵"}
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zs", "Zl", "Zp"})


@dataclass(frozen=True)
class Counted:
    """A report with how many stretches of the text its tokenizer cannot express."""

    report: TokenReport
    lost: int


@dataclass(frozen=True)
class Examined:
    """A text in one vocabulary: its tokens, the causes of waste, its scripts, and what cleaning saves of a page."""

    counted: Counted
    waste: tuple[Waste, ...]
    scripts: tuple[ScriptCost, ...]
    page: PageCost | None


def counted(text: str, tokenizer: Tokenizer) -> Counted:
    """Counts ``text`` and what of it is lost."""
    return Counted(analyse(text, tokenizer), len(tokenizer.unknown(text)))


def examined(given: Countable, tokenizer: Tokenizer) -> Examined:
    """Everything that a vocabulary makes of a text."""
    return Examined(
        counted(given.text, tokenizer),
        find_waste(given.text, tokenizer),
        tuple(script_costs(given.text, tokenizer)) if not tokenizer.estimate else (),
        page_cost(given.page, tokenizer) if given.page else None,
    )


def pasted(text: str) -> Countable:
    """A text at hand: one that is the source of a web page comes with its readings."""
    return Countable(text, cleaned_page(text, "the text")) if is_page(text) else Countable(text)


def fewest(rows: Sequence[Counted]) -> int:
    """The fewest tokens of a vocabulary that measures and loses nothing; of all, where each estimates or loses."""
    fair = [row for row in rows if not row.lost and not row.report.estimate] or rows
    return min((row.report.token_count for row in fair), default=0)


def usual_encodings(data_dir: Path) -> tuple[str, ...]:
    """OpenAI's, the encoder's, and all that were trained here."""
    return (*OPENAI_ENCODINGS, ENCODER, *(path.stem for path in sorted(trained_folder(data_dir).glob("*.json"))))


def named_tokenizers(names: Sequence[str], data_dir: Path, encoder: str) -> Iterator[Tokenizer]:
    """The tokenizers of these names, those trained here before others; ``encoder`` is whose tokenizer ENCODER is.

    Raises what ``tokenizer_for`` and ``load_encoder`` raise.
    """
    for name in names:
        own = trained_folder(data_dir) / f"{name}.json"
        if name == ENCODER:
            yield load_encoder(encoder).tokenizer
        else:
            yield tokenizer_for(str(own) if Path(name).name == name and own.is_file() else name)


def visible(piece: str) -> str:
    r"""A token with blanks as ``·``, tabs as ``→``, line ends as ``↵`` and everything else unseen as its code.

    Nothing is left that could move the cursor or turn the direction of writing. An accent that comes without its
    letter stands on a dotted circle.
    """
    written = "".join(
        _SIGNS.get(sign) or (_code(sign) if unicodedata.category(sign) in _UNSEEN else sign) for sign in piece
    )
    return f"\u25cc{written}" if written and unicodedata.category(written[0]).startswith("M") else written


def _code(sign: str) -> str:
    return sign.encode("unicode_escape", "backslashreplace").decode()
