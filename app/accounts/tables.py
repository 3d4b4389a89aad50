"""Who signs in."""

from enum import StrEnum

from piccolo.columns import BigSerial, Boolean, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.table import Table


class Role(StrEnum):
    CUSTOMER = "customer"
    PROVIDER = "provider"
    ADMIN = "admin"


class User(Table, tablename="users"):
    id: BigSerial = BigSerial(primary_key=True)
    # In lower case, by constraint users_email_lower.
    email: Varchar = Varchar(length=254, unique=True)
    name: Varchar = Varchar(length=80)
    password_hash: Varchar = Varchar(length=200)
    role: Varchar = Varchar(length=10, choices=Role)
    # The language chosen for screens and messages: "pt" or "en".
    language: Varchar = Varchar(length=2, default="pt")
    active: Boolean = Boolean(default=True)
    created_at: Timestamptz = Timestamptz(default=TimestamptzNow())
