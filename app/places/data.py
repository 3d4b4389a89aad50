"""The place table's rows, and the form in which names are compared."""

import csv
import unicodedata
from pathlib import Path

import asyncpg

SOURCE = Path(__file__).with_name("brazil.csv")
COLUMNS = ("id", "name", "state", "latitude", "longitude", "population", "zone", "search_name")


async def load_places(connection: asyncpg.Connection) -> None:
    """Fill an empty place table."""
    if await connection.fetchval("SELECT EXISTS (SELECT FROM place)"):
        return
    with SOURCE.open(encoding="utf-8", newline="") as file:
        records = [
            (
                int(row["id"]),
                row["name"],
                row["state"],
                float(row["latitude"]),
                float(row["longitude"]),
                int(row["population"]),
                row["zone"],
                search_key(f"{row['name']}, {row['state']}"),
            )
            for row in csv.DictReader(file)
        ]
    await connection.copy_records_to_table("place", records=records, columns=COLUMNS)


def search_key(text: str) -> str:
    """Lower case without accents and double spaces: "São  Carlos, SP" is "sao carlos, sp"."""
    decomposed = unicodedata.normalize("NFD", text.lower())
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(bare.split())
