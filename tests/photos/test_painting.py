"""Pictures are painted anew: what people see in them stays, and nothing else."""

import io
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from app.core.errors import DomainError
from app.photos.actions import (
    LONGEST_SIDE,
    MOST_BYTES,
    Painted,
    PhotoTooLarge,
    PhotoTooSmall,
    PhotoUnreadable,
    re_encode,
)
from tests.photos.pictures import GPS, SECRETS, a_picture, a_png_that_claims, an_exif

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"
REAL = [
    a_picture("JPEG", exif=an_exif(6), comment=b"Rua Treze de Maio"),
    a_picture("JPEG", progressive=True),
    a_picture("PNG", exif=an_exif(3)),
    a_picture("WEBP", exif=an_exif(8)),
]


def opened(painted: Painted) -> Image.Image:
    return Image.open(io.BytesIO(painted.content))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
async def test_a_picture_loses_where_it_was_taken(kind):
    sent = a_picture(kind, exif=an_exif())
    assert Image.open(io.BytesIO(sent)).getexif().get_ifd(GPS)

    painted = await re_encode(sent)
    assert not opened(painted).getexif()
    assert not [secret for secret in SECRETS if secret in painted.content]


@pytest.mark.parametrize(
    "options",
    [
        {"kind": "JPEG", "comment": b"Rua Treze de Maio"},
        {"kind": "JPEG", "xmp": b"<x:xmpmeta>Rua Treze de Maio</x:xmpmeta>"},
        {"kind": "JPEG", "icc_profile": b"Rua Treze de Maio" * 20},
        {"kind": "WEBP", "xmp": b"<x:xmpmeta>Rua Treze de Maio</x:xmpmeta>"},
    ],
)
async def test_a_picture_loses_what_was_written_beside_it(options):
    sent = a_picture(**options)
    assert b"Treze de Maio" in sent
    assert b"Treze de Maio" not in (await re_encode(sent)).content


@pytest.mark.parametrize("appended", [HTML, b"PK\x03\x04 an archive", b"<?php system('ls'); ?>"])
async def test_what_hides_behind_a_picture_does_not_come_out(appended):
    painted = await re_encode(a_picture() + appended)
    assert appended not in painted.content
    assert opened(painted).format == "WEBP"


@pytest.mark.parametrize(
    ("orientation", "size", "red_at"),
    [
        (1, (120, 80), (5, 40)),
        (2, (120, 80), (115, 40)),
        (3, (120, 80), (115, 40)),
        (4, (120, 80), (5, 40)),
        (5, (80, 120), (40, 5)),
        (6, (80, 120), (40, 5)),
        (7, (80, 120), (40, 115)),
        (8, (80, 120), (40, 115)),
        (9, (120, 80), (5, 40)),
    ],
)
async def test_a_picture_is_turned_upright(orientation, size, red_at):
    painted = await re_encode(a_picture(exif=an_exif(orientation)))
    assert (painted.width, painted.height) == opened(painted).size == size
    red, _, blue = opened(painted).convert("RGB").getpixel(red_at)
    assert red > blue


async def test_an_odd_exif_does_not_spoil_a_good_picture():
    # Says that its maker's name is made of fractions.
    odd = an_exif(6).tobytes().replace(b"\x01\x0f\0\x02", b"\x01\x0f\0\x05")
    assert (await re_encode(a_picture(exif=odd))).height == 120


async def test_a_large_picture_gets_smaller_and_keeps_its_shape():
    painted = await re_encode(a_picture(size=(4000, 3000)))
    assert (painted.width, painted.height) == (LONGEST_SIDE, LONGEST_SIDE * 3 // 4)


async def test_a_small_picture_does_not_get_larger():
    assert (await re_encode(a_picture(size=(64, 64)))).width == 64


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "1"])
async def test_a_picture_may_be_grey_transparent_or_have_a_palette(mode):
    file = io.BytesIO()
    Image.open(io.BytesIO(a_picture())).convert(mode).save(file, "PNG")
    assert (await re_encode(file.getvalue())).width == 120


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
async def test_what_was_erased_from_a_picture_does_not_come_back(kind):
    file = io.BytesIO()
    Image.new("RGBA", (80, 80), (200, 20, 20, 0)).save(file, kind, lossless=True, exact=True)
    assert opened(await re_encode(file.getvalue())).getpixel((40, 40)) == (255, 255, 255)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
async def test_of_a_moving_picture_the_first_one_is_kept(kind):
    second = Image.new("RGB", (120, 80), "green")
    painted = opened(await re_encode(a_picture(kind, save_all=True, append_images=[second])))
    assert getattr(painted, "n_frames", 1) == 1
    red, green, _ = painted.getpixel((5, 40))
    assert red > green


@pytest.mark.parametrize(
    "content", [SVG, HTML, a_picture("GIF"), a_picture("BMP"), a_picture("TIFF"), b"Bom dia", b""]
)
async def test_what_is_no_photo_is_refused(content):
    with pytest.raises(PhotoUnreadable):
        await re_encode(content)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
async def test_a_file_that_was_cut_short_is_refused(kind):
    whole = a_picture(kind)
    for length in (4, len(whole) // 4, len(whole) // 2):
        with pytest.raises(PhotoUnreadable):
            await re_encode(whole[:length])


@pytest.mark.parametrize(("width", "height"), [(50_000, 50_000), (7_000, 7_000), (40_000_001, 1)])
async def test_too_many_pixels_are_refused_by_what_the_header_claims(width, height):
    began = time.monotonic()
    with pytest.raises(PhotoTooLarge):
        await re_encode(a_png_that_claims(width, height))
    assert time.monotonic() - began < 1


@pytest.mark.parametrize("size", [(63, 200), (200, 63), (1, 1)])
async def test_a_picture_too_small_to_see_is_refused(size):
    with pytest.raises(PhotoTooSmall):
        await re_encode(a_picture("PNG", size))


async def test_more_than_eight_megabytes_are_refused():
    picture = a_picture()
    with pytest.raises(PhotoTooLarge):
        await re_encode(picture.ljust(MOST_BYTES + 1, b"\0"))
    assert await re_encode(picture.ljust(MOST_BYTES, b"\0"))


@given(st.binary(max_size=2_000))
@settings(max_examples=200, deadline=None)
async def test_random_bytes_are_refused_in_our_own_words(content):
    with pytest.raises(DomainError):
        await re_encode(content)


@given(
    st.sampled_from(REAL),
    st.lists(st.tuples(st.integers(0, 700), st.binary(min_size=1, max_size=4)), max_size=8),
    st.integers(0, 3_000),
)
@settings(max_examples=200, deadline=None)
async def test_a_damaged_picture_is_painted_or_refused_in_our_own_words(real, damages, kept):
    damaged = bytearray(real)
    for where, damage in damages:
        damaged[where : where + len(damage)] = damage
    try:
        painted = await re_encode(bytes(damaged[: kept or None]))
    except DomainError:
        return
    assert opened(painted).format == "WEBP"
