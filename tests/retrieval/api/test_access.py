"""Address and key of an API."""

from __future__ import annotations

from pathlib import Path

import pytest

from retrieval.api.access import ApiAccess, ApiAddressError, ApiKeyMissingError, find_access


def test_address_and_key_come_from_the_environment_and_then_from_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ApiKeyMissingError, match="OPENAI_API_KEY"):
        assert find_access().header_key
    (tmp_path / ".env").write_text("OPENAI_API_KEY=sk-file\nOPENAI_BASE_URL=http://gpu.example:1/v1\n")
    assert find_access() == ApiAccess("http://gpu.example:1/v1", "sk-file")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-environment")
    assert find_access().key == "sk-environment"
    for wrong in ("gpu.example", "ftp://gpu.example/v1", "https://me:secret@gpu.example/v1"):
        with pytest.raises(ApiAddressError) as raised:
            find_access(wrong)
        assert "secret" not in str(raised.value)
