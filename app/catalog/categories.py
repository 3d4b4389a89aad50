"""The trades that every marketplace starts with; admins may change them afterwards."""

from typing import NamedTuple

import asyncpg

from app.catalog.tables import Group


class Trade(NamedTuple):
    slug: str
    name_pt: str
    name_en: str
    group: Group
    # Name of a lucide icon.
    icon: str


CATEGORIES = [
    Trade("eletricista", "Eletricista", "Electrician", Group.FIX, "zap"),
    Trade("encanador", "Encanador", "Plumber", Group.FIX, "droplets"),
    Trade("pintor", "Pintor", "Painter", Group.FIX, "paint-roller"),
    Trade("pedreiro", "Pedreiro", "Bricklayer", Group.FIX, "brick-wall"),
    Trade("marido-de-aluguel", "Marido de aluguel", "Handyman", Group.FIX, "hammer"),
    Trade("chaveiro", "Chaveiro", "Locksmith", Group.FIX, "key-round"),
    Trade("ar-condicionado", "Ar-condicionado", "Air conditioning", Group.FIX, "air-vent"),
    Trade(
        "conserto-de-eletrodomesticos",
        "Conserto de eletrodomésticos",
        "Appliance repair",
        Group.FIX,
        "washing-machine",
    ),
    Trade("informatica", "Informática", "Computer repair", Group.FIX, "laptop"),
    Trade("faxina", "Faxina", "House cleaning", Group.CLEAN, "sparkles"),
    Trade("passadeira", "Passadeira", "Ironing", Group.CLEAN, "shirt"),
    Trade(
        "limpeza-de-estofados", "Limpeza de estofados", "Upholstery cleaning", Group.CLEAN, "sofa"
    ),
    Trade("lavagem-de-carros", "Lavagem de carros", "Car wash", Group.CLEAN, "car"),
    Trade("cabeleireiro", "Cabeleireiro", "Hairdresser", Group.BEAUTY, "scissors"),
    Trade("manicure", "Manicure e pedicure", "Manicure and pedicure", Group.BEAUTY, "hand"),
    Trade("maquiagem", "Maquiagem", "Make-up", Group.BEAUTY, "brush"),
    Trade("massagem", "Massagem", "Massage", Group.BEAUTY, "flower-2"),
    Trade("depilacao", "Depilação", "Hair removal", Group.BEAUTY, "feather"),
    Trade("aulas-de-ingles", "Aulas de inglês", "English lessons", Group.LEARN, "languages"),
    Trade("aulas-de-matematica", "Aulas de matemática", "Maths lessons", Group.LEARN, "calculator"),
    Trade("aulas-de-violao", "Aulas de violão", "Guitar lessons", Group.LEARN, "guitar"),
    Trade("personal-trainer", "Personal trainer", "Personal trainer", Group.LEARN, "dumbbell"),
    Trade("jardineiro", "Jardineiro", "Gardener", Group.HOME, "shovel"),
    Trade("montador-de-moveis", "Montador de móveis", "Furniture assembly", Group.HOME, "armchair"),
    Trade("passeador-de-caes", "Passeador de cães", "Dog walker", Group.HOME, "dog"),
    Trade("cozinheira", "Cozinheira em casa", "Home cook", Group.HOME, "chef-hat"),
    Trade(
        "cuidador-de-idosos", "Cuidador de idosos", "Elderly care", Group.HOME, "heart-handshake"
    ),
    Trade("frete", "Frete e carreto", "Freight", Group.MOVE, "truck"),
    Trade("mudanca", "Mudança", "Moving house", Group.MOVE, "package"),
    Trade("motoboy", "Motoboy", "Motorcycle courier", Group.MOVE, "bike"),
]


async def load_categories(connection: asyncpg.Connection) -> None:
    """Add the trades that are not there."""
    await connection.executemany(
        'INSERT INTO category (slug, name_pt, name_en, "group", icon) VALUES ($1, $2, $3, $4, $5)'
        " ON CONFLICT (slug) DO NOTHING",
        CATEGORIES,
    )
