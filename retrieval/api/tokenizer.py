"""What counts the tokens of a model behind an API."""

from __future__ import annotations

from retrieval.counting.tokenizer_files import UnknownTokenizerError
from retrieval.counting.tokens import EstimateTokenizer, Tokenizer, tokenizer_for


def tokenizer_of(model: str) -> Tokenizer:
    """The model's own tokenizer where it is OpenAI's, else an estimate under the model's name."""
    try:
        return tokenizer_for(model)
    except UnknownTokenizerError:
        return EstimateTokenizer(f"{model} (estimate)")
