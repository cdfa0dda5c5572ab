-- The tables of Timebok, version 1.
--
-- Every table begins with clinic_id and id, and so does its key. IDs are BLOBs
-- of 16 bytes, instants and durations INTEGERs in microseconds (instants since
-- 1970, UTC), days TEXT as YYYY-MM-DD, money INTEGER in øre, truth values 0 or 1.
-- NULL is "none"; where a text may be missing it is ''.
--
-- There are no foreign keys: the records of one transaction are written in any
-- order, a client can be erased while the accounts that name it must stay, and a
-- clinic can be moved table by table. Records are taken away by the library only,
-- which looks first at what hangs on them.

CREATE TABLE timebok_schema (
  version INTEGER PRIMARY KEY,
  name    TEXT NOT NULL
) STRICT;

CREATE TABLE clinic (
  clinic_id   BLOB NOT NULL CHECK (length(clinic_id) = 16),
  id          BLOB NOT NULL CHECK (length(id) = 16),
  version     INTEGER NOT NULL,
  name        TEXT NOT NULL,
  zone        TEXT NOT NULL,
  lang        TEXT NOT NULL,
  party_id    BLOB,
  street      TEXT NOT NULL,
  postal_code TEXT NOT NULL,
  city        TEXT NOT NULL,
  country     TEXT NOT NULL,
  PRIMARY KEY (clinic_id, id)
) STRICT, WITHOUT ROWID;

-- The clinics that are closed for changes while they are moved, or since they were.
CREATE TABLE clinic_fence (
  clinic_id BLOB PRIMARY KEY CHECK (length(clinic_id) = 16)
) STRICT, WITHOUT ROWID;

