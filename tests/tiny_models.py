"""Models of a layer with the weights that chance gave them: real files of sentence-transformers, made in a moment.

What they import takes seconds, which only tests that need one pay.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

WORDS = ("how", "do", "i", "pay", "passage", "a", "question", "year")
_SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
_WIDTH = 16


def write_bare_model(folder: Path, labels: int = 0, words: Sequence[str] = WORDS, tokens: int = 512) -> Path:
    """A model of one layer that knows ``words`` and reads so many ``tokens``; with labels a classifier."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertModel, BertTokenizer

    torch.manual_seed(3)
    folder.mkdir(parents=True)
    known = [*_SPECIAL, *words]
    (folder / "vocab.txt").write_text("\n".join(known))
    config = BertConfig(
        vocab_size=len(known),
        hidden_size=_WIDTH,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=tokens,
        initializer_range=1.0,
    )
    if labels:
        config.num_labels = labels
    (BertForSequenceClassification(config) if labels else BertModel(config)).save_pretrained(folder)
    BertTokenizer(str(folder / "vocab.txt"), model_max_length=tokens).save_pretrained(folder)
    return folder


def write_cross_encoder(folder: Path, labels: int = 1) -> Path:
    """One that reads pairs of up to 64 tokens."""
    from sentence_transformers import CrossEncoder

    bare = write_bare_model(folder / "bare", labels)
    CrossEncoder(str(bare), max_length=64).save_pretrained(str(folder / "whole"))
    return folder / "whole"


def write_multi_vector_encoder(folder: Path) -> Path:
    """A ColBERT of sorts."""
    from sentence_transformers import MultiVectorEncoder
    from sentence_transformers.base.modules import Transformer
    from sentence_transformers.multi_vector_encoder.modules import MultiVectorMask
    from sentence_transformers.sentence_transformer.modules import Normalize

    tokens = "token_embeddings"
    modules = [Transformer(str(write_bare_model(folder / "bare"))), MultiVectorMask()]
    modules.append(Normalize(module_input_name=tokens, module_output_name=tokens))
    MultiVectorEncoder(modules=modules).save_pretrained(str(folder / "whole"))
    return folder / "whole"


def write_encoder(
    bare: Path, to: Path, pooling: str = "mean", dense: int = 0, prompts: Mapping[str, str] | None = None
) -> Path:
    """A text encoder over a bare model; ``dense`` is the width of a layer behind the pooling, 0 for none."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Dense, Transformer
    from sentence_transformers.sentence_transformer.modules import Pooling

    modules = [Transformer(str(bare)), Pooling(_WIDTH, pooling), *([Dense(_WIDTH, dense)] if dense else [])]
    SentenceTransformer(modules=modules, prompts=dict(prompts or {})).save_pretrained(str(to))
    return to


def look_around(bare: Path) -> Path:
    """Has every token take in what the text says on average, as a trained model does more cleverly."""
    import torch
    from transformers import BertModel

    model: Any = BertModel.from_pretrained(bare)
    layer = model.encoder.layer[0]
    around = layer.attention
    with torch.no_grad():
        for part in (around.self.query, around.self.key, layer.output.dense):
            part.weight.zero_()
        for part in (around.self.value, around.output.dense):
            part.weight.copy_(torch.eye(_WIDTH))
        model.embeddings.position_embeddings.weight.zero_()
    model.save_pretrained(bare)
    return bare
