"""A QR code as a picture within the page, without styles or scripts of its own."""

import segno
from markupsafe import Markup, escape


def qr_svg(text: str, label: str) -> Markup:
    """label: what is read out in its place. Black on white in every theme, so that it is read."""
    picture = segno.make(text, error="m", micro=False).svg_inline(
        dark="#000", light="#fff", svgclass="qr", lineclass=None, omitsize=True
    )
    return Markup(picture.replace("<svg", f'<svg role="img" aria-label="{escape(label)}"', 1))  # noqa: S704
