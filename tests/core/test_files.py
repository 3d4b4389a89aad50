"""Files are there whole, or not at all."""

import asyncio
from pathlib import Path

import pytest

from app.core.files import path_of, read, remove, save

pytestmark = pytest.mark.usefixtures("data")


async def test_a_file_is_kept_under_its_name_in_its_folder(data):
    await save("photos", "a", b"content")
    assert (data / "files" / "photos" / "a").read_bytes() == await read("photos", "a") == b"content"
    assert not path_of("exports", "a").exists()


async def test_a_file_is_only_for_the_product_to_read():
    await save("exports", "a", b"content")
    assert path_of("exports", "a").stat().st_mode & 0o077 == 0


async def test_a_file_saved_again_is_the_new_one_alone():
    await save("photos", "a", b"old")
    await save("photos", "a", b"new")
    assert [file.read_bytes() for file in path_of("photos", "").iterdir()] == [b"new"]


async def test_a_file_saved_by_many_at_once_is_one_of_them_whole():
    contents = [bytes([number]) * 100_000 for number in range(10)]
    await asyncio.gather(*(save("photos", "a", content) for content in contents))
    assert path_of("photos", "a").read_bytes() in contents
    assert len(list(path_of("photos", "").iterdir())) == 1


async def test_a_file_that_cannot_be_put_in_its_place_leaves_nothing_behind(monkeypatch):
    def fail(*_: object) -> None:
        raise OSError("the volume is full")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="full"):
        await save("photos", "a", b"content")
    assert list(path_of("photos", "").iterdir()) == []


async def test_removing_a_file_twice_is_fine():
    await save("photos", "a", b"content")
    for _ in range(2):
        await remove("photos", "a")
    assert not path_of("photos", "a").exists()
