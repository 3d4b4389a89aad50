"""What a phone needs to put the marketplace among its apps."""

from typing import Any

from app.core import assets
from app.core.i18n import LOCALES, N_

# --wall of static/css/tokens.css, by day; an installed app starts before any style is there.
WALL = "#f5edde"
ICONS = (
    ("icons/app-192.png", 192, "any"),
    ("icons/app-512.png", 512, "any"),
    ("icons/app-512-maskable.png", 512, "maskable"),
)
DESCRIPTION = N_("Local services near you, with a time that is really free.")
SHORTCUTS = (
    (N_("Search services"), "/servicos"),
    (N_("My bookings"), "/contratacoes"),
)


def manifest(language: str) -> dict[str, Any]:
    return {
        "id": "/",
        "name": "Mini Marketplace",
        "short_name": "Marketplace",
        "description": DESCRIPTION.in_language(language),
        "lang": LOCALES[language].replace("_", "-"),
        "dir": "ltr",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": WALL,
        "theme_color": WALL,
        "categories": ["lifestyle", "business"],
        "icons": [
            {
                "src": assets.address(file),
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": purpose,
            }
            for file, size, purpose in ICONS
        ],
        "shortcuts": [
            {"name": name.in_language(language), "url": address} for name, address in SHORTCUTS
        ],
    }
