from app.notifications.controllers.notifications import LiveController, NotificationsController
from app.notifications.controllers.preferences import PreferencesController
from app.notifications.controllers.unsubscribing import UnsubscribingController

CONTROLLERS = [
    NotificationsController,
    LiveController,
    PreferencesController,
    UnsubscribingController,
]
