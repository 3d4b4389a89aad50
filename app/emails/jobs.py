"""Background work on e-mails, by the names under which actions enqueue it."""

from app.emails.actions import deliver_email

HANDLERS = {"deliver_email": deliver_email}
