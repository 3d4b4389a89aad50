"""Copies of somebody's data that they asked for."""

from piccolo.columns import BigSerial, ForeignKey, OnDelete, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.table import Table

from app.accounts.tables import User


class DataExport(Table):
    id: BigSerial = BigSerial(primary_key=True)
    user = ForeignKey(User, null=False, on_delete=OnDelete.restrict)
    # What names the archive in addresses and on the volume; 32 hexadecimal digits.
    name: Varchar = Varchar(length=32, unique=True)
    requested_at: Timestamptz = Timestamptz(default=TimestamptzNow())
    # Null until the archive is made.
    ready_at: Timestamptz = Timestamptz(null=True, default=None)
    expires_at: Timestamptz = Timestamptz(default=None)
