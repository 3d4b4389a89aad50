import litestar
from litestar import Controller, get, post
from litestar.datastructures import UploadFile
from litestar.exceptions import HTTPException

from app.accounts.authentication import ANYONE, SIGNED_IN
from app.core import files
from app.core.errors import DomainError, NotFound
from app.core.forms import Unreadable, blank, show_form
from app.core.http import PathName, Request, Response
from app.core.notices import Notice, redirect
from app.photos.actions import (
    MOST_BYTES,
    PHOTOS,
    PhotoTooLarge,
    PhotoUnreadable,
    change_portrait,
    remove_portrait,
)
from app.photos.queries import is_photo, portrait_of

# The picture and what multipart puts around it.
LARGEST_UPLOAD = MOST_BYTES + 100_000
# A name is never used twice.
KEPT = "public, max-age=31536000, immutable"


class PhotosController(Controller):
    path = "/fotos"
    guards = [ANYONE]

    @get("/{name:str}")
    async def show(self, name: PathName) -> Response:
        if not await is_photo(name):
            raise NotFound
        try:
            content = await files.read(PHOTOS, name)
        except FileNotFoundError as error:
            # Its owner has just taken another one.
            raise NotFound from error
        headers = {
            "Content-Disposition": f'inline; filename="{name}.webp"',
            "Cache-Control": KEPT,
        }
        return litestar.Response(content, media_type="image/webp", headers=headers)


class PortraitController(Controller):
    path = "/conta/foto"
    guards = [SIGNED_IN]

    @get()
    async def edit(self, request: Request) -> Response:
        return await _show(request, None)

    @post(request_max_body_size=LARGEST_UPLOAD)
    async def update(self, request: Request) -> Response:
        try:
            await change_portrait(request.user.id, await _picture(request))
        except DomainError as error:
            return await _show(request, error)
        return redirect("/conta/foto", Notice.PHOTO_CHANGED)

    @post("/remocao")
    async def remove(self, request: Request) -> Response:
        await remove_portrait(request.user.id)
        return redirect("/conta/foto", Notice.PHOTO_REMOVED)


async def _picture(request: Request) -> bytes:
    """The content of the file in the form.

    Raises:
        Unreadable: that is no form with files, or a broken one. PhotoUnreadable: it has no file.
        PhotoTooLarge.
    """
    if request.content_type[0] != "multipart/form-data":
        raise Unreadable
    try:
        picture = (await request.form()).get("foto")
    except HTTPException as error:
        raise PhotoTooLarge if error.status_code == 413 else Unreadable from error
    except (LookupError, ValueError) as error:
        # Litestar decodes a field's text by whatever encoding the field says it has.
        raise Unreadable from error
    if not isinstance(picture, UploadFile):
        raise PhotoUnreadable
    return await picture.read()


async def _show(request: Request, error: DomainError | None) -> Response:
    filled = blank()
    if error:
        filled.errors["foto"], filled.status = error.message, error.status
    portrait = await portrait_of(request.user.id)
    return show_form(request, "photos/edit.html", filled, portrait=portrait)


CONTROLLERS = [PhotosController, PortraitController]
