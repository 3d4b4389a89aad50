"""Copy what is used of the npm packages out of node_modules: the browser's libraries into
static/vendor, and the countries of network addresses, which nobody is served, into app/accounts.

Run at set-up (`python -m app.vendor`); needs the dependency group `assets`.
"""

import re
import shutil
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

from app.accounts.whereabouts import TABLE
from app.catalog.categories import CATEGORIES
from app.settings import ROOT

MODULES, VENDOR = ROOT / "node_modules", ROOT / "static" / "vendor"
FILES = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "htmx.org/dist/ext/hx-ws.min.js": "hx-ws.min.js",
    "htmx.org/LICENSE": "htmx.LICENSE",
    "leaflet/dist/leaflet.js": "leaflet.js",
    "leaflet/dist/leaflet.css": "leaflet.css",
    "leaflet/LICENSE": "leaflet.LICENSE",
    "lucide-static/LICENSE": "lucide.LICENSE",
    "@fontsource-variable/bricolage-grotesque/LICENSE": "bricolage.LICENSE",
}
FONT = "@fontsource-variable/bricolage-grotesque/files/bricolage-grotesque-latin-wght-normal.woff2"
COUNTRIES = "@ip-location-db/geo-whois-asn-country-mmdb"
# What Portuguese and English are written with, and the signs of prices, times and quotations; a
# sign that is not among them comes from the reader's own fonts.
LETTERS = (
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    "ÀÁÂÃÇÉÊÍÓÔÕÚÜàáâãçéêíóôõúüªº °$%&@+/()!?,.:;·'\"‘’“”-–—…"
)
WEIGHTS = (600, 800)
# Pairs are kerned as at this weight, whatever the weight: that saves a fifth of the file.
KERNED_AT = 720


def main() -> None:
    VENDOR.mkdir(parents=True, exist_ok=True)
    for source, name in FILES.items():
        shutil.copyfile(MODULES / source, VENDOR / name)
    shutil.copyfile(MODULES / COUNTRIES / "geo-whois-asn-country.mmdb", TABLE)
    shutil.copyfile(MODULES / COUNTRIES / "NRO_LICENSE", TABLE.with_suffix(".LICENSE"))
    (VENDOR / "icons.svg").write_text(sprite(icons_used()), encoding="utf-8")
    cut_font(MODULES / FONT, VENDOR / "bricolage.woff2")


def icons_used() -> list[str]:
    """Names of the icons that templates write out and categories have."""
    written = {
        name
        for template in (ROOT / "templates").rglob("*.html")
        for name in re.findall(r'\bicon\("([a-z0-9-]+)"\)', template.read_text("utf-8"))
    }
    return sorted(written | {category.icon for category in CATEGORIES})


def sprite(names: list[str]) -> str:
    """One SVG whose symbols carry the icons' names."""
    symbols = []
    for name in names:
        drawing = (MODULES / "lucide-static" / "icons" / f"{name}.svg").read_text("utf-8")
        shapes = re.sub(r"\s+", " ", drawing[drawing.index(">", drawing.index("<svg")) + 1 :])
        shapes = shapes.removesuffix(" ").removesuffix("</svg>").strip()
        symbols.append(
            f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor"'
            f' stroke-width="2" stroke-linecap="round" stroke-linejoin="round">{shapes}</symbol>'
        )
    return '<svg xmlns="http://www.w3.org/2000/svg">' + "".join(symbols) + "</svg>\n"


def cut_font(source: Path, target: Path) -> None:
    font = instantiateVariableFont(TTFont(source), {"wght": WEIGHTS})
    font["GPOS"] = instantiateVariableFont(TTFont(source), {"wght": KERNED_AT})["GPOS"]
    options = subset.Options(
        layout_features=["kern", "liga", "tnum"], flavor="woff2", hinting=False
    )
    cutter = subset.Subsetter(options)
    cutter.populate(text=LETTERS)
    cutter.subset(font)
    subset.save_font(font, str(target), options)


if __name__ == "__main__":
    main()
