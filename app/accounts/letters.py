"""What we write to people about their accounts."""

from app.core.i18n import N_
from app.emails.actions import Letter
from app.settings import settings

NOT_YOU = N_(
    "If that was not you, choose a new password at once. This also signs you out everywhere."
)


def confirm_email(link: str) -> Letter:
    return Letter(
        N_("Please confirm your e-mail"),
        [
            N_("We tell you of your bookings at this address. The button shows that it is yours."),
            N_("The link is good for three days. If you did not register, just leave it."),
        ],
        N_("Confirm e-mail"),
        link,
    )


def reset_password(link: str) -> Letter:
    return Letter(
        N_("Choose a new password"),
        [
            N_("Somebody, most likely you, asked for a new password for your account."),
            N_("The link is good for one hour. If it was not you, just leave it; nothing changes."),
        ],
        N_("Choose a new password"),
        link,
    )


def password_changed() -> Letter:
    return Letter(
        N_("Your password was changed"),
        [N_("You are signed out everywhere else. The new password is the only one now."), NOT_YOU],
        N_("Choose a new password"),
        f"{settings().base_url}/senha",
    )


def leave_email(link: str, coming: str) -> Letter:
    return Letter(
        N_("May we change your e-mail?"),
        [
            N_("Your account is to use %(email)s from now on.", email=coming),
            N_("We change it once both addresses have said yes; the link is good for three days."),
            NOT_YOU,
        ],
        N_("Yes, change it"),
        link,
    )


def take_email(link: str) -> Letter:
    return Letter(
        N_("Is this your new e-mail?"),
        [
            N_("An account of ours is to use this address from now on."),
            N_("We change it once both addresses have said yes; the link is good for three days."),
        ],
        N_("Yes, it is mine"),
        link,
    )


def email_changed(coming: str) -> Letter:
    return Letter(
        N_("Your e-mail was changed"),
        [N_("From now on you sign in with %(email)s.", email=coming), NOT_YOU],
    )


def second_factor_changed(*, added: bool) -> Letter:
    if added:
        return Letter(
            N_("Signing in now asks for a code"),
            [N_("An authenticator app was added to your account."), NOT_YOU],
        )
    return Letter(
        N_("Signing in asks for no code any more"),
        [N_("The authenticator app was removed from your account."), NOT_YOU],
    )


def recovery_code_used() -> Letter:
    return Letter(
        N_("A recovery code was used"),
        [N_("Somebody signed in to your account with one of your recovery codes."), NOT_YOU],
    )


def recovery_codes_made() -> Letter:
    return Letter(
        N_("You have new recovery codes"),
        [N_("The old ones are good no longer."), NOT_YOU],
    )


def passkey_changed(*, added: bool) -> Letter:
    if added:
        return Letter(
            N_("A passkey was added"),
            [N_("It signs in to your account without a password."), NOT_YOU],
        )
    return Letter(
        N_("A passkey was removed"), [N_("It no longer signs in to your account."), NOT_YOU]
    )
