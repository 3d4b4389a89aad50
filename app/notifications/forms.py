from typing import Annotated

from msgspec import Meta, Struct, defstruct, field

from app.core.forms import Id
from app.notifications.tables import Channel, Kind


class PageForm(Struct):
    # The last id of the page before.
    before: Id | None = field(name="pagina", default=None)


class ReadForm(Struct):
    newest: Id = field(name="ate")


def channel_name(kind: Kind, channel: Channel) -> str:
    """The field in which somebody wants to be told of a kind by a channel."""
    return f"{channel.value}-{kind.on_wire}"


# Each kind by each channel, by the names above; what is not ticked is not sent.
PreferencesForm = defstruct(
    "PreferencesForm",
    [
        ("zone", Annotated[str, Meta(max_length=40)], field(name="fuso", default="")),
        *(
            (f"{channel}_{kind}", bool, field(name=channel_name(kind, channel), default=False))
            for kind in Kind
            for channel in Channel
        ),
    ],
)


class DeviceForm(Struct):
    """A browser's push subscription."""

    endpoint: Annotated[str, Meta(max_length=1000)] = field(name="endereco")
    p256dh: Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{87}$")] = field(name="chave")
    auth: Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{22}$")] = field(name="segredo")


class UnsubscribeForm(Struct):
    token: Annotated[str, Meta(max_length=1000)] = field(name="codigo")
