from collections.abc import Iterator
from pathlib import Path

import pytest

from app.settings import settings


@pytest.fixture(autouse=True)
def data(tmp_path: Path) -> Iterator[Path]:
    """Files of a test go where its other leftovers go."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATA", str(tmp_path))
        settings.cache_clear()
        yield tmp_path
    settings.cache_clear()
