"""Brazilian places, from GeoNames."""

from piccolo.columns import DoublePrecision, Integer, Varchar
from piccolo.table import Table


class Place(Table):
    # GeoNames' number.
    id: Integer = Integer(primary_key=True)
    name: Varchar = Varchar(length=80)
    # The state's two letters, "SP".
    state: Varchar = Varchar(length=2)
    # "sao carlos, sp": what a typed place is compared with.
    search_name: Varchar = Varchar(length=90)
    latitude: DoublePrecision = DoublePrecision()
    longitude: DoublePrecision = DoublePrecision()
    population: Integer = Integer()
    # IANA time zone.
    zone: Varchar = Varchar(length=40)
