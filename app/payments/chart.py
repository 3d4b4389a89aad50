"""Bars drawn by the server: how high each is, in a picture of its own units."""

from decimal import Decimal
from typing import NamedTuple

from app.payments.earnings import Stretch

WIDTH, HEIGHT = 1000, 200
# Of its place, what a bar leaves free.
GAP = 0.28


class Bar(NamedTuple):
    stretch: Stretch
    x: float
    y: float
    width: float
    height: float


class Chart(NamedTuple):
    """most, least: BRL at the upper and the lower edge. zero: where nothing was earned."""

    bars: list[Bar]
    most: Decimal
    least: Decimal
    zero: float


def chart_of(stretches: list[Stretch]) -> Chart:
    """One bar for what was earned in each stretch; below zero where commissions were more."""
    earned = [stretch.earned for stretch in stretches]
    most, least = max(*earned, Decimal(0)), min(*earned, Decimal(0))
    unit = HEIGHT / float(most - least or 1)
    zero = round(float(most) * unit, 2)
    place = WIDTH / len(stretches)
    bars = [
        Bar(
            stretch,
            round((number + GAP / 2) * place, 2),
            round(zero - max(float(stretch.earned), 0) * unit, 2),
            round(place * (1 - GAP), 2),
            round(abs(float(stretch.earned)) * unit, 2),
        )
        for number, stretch in enumerate(stretches)
    ]
    return Chart(bars, most, least, zero)
