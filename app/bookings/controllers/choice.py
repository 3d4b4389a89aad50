"""The booking page: what and when, what is held, and what else there is when that is gone."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from app.agenda.queries import FARTHEST, free_starts, nearest_free_starts
from app.bookings.addresses import as_typed
from app.bookings.errors import HoldLapsed, SlotTaken
from app.bookings.forms import Rhythm
from app.bookings.queries import booking_of, hold_at, hold_of, service_of_variant
from app.catalog.queries import Variant, service_for_page
from app.catalog.similar import similar_nearby
from app.core.errors import NotFound
from app.core.forms import Submitted
from app.core.http import Request, Response
from app.core.i18n import language_of
from app.core.templating import fragment, page, wants_fragment
from app.core.time import now
from app.places.remembered import remembered_place

# The form offers this many times, beginning a little before the one that was chosen.
OTHER_TIMES = 12
BEFORE = timedelta(hours=2)
# What is offered in place of a time that is gone: of this provider, and of others.
NEAREST, SIMILAR = 3, 3


async def show_choice(request: Request, filled: Submitted[Any], **context: Any) -> Response:
    """The form with what was typed so far, what is held, and the times that are free now.

    Raises:
        NotFound: neither a variant nor a service that is offered was chosen.
    """
    customer = request.user.id
    filled.typed.setdefault("chave", str(uuid4()))
    await _start_from(filled, customer)
    service = await _service_of(filled, language_of(request))
    await _fill_in_place(request, filled, service)
    values = filled.values
    hold = await hold_at(customer, service["id"], values.get("variant"), values.get("starts_at"))
    variant = _variant_of(filled, service, hold)
    wanted = filled.values.get("starts_at")
    if wanted is None and hold and hold["variant"] == variant.id:
        wanted = hold["starts_at"]
    times = await _times(service, variant, wanted, customer)
    if wanted is None and filled.values.get("like"):
        # The same once more: as soon as it can be had, and one click away.
        wanted = next(iter(times), None)
    gone = wanted is not None and wanted not in times
    if gone and "inicio" not in filled.errors:
        filled.errors["inicio"] = SlotTaken.message
        filled.status = SlotTaken.status
    similar = []
    if gone and wanted:
        times = await nearest_free_starts(
            service["id"], variant.minutes, wanted, NEAREST, holder=customer
        )
        similar = await similar_nearby(service["id"], wanted, SIMILAR)
    shown = {
        "filled": filled,
        "service": service,
        "variant": variant,
        "wanted": wanted,
        "times": times,
        "similar": similar,
        "hold": hold if hold and _is_of(hold, variant, wanted) else None,
        "replaces": hold["code"] if hold else "",
        "rhythms": list(Rhythm),
        **context,
    }
    if wants_fragment(request):
        return fragment(
            request, "bookings/_choice.html", status=filled.status, swapped=True, **shown
        )
    return page(request, "bookings/new.html", status=filled.status, **shown)


async def _start_from(filled: Submitted[Any], customer: int) -> None:
    """Fill in what is held, or what an earlier booking had."""
    values, typed = filled.values, filled.typed
    if (code := values.get("hold")) and "starts_at" not in values and "variant" not in values:
        hold = await hold_of(customer, code)
        if hold is None:
            raise HoldLapsed
        values |= {"variant": hold["variant"], "starts_at": hold["starts_at"]}
    if code := values.get("like"):
        earlier = await booking_of(customer, code)
        if earlier and earlier["customer"] == customer:
            values["variant"], values["service"] = earlier["variant"], earlier["service"]
            typed |= {**as_typed(earlier), "observacao": earlier["note"]}


async def _fill_in_place(request: Request, filled: Submitted[Any], service: dict[str, Any]) -> None:
    """Where the customer last searched at, else where the service is."""
    if "onde" not in filled.typed:
        place = await remembered_place(request)
        where = place["label"] if place else f"{service['place']}, {service['state']}"
        filled.typed["onde"] = where


async def _service_of(filled: Submitted[Any], language: str) -> dict[str, Any]:
    chosen = filled.values.get("variant")
    wanted = filled.values.get("service") or (chosen and await service_of_variant(chosen))
    service = wanted and await service_for_page(wanted, language)
    if not service:
        raise NotFound
    return dict(service)


def _variant_of(filled: Submitted[Any], service: dict[str, Any], hold: Any | None) -> Variant:
    """The one that was chosen, or is held at the chosen time, or else the cheapest."""
    chosen = filled.values.get("variant")
    wanted = filled.values.get("starts_at")
    if not chosen and hold and wanted in (None, hold["starts_at"]):
        chosen = hold["variant"]
    variants: list[Variant] = service["variants"]
    cheapest = min(variants, key=lambda variant: variant.price)
    return next((one for one in variants if one.id == chosen), cheapest)


def _is_of(hold: Any, variant: Variant, wanted: datetime | None) -> bool:
    return bool((hold["variant"], hold["starts_at"]) == (variant.id, wanted))


async def _times(
    service: dict[str, Any], variant: Variant, wanted: datetime | None, customer: int
) -> list[datetime]:
    earliest = max(now(), wanted - BEFORE) if wanted else now()
    return await free_starts(
        service["id"],
        variant.minutes,
        earliest,
        earliest + FARTHEST,
        holder=customer,
        most=OTHER_TIMES,
    )
