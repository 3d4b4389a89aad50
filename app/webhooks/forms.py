from collections.abc import Iterable
from typing import Annotated, Any

from msgspec import Meta, Struct, defstruct, field

from app.core.forms import Id
from app.core.outside import LONGEST_ADDRESS
from app.webhooks.tables import Kind

# Each kind of event as a box to tick.
EventsForm = defstruct(
    "EventsForm",
    [(kind.name.lower(), bool, field(name=kind.value, default=False)) for kind in Kind],
    kw_only=True,
)


WebhookForm = defstruct(
    "WebhookForm",
    [("address", Annotated[str, Meta(max_length=LONGEST_ADDRESS)], field(name="endereco"))],
    bases=(EventsForm,),
    kw_only=True,
)


class LogForm(Struct):
    """before: the last delivery of the page before."""

    before: Id | None = field(name="pagina", default=None)


def chosen_events(form: Any) -> list[str]:
    """form: an EventsForm."""
    return [kind.value for kind in Kind if getattr(form, kind.name.lower())]


def ticked(events: Iterable[str]) -> dict[str, str]:
    """As the form has them when they were chosen before."""
    return dict.fromkeys(events, "true")
