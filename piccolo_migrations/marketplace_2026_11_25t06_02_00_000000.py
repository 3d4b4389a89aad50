"""What the database guarantees of letters, notifications and reminders."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.core.database import execute
from app.settings import settings

ID = "2026-11-25T06:02:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "notifications: guarantees"

FORWARDS = """
UPDATE email SET state = 'sent' WHERE sent_at IS NOT NULL;
ALTER TABLE email
    ADD CONSTRAINT email_state CHECK (state IN ('kept', 'waiting', 'sent', 'bounced', 'failed')),
    ADD CONSTRAINT email_sent CHECK ((state = 'sent') = (sent_at IS NOT NULL)),
    ADD CONSTRAINT email_given_up CHECK (state NOT IN ('bounced', 'failed') OR problem <> '');
CREATE INDEX email_given_up ON email (id) WHERE state IN ('bounced', 'failed');

ALTER TABLE users ADD CONSTRAINT users_phone CHECK (phone ~ '^([+][1-9][0-9]{7,14})?$');

ALTER TABLE notification
    ADD CONSTRAINT notification_once UNIQUE ("user", cause),
    ADD CONSTRAINT notification_link CHECK (link LIKE '/%' AND link NOT LIKE '//%');
CREATE INDEX notification_newest ON notification ("user", id);
CREATE INDEX notification_unread ON notification ("user") WHERE read_at IS NULL;
CREATE INDEX notification_booking ON notification (booking) WHERE booking IS NOT NULL;
CREATE INDEX notification_created_at ON notification (created_at);

ALTER TABLE notification_preference
    ADD CONSTRAINT notification_preference_once UNIQUE ("user", kind);

CREATE INDEX push_subscription_user ON push_subscription ("user");
ALTER TABLE push_subscription
    ADD CONSTRAINT push_subscription_endpoint CHECK (endpoint LIKE 'https://%');
ALTER TABLE push_message
    ADD CONSTRAINT push_message_once UNIQUE (notification, subscription);
CREATE INDEX push_message_subscription ON push_message (subscription);

ALTER TABLE reminder ADD CONSTRAINT reminder_once UNIQUE (booking, hours, starts_at);
CREATE INDEX reminder_starts_at ON reminder (starts_at);
CREATE INDEX booking_coming ON booking (starts_at) WHERE status = 'confirmed';
"""
# What nobody has sent yet waits for its job, or is kept where there is no mail server.
UNSENT = "UPDATE email SET state = 'kept' WHERE sent_at IS NULL"

BACKWARDS = """
DROP INDEX booking_coming, reminder_starts_at, push_message_subscription, push_subscription_user,
    notification_created_at, notification_booking, notification_unread, notification_newest,
    email_given_up;
ALTER TABLE reminder DROP CONSTRAINT reminder_once;
ALTER TABLE push_message DROP CONSTRAINT push_message_once;
ALTER TABLE push_subscription DROP CONSTRAINT push_subscription_endpoint;
ALTER TABLE notification_preference DROP CONSTRAINT notification_preference_once;
ALTER TABLE notification
    DROP CONSTRAINT notification_link,
    DROP CONSTRAINT notification_once;
ALTER TABLE users DROP CONSTRAINT users_phone;
ALTER TABLE email
    DROP CONSTRAINT email_given_up,
    DROP CONSTRAINT email_sent,
    DROP CONSTRAINT email_state;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="marketplace", description=DESCRIPTION)
    manager.add_raw(add)
    manager.add_raw_backwards(remove)
    return manager


async def add() -> None:
    if not settings().smtp_url:
        await execute(UNSENT)
    await execute(FORWARDS)


async def remove() -> None:
    await execute(BACKWARDS)
