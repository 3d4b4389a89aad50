"""Parts of a map, in degrees."""

from typing import Annotated, NamedTuple

from msgspec import Meta

Latitude = Annotated[float, Meta(ge=-90, le=90)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]
DEGREES = r"-?[0-9]{1,3}(\.[0-9]{1,6})?"
EDGES = rf"^{DEGREES}(,{DEGREES}){{3}}$"
# South, west, north and east: "-22.1,-48,-21.9,-47.8".
Edges = Annotated[str, Meta(pattern=EDGES)]


class Area(NamedTuple):
    south: float
    west: float
    north: float
    east: float

    @property
    def middle(self) -> tuple[float, float]:
        return (self.south + self.north) / 2, (self.west + self.east) / 2


def area_within(edges: str) -> Area | None:
    """What lies within these edges; None if they are those of no map."""
    area = Area(*map(float, edges.split(",")))
    on_earth = -90 <= area.south < area.north <= 90 and -180 <= area.west < area.east <= 180
    return area if on_earth else None
