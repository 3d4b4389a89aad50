"""What somebody uses, read off what the browser calls itself; good enough to know it again."""

from typing import NamedTuple

# The first that is in it counts: Edge and Opera also call themselves Chrome, and all Safari.
BROWSERS = {
    "Edg": "Edge",
    "OPR": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


class Device(NamedTuple):
    """Names, empty where they are not known. mobile: whether it fits into a pocket."""

    browser: str
    system: str
    mobile: bool


def device_of(agent: str) -> Device:
    browser = next((name for mark, name in BROWSERS.items() if mark in agent), "")
    system = next((name for mark, name in SYSTEMS.items() if mark in agent), "")
    return Device(browser, system, system in ("iPhone", "Android"))
