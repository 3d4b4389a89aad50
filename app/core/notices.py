"""One line that tells what was just done; a cookie carries it over the redirect that follows."""

from datetime import timedelta
from enum import Enum

from litestar.datastructures import Cookie
from litestar.response import Redirect

from app.core.cookies import cookie, read_cookie
from app.core.http import Request
from app.core.i18n import N_, Message

COOKIE = "aviso"
LIFETIME = timedelta(minutes=1)


class Notice(Enum):
    ACCEPTED = N_("Accepted. It is on your agenda now.")
    DECLINED = N_("Declined. The time is free again.")
    CANCELLED = N_("Cancelled. The time is free for others again.")
    COMPLETED = N_("Noted as done.")
    NO_SHOW = N_("Noted that nobody was there.")
    MOVED = N_("Moved. The other side has been told.")
    GIVEN_UP = N_("The time is free for others again.")
    WAITING = N_("We will tell you as soon as something frees up.")
    NOT_WAITING = N_("You are not waiting for that any more.")
    HOURS_SAVED = N_("Saved. Your free times are written anew.")
    BOOKINGS_OUTSIDE = N_(
        "Saved. Bookings that lie outside your hours now: %(number)s. They stay as they are."
    )
    RULES_SAVED = N_("Saved. What was booked before stays as it was agreed.")
    WELCOME = N_("Welcome. Your account is ready. We have written to you to confirm your e-mail.")
    CONFIRMATION_SENT = N_("We have written to you. Follow the link in the e-mail.")
    BOTH_ADDRESSES_ASKED = N_("We have written to both addresses. Follow the link in each e-mail.")
    PASSWORD_CHANGED = N_("Your password is changed. You are signed out everywhere else.")
    PASSWORD_RESET = N_("Your password is changed. Sign in with the new one.")
    SECOND_FACTOR_REMOVED = N_("The authenticator app is removed.")
    PASSKEY_REMOVED = N_("The passkey is removed.")
    PHONE_SAVED = N_("Saved.")
    PHOTO_CHANGED = N_("Your photo is changed.")
    PHOTO_REMOVED = N_("Your photo is removed.")
    AGREED = N_("Thank you. That is recorded.")
    EXPORT_ASKED = N_("We are putting your data together and write to you when they are ready.")
    ACCOUNT_DELETED = N_("Your account is deleted. Thank you for having been here.")
    FEED_OFF = N_("The address is switched off. Calendars that use it get nothing any more.")
    PREFERENCES_SAVED = N_("Saved. That is how we tell you from now on.")
    ALL_READ = N_("Nothing is new any more.")
    DEVICE_ADDED = N_("This device shows now what we tell you.")
    DEVICE_REMOVED = N_("This device stays silent now.")
    CALENDAR_ADDED = N_("Added. We are reading it now; look again in a moment.")
    CALENDAR_READING = N_("We are reading it now. Look again in a moment.")
    CALENDAR_REMOVED = N_("Removed, and its busy times with it.")
    TRIAL_SENT = N_("Sent. What came back is in the log; look again in a moment.")
    SENT_AGAIN = N_("It is being sent again. Look at the log in a moment.")
    EVENTS_CHOSEN = N_("Saved. From now on it hears of these events.")
    WEBHOOK_ON = N_("Switched on. It hears of what happens from now on.")
    WEBHOOK_OFF = N_("Switched off. Nothing is sent to it any more.")
    WEBHOOK_REMOVED = N_("Removed, and its log with it.")
    JOB_RETRIED = N_("It is in the queue again.")
    JOB_DISCARDED = N_("Discarded. It will not be done.")
    EMAIL_RETRIED = N_("It goes out again.")
    PIX_KEY_CHANGED = N_("Saved. Your earnings go there from now on.")
    REFUND_RETRIED = N_("It is on its way again.")
    PAYOUTS_MADE = N_("Made. Take the file to the bank, then note here what was paid.")
    PAYOUT_PAID = N_("Noted as paid.")
    PAYOUT_FAILED = N_("Noted. The money is on the provider's balance again.")
    COMMISSIONS_SAVED = N_("Saved. Bookings made before keep theirs.")
    SESSIONS_ENDED = N_("Done. Whoever was signed in there is not any more.")
    SIGNED_OUT = N_("You are signed out. See you soon.")


def redirect(path: str, notice: Notice, number: int = 0) -> Redirect:
    """See Other, where the next page shows this notice, with its number if it tells of one."""
    answer = Redirect(path, status_code=303)
    answer.set_cookie(cookie(COOKIE, f"{notice.name}.{number}", LIFETIME))
    return answer


def notice_for(request: Request) -> Message | None:
    """What the request before this one has left to say. Whoever shows it deletes the cookie."""
    name, _, number = read_cookie(request, COOKIE).partition(".")
    if name not in Notice.__members__:
        return None
    return Message(Notice[name].value.text, {"number": number if number.isdecimal() else "0"})


def without_notice() -> Cookie:
    """The cookie when it has been shown."""
    return cookie(COOKIE, "", LIFETIME)
