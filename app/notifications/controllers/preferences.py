from typing import Any

from litestar import Controller, get, post

from app.accounts.authentication import SIGNED_IN
from app.agenda.controllers.rules import BRAZIL, zones_elsewhere
from app.agenda.errors import UnknownZone
from app.core.forms import Submitted, blank, read_form, show_form
from app.core.http import Request, Response
from app.core.notices import Notice, redirect
from app.notifications.actions.devices import BadDevice, add_device, forget_devices
from app.notifications.actions.preferences import save_preferences
from app.notifications.forms import DeviceForm, PreferencesForm, channel_name
from app.notifications.kinds import ALWAYS_BY_EMAIL
from app.notifications.queries import has_device, preferences_of, zone_of
from app.notifications.tables import Channel, Kind
from app.notifications.vapid import public_key

PATH = "/conta/avisos"


class PreferencesController(Controller):
    path = PATH
    guards = [SIGNED_IN]

    @get()
    async def edit(self, request: Request) -> Response:
        user = request.user.id
        chosen = {
            channel_name(kind, channel): "true"
            for kind, channels in (await preferences_of(user)).items()
            for channel in channels
        }
        return await _show(request, blank(fuso=await zone_of(user), **chosen))

    @post()
    async def save(self, request: Request) -> Response:
        filled = await read_form(request, PreferencesForm)

        async def save(form: Any) -> None:
            await save_preferences(request.user.id, _chosen(form), form.zone)

        await filled.then(save, {UnknownZone: "fuso"})
        if filled.errors:
            return await _show(request, filled)
        return redirect(PATH, Notice.PREFERENCES_SAVED)

    @post("/aparelho")
    async def add_device(self, request: Request) -> Response:
        form = (await read_form(request, DeviceForm)).form
        if form is None:
            raise BadDevice
        await add_device(request.user.id, request.user.session, form)
        return redirect(PATH, Notice.DEVICE_ADDED)

    @post("/aparelho/remocao")
    async def remove_device(self, request: Request) -> Response:
        await forget_devices("s.session = $1", request.user.session)
        return redirect(PATH, Notice.DEVICE_REMOVED)


def _chosen(form: Any) -> dict[Kind, frozenset[Channel]]:
    return {
        kind: frozenset(channel for channel in Channel if getattr(form, f"{channel}_{kind}"))
        for kind in Kind
    }


async def _show(request: Request, filled: Submitted[Any]) -> Response:
    return show_form(
        request,
        "notifications/preferences.html",
        filled,
        kinds=list(Kind),
        channels=list(Channel),
        name=channel_name,
        always=ALWAYS_BY_EMAIL,
        on_device=await has_device(request.user.id, request.user.session),
        public_key=public_key(),
        brazil=BRAZIL,
        others=zones_elsewhere(),
    )
