"""Parts of a map, in degrees."""

from math import cos, radians
from typing import Annotated, NamedTuple

from msgspec import Meta

Latitude = Annotated[float, Meta(ge=-90, le=90)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]
DEGREES = r"-?[0-9]{1,3}(\.[0-9]{1,6})?"
EDGES = rf"^{DEGREES}(,{DEGREES}){{3}}$"
# A little less than it is, so that boxes are a little larger than need be.
KM_OF_DEGREE = 111.0
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


def box_around(latitude: float, longitude: float, radius_km: float) -> Area:
    """What holds the circle. Nobody is so near to a pole that this would not do."""
    north = radius_km / KM_OF_DEGREE
    east = north / max(cos(radians(latitude)), 0.01)
    return Area(latitude - north, longitude - east, latitude + north, longitude + east)
