"""Addresses under which people's own calendar programs read their bookings."""

from piccolo.columns import BigSerial, Bytea, ForeignKey, OnDelete, Timestamptz
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.table import Table

from app.accounts.tables import User


class CalendarFeed(Table):
    id: BigSerial = BigSerial(primary_key=True)
    user = ForeignKey(User, null=False, on_delete=OnDelete.restrict, unique=True)
    # SHA-256 of the address's token, which has 256 random bits, so it needs no slow hash.
    token_hash: Bytea = Bytea(default=None, unique=True)
    created_at: Timestamptz = Timestamptz(default=TimestamptzNow())
