"""A sentence-transformers model as a folder: what its files say about it, read without loading torch."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from retrieval.counting.tokenizer_files import HuggingFaceTokenizer
from retrieval.encoders.base import EncoderUnavailableError, Fingerprint, TextKind
from retrieval.encoders.prompts import THEIR_OWN, Prompts
from retrieval.encoders.runtime import Tokenised

_LEGACY_POOLING = {
    "pooling_mode_cls_token": "cls",
    "pooling_mode_max_tokens": "max",
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_mean_sqrt_len_tokens": "mean_sqrt_len_tokens",
    "pooling_mode_weightedmean_tokens": "weightedmean",
    "pooling_mode_lasttoken": "lasttoken",
}
Quantisation = Literal["f32", "int8"]
_PROMPT_NAMES: dict[TextKind, tuple[str, ...]] = {"query": ("query",), "document": ("document", "passage", "corpus")}


@dataclass(frozen=True)
class ModelFolder:
    """The files of the model ``name`` under ``path``. Raises EncoderUnavailableError where it is no text encoder.

    ``known_sha256`` is that of the weights, where it is known from before; ``prompts`` come before the folder's own.
    """

    name: str
    path: Path
    quantisation: Quantisation = "f32"
    known_sha256: str = ""
    prompts: Prompts = THEIR_OWN

    def __post_init__(self) -> None:
        kind = self._settings.get("model_type", "SentenceTransformer")
        if kind != "SentenceTransformer" or not {"Transformer", "Pooling"} <= self._modules.keys():
            raise EncoderUnavailableError(
                f"{self.name} is not a text encoder (a re-ranker or a bare language model has no pooling); "
                "name a sentence-transformers model such as sentence-transformers/all-MiniLM-L6-v2."
            )

    @cached_property
    def tokenizer(self) -> HuggingFaceTokenizer:
        """Counts what the model counts."""
        return HuggingFaceTokenizer(self.path / "tokenizer.json", self.name)

    @cached_property
    def max_tokens(self) -> int:
        """The model's context less what the longest prompt takes, special tokens included."""
        longest_prompt = max(self.tokenizer.count(self.prompt("query")), self.tokenizer.count(self.prompt("document")))
        return self.context - longest_prompt

    @cached_property
    def fingerprint(self) -> Fingerprint:
        """What the vectors mean. The weights are hashed once; a commit would tell equal copies apart for nothing."""
        pooling, dimensions = _pooled(self.path, self._modules)
        return Fingerprint(
            encoder="sentence-transformers",
            model=self.name,
            revision=self.weights_sha256,
            pooling=pooling,
            dimensions=dimensions,
            query_prompt=self.prompt("query"),
            document_prompt=self.prompt("document"),
            quantisation=self.quantisation,
        )

    @cached_property
    def context(self) -> int:
        """What the model reads at most, in tokens, prompt and special tokens included."""
        limits = (
            _described(self.path, "sentence_bert_config.json").get("max_seq_length"),
            _described(self.path, "tokenizer_config.json").get("model_max_length"),
            _described(self.path, "config.json").get("max_position_embeddings"),
        )
        known = [int(limit) for limit in limits if limit]
        # The first is what sentence-transformers cuts at; it may be smaller than what the model could read.
        return int(limits[0]) if limits[0] else min(known, default=512)

    @cached_property
    def pad_id(self) -> int:
        """The id that fills up a batch; some models count positions by it."""
        return int(_described(self.path, "config.json").get("pad_token_id") or 0)

    def tokenised(self, texts: Sequence[str], kind: TextKind) -> list[Tokenised]:
        """Each text as the model reads it, with its prompt; nothing is cut."""
        whole = [self.prompt(kind) + text for text in texts]
        return list(map(Tokenised, whole, self.tokenizer.batch_ids(whole)))

    @cached_property
    def weights_sha256(self) -> str:
        """sha256 of all weight files, in the order of their names (of the one file's content where there is one)."""
        if self.known_sha256:
            return self.known_sha256
        digest = hashlib.sha256()
        for path in weight_files(self.path):
            with path.open("rb") as weights:
                while block := weights.read(1 << 20):
                    digest.update(block)
        return digest.hexdigest()

    def prompt(self, kind: TextKind) -> str:
        """What the model wants before every text of this kind; mostly nothing."""
        if (chosen := self.prompts.of(kind)) is not None:
            return chosen
        settings = self._settings
        prompts: dict[str, str] = settings.get("prompts") or {}
        names = (*_PROMPT_NAMES[kind], settings.get("default_prompt_name"))
        return next((prompts[name] for name in names if name in prompts), "")

    @property
    def names(self) -> tuple[str, ...]:
        """What the model is called: by whoever asked for it, by its folder, and by its own configuration."""
        return self.name, self.path.name, str(_described(self.path, "config.json").get("_name_or_path", ""))

    @cached_property
    def _settings(self) -> dict[str, Any]:
        return _described(self.path, "config_sentence_transformers.json")

    @cached_property
    def _modules(self) -> dict[str, str]:
        """The folder of each module by its class; older models name the same classes by another path."""
        path = self.path / "modules.json"
        modules = _json(path) if path.is_file() else []
        return {module["type"].rpartition(".")[2]: module["path"] for module in modules}


def _pooled(folder: Path, modules: Mapping[str, str]) -> tuple[str, int]:
    """How a text's token vectors become one, and of how many dimensions that is."""
    settings = _described(folder, modules["Pooling"], "config.json")
    modes = settings.get("pooling_mode") or [name for key, name in _LEGACY_POOLING.items() if settings.get(key)]
    pooling = modes if isinstance(modes, str) else "+".join(modes) or "mean"
    if "Dense" in modules:
        return pooling, int(_described(folder, modules["Dense"], "config.json")["out_features"])
    width = int(settings.get("embedding_dimension") or settings["word_embedding_dimension"])
    return pooling, width * (pooling.count("+") + 1)


def _described(folder: Path, *parts: str) -> dict[str, Any]:
    path = folder.joinpath(*parts)
    return dict(_json(path)) if path.is_file() else {}


def _json(path: Path) -> Any:  # noqa: ANN401 - whatever the file holds
    try:
        return json.loads(path.read_bytes())
    except ValueError as error:
        raise EncoderUnavailableError(f"{path} is not valid JSON; download the model again.") from error


def weight_files(folder: Path) -> list[Path]:
    """The files that hold the weights, sorted; empty where the folder is no complete model."""
    return sorted(folder.glob("*.safetensors")) or sorted(folder.glob("pytorch_model*.bin"))
