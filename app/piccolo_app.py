"""The tables as one Piccolo app, for its migrations."""

from piccolo.conf.apps import AppConfig, table_finder

from app.settings import ROOT

APP_CONFIG = AppConfig(
    app_name="marketplace",
    migrations_folder_path=str(ROOT / "piccolo_migrations"),
    table_classes=table_finder(
        modules=[
            "app.emails.tables",
            "app.accounts.tables",
            "app.places.tables",
            "app.catalog.tables",
            "app.agenda.tables",
            "app.bookings.tables",
            "app.payments.tables",
            "app.calendars.tables",
            "app.notifications.tables",
            "app.photos.tables",
            "app.privacy.tables",
            "app.webhooks.tables",
        ],
        exclude_imported=True,
    ),
)
