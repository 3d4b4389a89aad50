"""Litestar's types with the parameters that this product never varies."""

from typing import Annotated, Any, TypeAlias

import litestar
from litestar.datastructures import State
from litestar.params import PathParameter
from litestar.types import Scope

Request: TypeAlias = litestar.Request[Any, Any, State]
Response: TypeAlias = litestar.Response[Any]
WebSocket: TypeAlias = litestar.WebSocket[Any, Any, State]

# A booking's code in an address.
PathCode: TypeAlias = Annotated[str, PathParameter(pattern="^[0-9A-Z]{8}$")]
# Something that nobody can guess: 32 hex digits.
PathName: TypeAlias = Annotated[str, PathParameter(pattern="^[0-9a-f]{32}$")]
# An id in an address: what fits a bigint key.
PathId: TypeAlias = Annotated[int, PathParameter(ge=1, le=2**63 - 1)]


def is_api(scope: Scope) -> bool:
    """Whether programs ask, who are answered in JSON."""
    return str(scope["path"]).startswith("/api/")
