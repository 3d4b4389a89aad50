from app.core.database import fetch_one


async def portrait_of(user: int) -> str | None:
    """The name of the picture that a user shows."""
    row = await fetch_one(
        'SELECT p.name FROM portrait t JOIN photo p ON p.id = t.photo WHERE t."user" = $1', user
    )
    return row["name"] if row else None


async def is_photo(name: str) -> bool:
    return await fetch_one("SELECT id FROM photo WHERE name = $1", name) is not None
