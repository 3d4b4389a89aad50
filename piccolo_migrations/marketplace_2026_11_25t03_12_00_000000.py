"""Money that adds up: what payments, refunds and the ledger can never be."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.core.database import execute

ID = "2026-11-25T03:12:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "payments: guarantees"

FORWARDS = """
ALTER TABLE category ADD CONSTRAINT category_commission CHECK (commission_percent BETWEEN 0 AND 50);
ALTER TABLE service ADD CONSTRAINT service_prepaid CHECK (prepaid_percent BETWEEN 0 AND 100);
ALTER TABLE booking
    ADD CONSTRAINT booking_prepaid CHECK (prepaid BETWEEN 0 AND price),
    ADD CONSTRAINT booking_commission CHECK (commission_percent BETWEEN 0 AND 50),
    ADD CONSTRAINT booking_paid CHECK (refunded >= 0 AND paid >= refunded);

-- What is to be paid is held, and no more free for its customer than for others.
ALTER TABLE slot DROP CONSTRAINT slot_held,
    ADD CONSTRAINT slot_held CHECK (held_by IS NULL OR held_until IS NOT NULL);

ALTER TABLE payment
    ADD CONSTRAINT payment_method CHECK (method IN ('pix', 'card')),
    ADD CONSTRAINT payment_state CHECK (state IN ('new', 'open', 'reserved', 'paid', 'failed', 'closed')),
    ADD CONSTRAINT payment_amount CHECK (amount > 0),
    ADD CONSTRAINT payment_paid CHECK ((state = 'paid') = (paid_at IS NOT NULL));
CREATE UNIQUE INDEX payment_gateway_id ON payment (gateway, gateway_id) WHERE gateway_id <> '';
CREATE INDEX payment_customer ON payment (customer, id);
CREATE INDEX payment_unsettled ON payment (expires_at) WHERE state IN ('new', 'open', 'reserved');
ALTER TABLE payment_share
    ADD CONSTRAINT payment_share_once UNIQUE (payment, booking),
    ADD CONSTRAINT payment_share_amount CHECK (amount > 0);
CREATE INDEX payment_share_booking ON payment_share (booking);
ALTER TABLE refund
    ADD CONSTRAINT refund_state CHECK (state IN ('queued', 'pending', 'done', 'failed')),
    ADD CONSTRAINT refund_amount CHECK (amount > 0),
    ADD CONSTRAINT refund_done CHECK ((state = 'done') = (done_at IS NOT NULL));
CREATE INDEX refund_share ON refund (share);
CREATE INDEX refund_unsettled ON refund (id) WHERE state <> 'done';
ALTER TABLE payment_event
    ADD CONSTRAINT payment_event_kind CHECK (kind IN ('paid', 'late', 'twice', 'failed', 'refunded'));
CREATE INDEX payment_event_share ON payment_event (share);
ALTER TABLE payout
    ADD CONSTRAINT payout_state CHECK (state IN ('waiting', 'paid', 'failed')),
    ADD CONSTRAINT payout_amount CHECK (amount > 0),
    ADD CONSTRAINT payout_once UNIQUE (batch, provider),
    ADD CONSTRAINT payout_settled CHECK ((state = 'waiting') = (settled_at IS NULL));
CREATE INDEX payout_provider ON payout (provider, id);
ALTER TABLE webhook_event ADD CONSTRAINT webhook_event_once UNIQUE (gateway, event);
CREATE INDEX webhook_event_received ON webhook_event (received_at);
ALTER TABLE sandbox_charge
    ADD CONSTRAINT sandbox_charge_amount CHECK (amount > 0),
    ADD CONSTRAINT sandbox_charge_state CHECK (state IN ('open', 'reserved', 'paid', 'failed', 'closed'));
ALTER TABLE sandbox_refund ADD CONSTRAINT sandbox_refund_amount CHECK (amount > 0);
CREATE INDEX sandbox_refund_charge ON sandbox_refund (charge);

ALTER TABLE ledger_transaction
    ADD CONSTRAINT ledger_transaction_cause CHECK (num_nonnulls(share, refund, booking, payout) = 1),
    ADD CONSTRAINT ledger_transaction_kind CHECK (CASE kind
        WHEN 'received' THEN share IS NOT NULL
        WHEN 'refunded' THEN refund IS NOT NULL
        WHEN 'earned' THEN booking IS NOT NULL
        WHEN 'paid_out' THEN payout IS NOT NULL
        WHEN 'payout_failed' THEN payout IS NOT NULL
        ELSE false END),
    ADD CONSTRAINT ledger_transaction_once UNIQUE NULLS NOT DISTINCT (kind, share, refund, booking, payout);
CREATE INDEX ledger_transaction_booking ON ledger_transaction (booking) WHERE booking IS NOT NULL;
ALTER TABLE ledger_entry
    ADD CONSTRAINT ledger_entry_account CHECK (account IN ('customer', 'provider', 'platform', 'gateway')),
    ADD CONSTRAINT ledger_entry_amount CHECK (amount <> 0),
    ADD CONSTRAINT ledger_entry_user CHECK ((account IN ('customer', 'provider')) = ("user" IS NOT NULL));
CREATE INDEX ledger_entry_transaction ON ledger_entry (transaction);
CREATE INDEX ledger_entry_account ON ledger_entry (account, "user", transaction) INCLUDE (amount);

-- Double entry: looked at when the database transaction ends, so entries may come one by one.
CREATE FUNCTION ledger_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    written bigint := CASE TG_TABLE_NAME WHEN 'ledger_entry' THEN to_jsonb(NEW) ->> 'transaction'
        ELSE to_jsonb(NEW) ->> 'id' END;
    total numeric;
BEGIN
    SELECT sum(amount) INTO total FROM ledger_entry WHERE transaction = written;
    IF total IS DISTINCT FROM 0 THEN
        RAISE EXCEPTION 'ledger transaction % adds up to %, not to 0', written, total
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_balanced';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_balanced AFTER INSERT ON ledger_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_balanced();
CREATE CONSTRAINT TRIGGER ledger_balanced AFTER INSERT ON ledger_transaction
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_balanced();

CREATE FUNCTION ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE ON ledger_transaction
    FOR EACH ROW EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER ledger_never_emptied BEFORE TRUNCATE ON ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER ledger_never_emptied BEFORE TRUNCATE ON ledger_transaction
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
"""

BACKWARDS = """
DROP TRIGGER ledger_never_emptied ON ledger_transaction;
DROP TRIGGER ledger_never_emptied ON ledger_entry;
DROP TRIGGER ledger_append_only ON ledger_transaction;
DROP TRIGGER ledger_append_only ON ledger_entry;
DROP TRIGGER ledger_balanced ON ledger_transaction;
DROP TRIGGER ledger_balanced ON ledger_entry;
DROP FUNCTION ledger_append_only, ledger_balanced;
ALTER TABLE booking DROP CONSTRAINT booking_paid, DROP CONSTRAINT booking_commission,
    DROP CONSTRAINT booking_prepaid;
ALTER TABLE service DROP CONSTRAINT service_prepaid;
UPDATE slot SET held_until = NULL WHERE held_by IS NULL;
ALTER TABLE slot DROP CONSTRAINT slot_held,
    ADD CONSTRAINT slot_held CHECK ((held_until IS NULL) = (held_by IS NULL));
ALTER TABLE category DROP CONSTRAINT category_commission;
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
