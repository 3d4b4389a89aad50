"""Settings out of the environment, or out of files that it names."""

import pytest

from app.settings import settings


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


def test_a_secret_may_stand_in_a_file(monkeypatch, tmp_path):
    file = tmp_path / "keys"
    file.write_text("a key in a file that is long enough\n")
    monkeypatch.setenv("SECRET_KEYS_FILE", str(file))
    assert settings().keys == ["a key in a file that is long enough"]


def test_a_file_that_is_not_there_is_no_empty_secret(monkeypatch, tmp_path):
    monkeypatch.setenv("SECRET_KEYS_FILE", str(tmp_path / "nothing"))
    with pytest.raises(FileNotFoundError):
        settings()