CREATE TABLE billing_party (
  clinic_id          BLOB NOT NULL CHECK (length(clinic_id) = 16),
  id                 BLOB NOT NULL CHECK (length(id) = 16),
  version            INTEGER NOT NULL,
  name               TEXT NOT NULL,
  org                TEXT NOT NULL,
  form               TEXT NOT NULL,
  vat_registered     INTEGER NOT NULL,
  foretaksregisteret INTEGER NOT NULL,
  account            TEXT NOT NULL,
  iban               TEXT NOT NULL,
  kid_scheme         TEXT NOT NULL,
  email              TEXT NOT NULL,
  street             TEXT NOT NULL,
  postal_code        TEXT NOT NULL,
  city               TEXT NOT NULL,
  country            TEXT NOT NULL,
  PRIMARY KEY (clinic_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE practitioner (
  clinic_id    BLOB NOT NULL CHECK (length(clinic_id) = 16),
  id           BLOB NOT NULL CHECK (length(id) = 16),
  version      INTEGER NOT NULL,
  name         TEXT NOT NULL,
  hpr          TEXT NOT NULL,
  profession   TEXT NOT NULL,
  email        TEXT NOT NULL,
  lang         TEXT NOT NULL,
  party_id     BLOB,
  network_keys TEXT, -- JSON
  inactive     INTEGER NOT NULL,
  PRIMARY KEY (clinic_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE client (
  clinic_id    BLOB NOT NULL CHECK (length(clinic_id) = 16),
  id           BLOB NOT NULL CHECK (length(id) = 16),
  version      INTEGER NOT NULL,
  name         TEXT NOT NULL,
  birth_date   TEXT,
  birth_number TEXT NOT NULL,
  email        TEXT NOT NULL,
  phone        TEXT NOT NULL,
  address      TEXT NOT NULL,
  lang         TEXT NOT NULL,
  origin       TEXT NOT NULL,
  consents     TEXT, -- JSON
  PRIMARY KEY (clinic_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX client_birth_date ON client (clinic_id, birth_date, id) WHERE birth_date IS NOT NULL;
CREATE INDEX client_birth_number ON client (clinic_id, birth_number, id) WHERE birth_number <> '';

CREATE TABLE service (
  clinic_id     BLOB NOT NULL CHECK (length(clinic_id) = 16),
  id            BLOB NOT NULL CHECK (length(id) = 16),
  version       INTEGER NOT NULL,
  name          TEXT NOT NULL,
  duration      INTEGER NOT NULL,
  buffer_before INTEGER NOT NULL,
  buffer_after  INTEGER NOT NULL,
  price_ore     INTEGER NOT NULL,
  vat_category  TEXT NOT NULL,
  vat_rate_bp   INTEGER NOT NULL,
  vat_reason    TEXT NOT NULL,
  network_keys  TEXT, -- JSON
  inactive      INTEGER NOT NULL,
  PRIMARY KEY (clinic_id, id)
) STRICT, WITHOUT ROWID;

-- What the networks call practitioners and services; kept by the triggers below.
CREATE TABLE network_key (
  clinic_id BLOB NOT NULL,
  kind      TEXT NOT NULL, -- practitioner, service
  network   TEXT NOT NULL,
  name      TEXT NOT NULL, -- the network's key
  id        BLOB NOT NULL,
  PRIMARY KEY (clinic_id, kind, network, name, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX network_key_id ON network_key (clinic_id, kind, id);

CREATE TRIGGER practitioner_keys_insert AFTER INSERT ON practitioner WHEN NEW.network_keys IS NOT NULL BEGIN
  INSERT OR IGNORE INTO network_key
    SELECT NEW.clinic_id, 'practitioner', value ->> '$.Network', value ->> '$.Key', NEW.id FROM json_each(NEW.network_keys);
END;
CREATE TRIGGER practitioner_keys_update AFTER UPDATE ON practitioner WHEN NEW.network_keys IS NOT OLD.network_keys BEGIN
  DELETE FROM network_key WHERE clinic_id = OLD.clinic_id AND kind = 'practitioner' AND id = OLD.id;
  INSERT OR IGNORE INTO network_key
    SELECT NEW.clinic_id, 'practitioner', value ->> '$.Network', value ->> '$.Key', NEW.id FROM json_each(NEW.network_keys);
END;
CREATE TRIGGER practitioner_keys_delete AFTER DELETE ON practitioner WHEN OLD.network_keys IS NOT NULL BEGIN
  DELETE FROM network_key WHERE clinic_id = OLD.clinic_id AND kind = 'practitioner' AND id = OLD.id;
END;
CREATE TRIGGER service_keys_insert AFTER INSERT ON service WHEN NEW.network_keys IS NOT NULL BEGIN
  INSERT OR IGNORE INTO network_key
    SELECT NEW.clinic_id, 'service', value ->> '$.Network', value ->> '$.Key', NEW.id FROM json_each(NEW.network_keys);
END;
CREATE TRIGGER service_keys_update AFTER UPDATE ON service WHEN NEW.network_keys IS NOT OLD.network_keys BEGIN
  DELETE FROM network_key WHERE clinic_id = OLD.clinic_id AND kind = 'service' AND id = OLD.id;
  INSERT OR IGNORE INTO network_key
    SELECT NEW.clinic_id, 'service', value ->> '$.Network', value ->> '$.Key', NEW.id FROM json_each(NEW.network_keys);
END;
CREATE TRIGGER service_keys_delete AFTER DELETE ON service WHEN OLD.network_keys IS NOT NULL BEGIN
  DELETE FROM network_key WHERE clinic_id = OLD.clinic_id AND kind = 'service' AND id = OLD.id;
END;

CREATE TABLE payer (
  clinic_id   BLOB NOT NULL CHECK (length(clinic_id) = 16),
  id          BLOB NOT NULL CHECK (length(id) = 16),
  version     INTEGER NOT NULL,
  name        TEXT NOT NULL,
  org         TEXT NOT NULL,
  email       TEXT NOT NULL,
  ehf         INTEGER NOT NULL,
  due_days    INTEGER NOT NULL,
  claim_days  INTEGER NOT NULL,
  reference   TEXT NOT NULL,
  disclose    TEXT, -- JSON
  street      TEXT NOT NULL,
  postal_code TEXT NOT NULL,
  city        TEXT NOT NULL,
  country     TEXT NOT NULL,
  PRIMARY KEY (clinic_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX payer_org ON payer (clinic_id, org, id);

CREATE TABLE price_agreement (
  clinic_id  BLOB NOT NULL CHECK (length(clinic_id) = 16),
  id         BLOB NOT NULL CHECK (length(id) = 16),
  version    INTEGER NOT NULL,
  payer_id   BLOB,
  party_id   BLOB,
  service_id BLOB,
  price_ore  INTEGER NOT NULL,
  valid_from TEXT NOT NULL,
  valid_to   TEXT,
  PRIMARY KEY (clinic_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX price_agreement_service ON price_agreement (clinic_id, service_id, id);

CREATE TABLE series (
  clinic_id          BLOB NOT NULL CHECK (length(clinic_id) = 16),
  id                 BLOB NOT NULL CHECK (length(id) = 16),
  version            INTEGER NOT NULL,
  client_id          BLOB,
  kind               TEXT NOT NULL,
  name               TEXT NOT NULL,
  case_network       TEXT NOT NULL,
  case_number        TEXT NOT NULL,
  party_id           BLOB,
  no_show_counts     INTEGER NOT NULL,
  late_cancel_counts INTEGER NOT NULL,
  notice             INTEGER NOT NULL,
  notice_days        INTEGER NOT NULL,
  fetched_at         INTEGER,
  opened_at          INTEGER NOT NULL,
  closed_at          INTEGER,
  approvals          TEXT, -- JSON, as are the next two
  overrides          TEXT,
  adjustments        TEXT,
  payer_id           BLOB, -- derived from approvals and overrides, as are the next two
  valid_from         TEXT,
  valid_to           TEXT,
  PRIMARY KEY (clinic_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX series_case ON series (clinic_id, case_network, case_number) WHERE case_number <> '';
CREATE INDEX series_client ON series (clinic_id, client_id, opened_at);

-- The bookings of a client lie together in the file, so that a history takes a few
-- pages of it, however large it is: the library numbers their places so.
CREATE TABLE booking (
  place            INTEGER PRIMARY KEY,
  clinic_id        BLOB NOT NULL CHECK (length(clinic_id) = 16),
  id               BLOB NOT NULL CHECK (length(id) = 16),
  version          INTEGER NOT NULL,
  sequence         INTEGER NOT NULL,
  client_id        BLOB,
  practitioner_id  BLOB,
  service_id       BLOB,
  series_id        BLOB,
  starts           INTEGER NOT NULL,
  ends             INTEGER NOT NULL,
  buffer_before    INTEGER NOT NULL,
  buffer_after     INTEGER NOT NULL,
  zone             TEXT NOT NULL,
  treatment        TEXT NOT NULL,
  price_ore        INTEGER NOT NULL,
  billing_payer_id BLOB, -- NULL: the client
  billing_method   TEXT NOT NULL,
  billing_why      TEXT NOT NULL,
  origin           TEXT NOT NULL,
  external_network TEXT NOT NULL,
  external_id      TEXT NOT NULL,
  state            TEXT NOT NULL,
  invited_at       INTEGER,
  reply            TEXT, -- JSON, as are the next two
  overrides        TEXT,
  charges          TEXT,
  cancelled_reason TEXT,
  cancelled_by     TEXT,
  cancelled_at     INTEGER,
  cancelled_late   INTEGER,
  occupied_from    INTEGER NOT NULL, -- derived, as are the next three
  occupied_to      INTEGER NOT NULL,
  active           INTEGER NOT NULL,
  overlap_allowed  INTEGER NOT NULL,
  UNIQUE (clinic_id, id),
  -- Searches for overlaps look no further back than the longest session with the
  -- longest buffers (booking: 24 hours, timebok.MaxBuffer).
  CONSTRAINT booking_length CHECK (ends - starts BETWEEN 0 AND 86400000000
    AND buffer_before BETWEEN 0 AND 14400000000 AND buffer_after BETWEEN 0 AND 14400000000)
) STRICT;
-- Beyond the order of the calendar it holds all that the guard and free slots read.
CREATE INDEX booking_practitioner ON booking (clinic_id, practitioner_id, starts, id, occupied_from, occupied_to, active, overlap_allowed);
CREATE INDEX booking_starts ON booking (clinic_id, starts, id);
CREATE INDEX booking_client ON booking (clinic_id, client_id, starts, id);
CREATE INDEX booking_series ON booking (clinic_id, series_id, starts, id) WHERE series_id IS NOT NULL;

-- The second guard: a program that forgets the lock is refused all the same. It
-- reads at most what begins within 28 hours before the booking (24 of a session, 4 of
-- its buffer after) and 4 hours after it (the buffer before).
CREATE TRIGGER booking_overlap_insert BEFORE INSERT ON booking
WHEN NEW.active AND NOT NEW.overlap_allowed AND NEW.occupied_from < NEW.occupied_to BEGIN
  SELECT RAISE(ABORT, 'timebok: slot.taken') WHERE EXISTS (
    SELECT 1 FROM booking b
    WHERE b.clinic_id = NEW.clinic_id AND b.practitioner_id = NEW.practitioner_id
      AND b.starts > NEW.occupied_from - 100800000000 AND b.starts < NEW.occupied_to + 14400000000
      AND b.occupied_from < NEW.occupied_to AND b.occupied_to > NEW.occupied_from AND b.occupied_from < b.occupied_to
      AND b.active AND NOT b.overlap_allowed AND b.id <> NEW.id);
END;
CREATE TRIGGER booking_overlap_update BEFORE UPDATE ON booking
WHEN NEW.active AND NOT NEW.overlap_allowed AND NEW.occupied_from < NEW.occupied_to AND (
  NOT OLD.active OR OLD.overlap_allowed OR NEW.practitioner_id IS NOT OLD.practitioner_id
  OR NEW.occupied_from < OLD.occupied_from OR NEW.occupied_to > OLD.occupied_to) BEGIN
  SELECT RAISE(ABORT, 'timebok: slot.taken') WHERE EXISTS (
    SELECT 1 FROM booking b
    WHERE b.clinic_id = NEW.clinic_id AND b.practitioner_id = NEW.practitioner_id
      AND b.starts > NEW.occupied_from - 100800000000 AND b.starts < NEW.occupied_to + 14400000000
      AND b.occupied_from < NEW.occupied_to AND b.occupied_to > NEW.occupied_from AND b.occupied_from < b.occupied_to
      AND b.active AND NOT b.overlap_allowed AND b.id <> NEW.id);
END;

CREATE TABLE schedule (
  clinic_id     BLOB NOT NULL CHECK (length(clinic_id) = 16),
  id            BLOB NOT NULL CHECK (length(id) = 16), -- of the practitioner
  version       INTEGER NOT NULL,
  week          TEXT, -- JSON, as is the next
  days          TEXT,
  holidays_open INTEGER NOT NULL,
  PRIMARY KEY (clinic_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE absence (
  clinic_id       BLOB NOT NULL CHECK (length(clinic_id) = 16),
  id              BLOB NOT NULL CHECK (length(id) = 16),
  version         INTEGER NOT NULL,
  practitioner_id BLOB,
  starts          INTEGER NOT NULL,
  ends            INTEGER NOT NULL,
  kind            TEXT NOT NULL,
  PRIMARY KEY (clinic_id, id)
) STRICT;
CREATE INDEX absence_practitioner ON absence (clinic_id, practitioner_id, ends);

CREATE TABLE connection (
  clinic_id   BLOB NOT NULL CHECK (length(clinic_id) = 16),
  id          BLOB NOT NULL CHECK (length(id) = 16), -- follows from the network
  version     INTEGER NOT NULL,
  network     TEXT NOT NULL,
  account     TEXT NOT NULL,
  status      TEXT NOT NULL,
  since       INTEGER,
  feed_cursor TEXT NOT NULL,
  PRIMARY KEY (clinic_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE network_event (
  clinic_id      BLOB NOT NULL CHECK (length(clinic_id) = 16),
  id             BLOB NOT NULL CHECK (length(id) = 16), -- follows from network and event
  version        INTEGER NOT NULL,
  network        TEXT NOT NULL,
  event          TEXT NOT NULL,
  external_id    TEXT NOT NULL,
  source_version INTEGER NOT NULL,
  received_at    INTEGER NOT NULL,
  result         TEXT NOT NULL,
  codes          TEXT, -- JSON
  booking_id     BLOB,
  content        BLOB, -- of a quarantined event: a person's data
  PRIMARY KEY (clinic_id, id)
) STRICT;
CREATE INDEX network_event_waiting ON network_event (clinic_id, received_at, id) WHERE result = 'quarantined';

CREATE TABLE network_booking (
  clinic_id       BLOB NOT NULL CHECK (length(clinic_id) = 16),
  id              BLOB NOT NULL CHECK (length(id) = 16), -- follows from network and external_id
  version         INTEGER NOT NULL,
  network         TEXT NOT NULL,
  external_id     TEXT NOT NULL,
  seen_version    INTEGER NOT NULL,
  applied_version INTEGER NOT NULL,
  booking_id      BLOB,
  waiting_id      BLOB,
  PRIMARY KEY (clinic_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE invoice (
  clinic_id        BLOB NOT NULL CHECK (length(clinic_id) = 16),
  id               BLOB NOT NULL CHECK (length(id) = 16),
  version          INTEGER NOT NULL,
  kind             TEXT NOT NULL,
  state            TEXT NOT NULL,
  party_id         BLOB,
  billing_payer_id BLOB, -- NULL: the client
  billing_method   TEXT NOT NULL,
  client_id        BLOB,
  series_id        BLOB,
  case_network     TEXT NOT NULL,
  case_number      TEXT NOT NULL,
  number           INTEGER NOT NULL, -- 0: a draft
  issue_date       TEXT,
  due_date         TEXT,
  kid              TEXT NOT NULL,
  transport        TEXT NOT NULL,
  reasons          TEXT, -- JSON, as are those down to place
  lines            TEXT,
  taken            TEXT,
  credits          TEXT,
  seller           TEXT,
  payer            TEXT,
  debtor           TEXT,
  place            TEXT,
  net_ore          INTEGER NOT NULL, -- derived from the lines, as are the next two
  vat_ore          INTEGER NOT NULL,
  gross_ore        INTEGER NOT NULL,
  PRIMARY KEY (clinic_id, id)
) STRICT;
CREATE UNIQUE INDEX invoice_number ON invoice (clinic_id, party_id, number) WHERE number <> 0;
CREATE INDEX invoice_draft ON invoice (clinic_id, id) WHERE number = 0;
CREATE INDEX invoice_client ON invoice (clinic_id, client_id);
CREATE INDEX invoice_series ON invoice (clinic_id, series_id);

CREATE TABLE numbering (
  clinic_id   BLOB NOT NULL CHECK (length(clinic_id) = 16),
  id          BLOB NOT NULL CHECK (length(id) = 16), -- of the billing party
  version     INTEGER NOT NULL,
  next_number INTEGER NOT NULL,
  PRIMARY KEY (clinic_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE document (
  clinic_id  BLOB NOT NULL CHECK (length(clinic_id) = 16),
  id         BLOB NOT NULL CHECK (length(id) = 16), -- of the invoice
  media_type TEXT NOT NULL,
  body       BLOB,
  made_at    INTEGER,
  PRIMARY KEY (clinic_id, id)
) STRICT;

-- The outbox. The columns from attempts on are the relay's.
CREATE TABLE message (
  clinic_id     BLOB NOT NULL CHECK (length(clinic_id) = 16),
  id            BLOB NOT NULL CHECK (length(id) = 16),
  kind          TEXT NOT NULL,
  about_kind    TEXT NOT NULL,
  about_id      BLOB,
  about_version INTEGER NOT NULL,
  client_id     BLOB,
  due           INTEGER NOT NULL,
  sequence      INTEGER NOT NULL,
  data          TEXT, -- as the library wrote it, byte for byte
  attempts      INTEGER NOT NULL DEFAULT 0,
  buried        INTEGER NOT NULL DEFAULT 0,
  error         TEXT NOT NULL DEFAULT '',
  lease_token   TEXT NOT NULL DEFAULT '',
  leased_until  INTEGER,
  PRIMARY KEY (clinic_id, id)
) STRICT;
-- The one index that does not begin with the clinic: the relay serves them all.
CREATE INDEX message_due ON message (due, id) WHERE NOT buried;
CREATE INDEX message_clinic ON message (clinic_id, due, id);

CREATE TABLE audit (
  clinic_id    BLOB NOT NULL CHECK (length(clinic_id) = 16),
  id           BLOB NOT NULL CHECK (length(id) = 16),
  at           INTEGER NOT NULL,
  by_user      TEXT NOT NULL,
  by_role      TEXT NOT NULL,
  by_clinic_id BLOB,
  action       TEXT NOT NULL,
  on_kind      TEXT NOT NULL,
  on_id        BLOB,
  on_version   INTEGER NOT NULL,
  client_id    BLOB,
  codes        TEXT, -- JSON
  PRIMARY KEY (clinic_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX audit_at ON audit (clinic_id, at, id);
CREATE INDEX audit_client ON audit (clinic_id, client_id, at, id);
CREATE INDEX audit_on ON audit (clinic_id, on_id, at, id);

INSERT INTO timebok_schema VALUES (1, 'tables');
