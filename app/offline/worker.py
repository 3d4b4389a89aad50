"""The service worker's script, with what it has to keep."""

import hashlib
import json

from app.core import assets


def worker_script() -> str:
    """static/js/worker.js after what changes: KEPT, the files that the offline page needs, and
    VERSION, another one whenever the script or one of them is.
    """
    files = ("vendor/bricolage.woff2", "icons/mark.svg", "icons/pictures.svg")
    kept = [assets.stylesheet_address(), *(assets.address(file) for file in files)]
    script = (assets.FOLDER / "js" / "worker.js").read_text("utf-8")
    version = hashlib.sha256(f"{kept}{script}".encode()).hexdigest()[:8]
    return f'const KEPT = {json.dumps(kept)};\nconst VERSION = "{version}";\n{script}'
