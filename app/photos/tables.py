"""Pictures that people have sent, as re-encoded files under random names."""

from piccolo.columns import BigSerial, ForeignKey, OnDelete, SmallInt, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.table import Table

from app.accounts.tables import User


class Photo(Table):
    id: BigSerial = BigSerial(primary_key=True)
    owner = ForeignKey(User, null=False, on_delete=OnDelete.restrict)
    # What names it in addresses and on the volume; 32 hexadecimal digits.
    name: Varchar = Varchar(length=32, unique=True)
    # Pixels.
    width: SmallInt = SmallInt()
    height: SmallInt = SmallInt()
    created_at: Timestamptz = Timestamptz(default=TimestamptzNow())


class Portrait(Table):
    """The picture of themselves that a user shows."""

    id: BigSerial = BigSerial(primary_key=True)
    user = ForeignKey(User, null=False, on_delete=OnDelete.restrict, unique=True)
    photo = ForeignKey(Photo, null=False, on_delete=OnDelete.restrict, unique=True)
