"""The name of a model behind an API says what its vectors are, before anything is asked of it."""

from __future__ import annotations

import pytest

from retrieval.api.access import ApiAccess
from retrieval.encoders.base import EncoderUnavailableError
from retrieval.encoders.openai import ApiModel, OpenAIEncoder
from retrieval.encoders.registry import load_encoder


def test_another_host_is_another_fingerprint_and_another_port_is_not() -> None:
    def digest(url: str) -> str:
        return OpenAIEncoder(ApiModel.named("words@48"), ApiAccess(url)).fingerprint.digest

    assert digest("http://127.0.0.1:1/v1") == digest("http://127.0.0.1:2/v1") != digest("http://gpu.example/v1")


@pytest.mark.parametrize("name", ["", "bge-m3", "text-embedding-3-small@1537", "text-embedding-ada-002@256", "a b@12"])
def test_a_name_that_does_not_say_what_the_vectors_are_is_refused(name: str) -> None:
    with pytest.raises(EncoderUnavailableError, match=r"openai:bge-m3@1024"):
        ApiModel.named(name)


def test_it_is_loaded_by_its_name_without_a_key_or_a_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "https://api.openai.com/v1")
    loaded = load_encoder("openai:text-embedding-3-large@1024")
    assert loaded.fingerprint.dimensions == 1024
    assert loaded.tokenizer.name == "cl100k_base"
