"""What the database guarantees of accounts, and how long the audit log is kept."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.core.database import execute

ID = "2026-11-23T21:50:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "identity: guarantees"

FORWARDS = """
-- Who has an account already was let in without a confirmation.
UPDATE users SET email_confirmed_at = created_at;

ALTER TABLE users ADD CONSTRAINT users_deleted_inactive CHECK (deleted_at IS NULL OR NOT active);

ALTER TABLE account_link
    ADD CONSTRAINT account_link_purpose
        CHECK (purpose IN ('confirm-email', 'reset-password', 'leave-email', 'take-email')),
    -- A newer link of the same purpose takes the older one's place.
    ADD CONSTRAINT account_link_newest UNIQUE ("user", purpose);

CREATE UNIQUE INDEX recovery_code_once ON recovery_code ("user", code_hash);
CREATE INDEX passkey_user ON passkey ("user");
CREATE UNIQUE INDEX consent_once ON consent ("user", document, version);
CREATE INDEX email_user ON email ("user", id);
CREATE INDEX photo_owner ON photo (owner);
CREATE INDEX data_export_user ON data_export ("user", id);

CREATE INDEX audit_event_actor ON audit_event (actor, id);
CREATE INDEX audit_event_subject ON audit_event (subject, id);
CREATE INDEX audit_event_action ON audit_event (action, id);
CREATE INDEX audit_event_at ON audit_event (at);

-- Nobody edits what happened. It may be forgotten after a year, which the privacy notice promises.
CREATE FUNCTION audit_event_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.at < now() - interval '1 year' THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION 'audit_event is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE ON audit_event
    FOR EACH ROW EXECUTE FUNCTION audit_event_append_only();
CREATE TRIGGER audit_event_never_truncated BEFORE TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION audit_event_append_only();
"""

BACKWARDS = """
DROP TRIGGER audit_event_never_truncated ON audit_event;
DROP TRIGGER audit_event_append_only ON audit_event;
DROP FUNCTION audit_event_append_only;
DROP INDEX recovery_code_once, passkey_user, consent_once, email_user, photo_owner, data_export_user,
    audit_event_actor, audit_event_subject, audit_event_action, audit_event_at;
ALTER TABLE account_link DROP CONSTRAINT account_link_purpose, DROP CONSTRAINT account_link_newest;
ALTER TABLE users DROP CONSTRAINT users_deleted_inactive;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="marketplace", description=DESCRIPTION)
    manager.add_raw(add)
    manager.add_raw_backwards(remove)
    return manager


async def add() -> None:
    await execute(FORWARDS)


async def remove() -> None:
    await execute(BACKWARDS)
