"""What may keep an answer away, for front ends that have to explain it."""

from retrieval.api.access import ApiKeyMissingError
from retrieval.api.chat import ClientMissingError
from retrieval.api.retrying import ApiRefusedError, ApiUnavailableError
from retrieval.costs.budget import BudgetExhaustedError
from retrieval.embed import EncoderBrokenError
from retrieval.encoders.base import EncoderUnavailableError
from retrieval.encoders.local import OutOfMemoryError
from retrieval.query import EmptyQuestionError
from retrieval.space import ChunkingMismatchError, FingerprintMismatchError, NothingIndexedError

__all__ = [
    "ApiKeyMissingError",
    "ApiRefusedError",
    "ApiUnavailableError",
    "BudgetExhaustedError",
    "ChunkingMismatchError",
    "ClientMissingError",
    "EmptyQuestionError",
    "EncoderBrokenError",
    "EncoderUnavailableError",
    "FingerprintMismatchError",
    "NothingIndexedError",
    "OutOfMemoryError",
]
