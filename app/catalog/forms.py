from datetime import date
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct, field

from app.core.forms import Id
from app.places.areas import Area, Edges, Latitude, Longitude, area_within


class Order(StrEnum):
    """What comes first; without a choice: the best match, or the nearest, or the newest."""

    BEST = "relevancia"
    NEAREST = "distancia"
    CHEAPEST = "preco"
    NEWEST = "novidade"


class SearchForm(Struct):
    words: Annotated[str, Meta(max_length=100)] = field(name="q", default="")
    category: Annotated[str, Meta(max_length=40)] = field(name="tipo", default="")
    place: Annotated[str, Meta(max_length=90)] = field(name="onde", default="")
    # The point where somebody is.
    latitude: Latitude | None = field(name="lat", default=None)
    longitude: Longitude | None = field(name="lng", default=None)
    # South, west, north and east of a map: "-22.1,-48,-21.9,-47.8".
    edges: Edges = field(name="area", default="")
    radius_km: Annotated[int, Meta(ge=1, le=200)] = field(name="raio", default=25)
    # BRL.
    most: Annotated[int, Meta(ge=1, le=1_000_000)] | None = field(name="preco", default=None)
    day: date | None = field(name="data", default=None)
    order: Order | None = field(name="ordem", default=None)
    # Where the last page ended: "key~id".
    after: Annotated[str, Meta(pattern=r"^-?[0-9.e+-]{1,30}~[0-9]{1,18}$")] | None = field(
        name="pagina", default=None
    )

    @property
    def area(self) -> Area | None:
        """None also where the edges are those of no map."""
        return area_within(self.edges) if self.edges else None


class TimesForm(Struct):
    variant: Id | None = field(name="variacao", default=None)
    # The first day of the week that is shown.
    week: date | None = field(name="semana", default=None)
