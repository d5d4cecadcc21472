"""How many tokens languages, sums and code cost in several encodings: the tables of docs/tokens.md.

DATA holds ``corpus.<language>.jsonl`` files with the same paragraphs in each language ({"id", "text"} a line), English
among them. Usage: python benchmarks/tokens_per_language.py DATA
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from retrieval.counting.tokens import Tokenizer, tokenizer_for
from retrieval.encoders.registry import DEFAULT_ENCODER, load_encoder
from retrieval.token_costs.tokenizer_training import Kind, train

REFERENCE = "en"
TRAINED_SIZE = 16_000
TRAINED_KINDS: tuple[Kind, ...] = ("bpe", "unigram")

SUMS = (
    "1 + 1 = 2",
    "12 + 34 = 46",
    "1234 + 5678 = 6912",
    "123456 * 789 = 97406784",
    "3.14159265358979",
    "19,999.95 - 0.05",
    "2026-11-24T20:16:03Z",
    "sqrt(x**2 + y**2) >= 0",
)
CODE = (
    "for name, price in basket.items():",
    "    total += price * 1.19",
    "SELECT name FROM member WHERE joined > '2025-01-01' ORDER BY name;",
    "docker run --rm -p 8090:8090 -v lantern:/data lanternfish:2",
    "const byId = Object.fromEntries(rows.map((row) => [row.id, row]));",
    'if (!(await response.ok)) throw new Error("not found");',
    '{"id": 17, "tags": ["new", "sale"], "price": null}',
    "git log --oneline --since='2 weeks ago' | head -20",
)
CLAIMS = (
    "tokenization",
    "unbelievable",
    "unbelievably",
    "ChatGPT",
    "Transformer",
    "Hello",
    "Привет",
    "مرحبا",
    "こんにちは",
    "1234 + 5678",
    "The transformer architecture revolutionized natural language processing.",
    "def calculate_attention(Q, K, V, d_k):\n    return softmax(Q @ K.T / d_k**0.5) @ V",
    "The quick brown fox jumps over the lazy dog.",
    "for i in range(len(items)):\n    result.append(process(items[i]))",
    "   lots   of    extra    spaces    between    words   ",
)
"""Texts of a well-known kind of introduction to tokens, whose figures are often repeated and seldom measured."""


def paragraphs(folder: Path) -> dict[str, list[str]]:
    """The paragraphs of each language, English first."""
    files = {path.name.split(".")[1]: path for path in folder.glob("corpus.*.jsonl") if path.name.count(".") == 2}
    if REFERENCE not in files:
        raise SystemExit(f"{folder} holds no corpus.{REFERENCE}.jsonl to compare with; name the folder of the corpora")
    languages = sorted(files, key=lambda language: (language != REFERENCE, language))
    return {language: [json.loads(line)["text"] for line in files[language].open("rb")] for language in languages}


def language_table(texts: Mapping[str, Sequence[str]], tokenizers: Sequence[Tokenizer]) -> None:
    """Prints a line a language: tokens, and tokens a token of English, in each encoding."""
    names = [tokenizer.name.rpartition("/")[2] for tokenizer in tokenizers]
    print(row(["language", "characters", *names, *(f"{name} / en" for name in names)]))
    print(row(["---", *["---:"] * (1 + 2 * len(names))]))
    english = [total(tokenizer.count, texts[REFERENCE]) for tokenizer in tokenizers]
    for language, each in texts.items():
        counts = [total(tokenizer.count, each) for tokenizer in tokenizers]
        shares = [f"{count / one:.2f}" for count, one in zip(counts, english, strict=True)]
        lost = [total(lambda text, t=tokenizer: len(t.unknown(text)), each) for tokenizer in tokenizers]  # type: ignore[misc]
        shown = [f"{count}{f' ({gone} lost)' if gone else ''}" for count, gone in zip(counts, lost, strict=True)]
        print(row([language, str(total(len, each)), *shown, *shares]))
    print()


def line_table(lines: Sequence[str], tokenizers: Sequence[Tokenizer], shown: int) -> None:
    """Prints a line a text: its tokens in each encoding, and more of the one at ``shown``."""
    names = [tokenizer.name.rpartition("/")[2] for tokenizer in tokenizers]
    print(row(["text", "characters", *names, f"characters a token ({names[shown]})", f"pieces ({names[shown]})"]))
    print(row(["---", "---:", *["---:"] * (1 + len(names)), "---"]))
    for line in lines:
        counts = [tokenizer.count(line) for tokenizer in tokenizers]
        pieces = " ".join(quoted(piece) for piece in tokenizers[shown].pieces(line))
        print(row([quoted(line), str(len(line)), *map(str, counts), f"{len(line) / counts[shown]:.2f}", pieces]))
    print()


def total(measure: Callable[[str], int], texts: Iterable[str]) -> int:
    """The sum over all texts."""
    return sum(map(measure, texts))


def row(cells: Sequence[str]) -> str:
    """A line of a Markdown table."""
    return f"| {' | '.join(cells)} |"


def quoted(text: str) -> str:
    """Text as a cell of a Markdown table: as code, bars escaped, blanks and line ends to be seen."""
    return f"`{text.replace('|', chr(92) + '|').replace(chr(10), '↵').replace(' ', '·')}`"


def trained(texts: Mapping[str, Sequence[str]], folder: Path) -> list[Tokenizer]:
    """A BPE and a Unigram over all languages alike."""
    every = [text for each in texts.values() for text in each]
    return [
        train(every, kind, TRAINED_SIZE, folder / f"{kind}-{TRAINED_SIZE}.json").tokenizer for kind in TRAINED_KINDS
    ]


def main() -> None:
    """Prints every table; the trained tokenizers are measured on the half that they never saw."""
    if len(sys.argv) != 2:
        raise SystemExit("usage: python benchmarks/tokens_per_language.py DATA")
    texts = paragraphs(Path(sys.argv[1]))
    tokenizers = [tokenizer_for("o200k_base"), tokenizer_for("cl100k_base"), load_encoder(DEFAULT_ENCODER).tokenizer]
    print("All paragraphs\n")
    language_table(texts, tokenizers)
    with tempfile.TemporaryDirectory() as folder:
        own = trained({language: each[: len(each) // 2] for language, each in texts.items()}, Path(folder))
        print(f"The second half of the paragraphs; {TRAINED_SIZE} tokens learnt from the first half\n")
        language_table({language: each[len(each) // 2 :] for language, each in texts.items()}, [*own, tokenizers[0]])
    for title, lines in (("Sums", SUMS), ("Code", CODE), ("Claims", CLAIMS)):
        print(f"{title}\n")
        line_table(lines, tokenizers, 1)


if __name__ == "__main__":
    main()
