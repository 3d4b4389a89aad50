"""Background work on notifications, by the names under which actions enqueue it."""

from app.core.jobs import Schedule
from app.notifications.actions.push import push_notification
from app.notifications.actions.remind import find_reminders, remind
from app.notifications.actions.tell import tell_move
from app.notifications.actions.tell_payment import tell_payment
from app.notifications.actions.tell_payout import tell_payout

HANDLERS = {
    "tell_move": tell_move,
    "tell_payment": tell_payment,
    "tell_payout": tell_payout,
    "remind": remind,
    "push_notification": push_notification,
}
SCHEDULES = {"find_reminders": Schedule("* * * * *", find_reminders)}
