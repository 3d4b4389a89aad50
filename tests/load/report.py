"""Where measured figures are kept: a section a tool in docs/benchmarks.md."""

import platform
import re

from app.core.time import now
from app.settings import ROOT

FILE = ROOT / "docs" / "benchmarks.md"


def write_section(title: str, text: str) -> None:
    """Put this in place of what the section said before."""
    section = f"## {title}\n\n{now():%Y-%m-%d}, Python {platform.python_version()}.\n\n{text}\n"
    whole = FILE.read_text("utf-8") if FILE.exists() else "# Measured\n\n"
    old = re.compile(rf"^## {re.escape(title)}\n.*?(?=^## |\Z)", re.DOTALL | re.MULTILINE)
    if old.search(whole):
        whole = old.sub(lambda _: section + "\n", whole)
    else:
        whole = f"{whole.rstrip()}\n\n{section}"
    FILE.write_text(whole.rstrip() + "\n", "utf-8")
