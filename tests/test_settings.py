"""Settings out of the environment, or out of files that it names."""

import pytest

from app.settings import Unsafe, settings


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


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://tile.example/{z}/{x}/{y}.png", "https://tile.example"),
        ("https://{s}.tile.example/{z}/{x}/{y}.png?key=1", "https://*.tile.example"),
        ("http://127.0.0.1:8080/{z}/{x}/{y}.png", "http://127.0.0.1:8080"),
        ("/tiles/{z}/{x}/{y}.png", ""),
        ("https://tile.example; script-src */{z}", ""),
        ("javascript:alert(1)/", ""),
        ("", ""),
    ],
)
def test_a_tile_server_is_known_by_its_origin(monkeypatch, address, origin):
    monkeypatch.setenv("TILE_URL", address)
    assert settings().tile_origin == origin


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NOMINATIM_URL", "https://nominatim.example"),
        ("TILE_URL", "http://tile.example/{z}/{x}/{y}.png"),
        ("TILE_URL", "https://tile.example; script-src */{z}"),
    ],
)
def test_production_refuses_maps_that_break_a_policy(monkeypatch, name, value):
    monkeypatch.setenv("ENVIRONMENT", "production")
    monkeypatch.setenv("ORIGIN", "https://marketplace.example")
    monkeypatch.setenv("SECRET_KEYS", "k" * 40)
    monkeypatch.setenv("SMTP_URL", "smtps://mail.example")
    assert settings().production
    settings.cache_clear()
    monkeypatch.setenv(name, value)
    with pytest.raises(Unsafe):
        settings()
