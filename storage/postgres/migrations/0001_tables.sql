-- The tables of Timebok, version 1.
--
-- Every table begins with clinic_id and id, and so does its key, so that the
-- tables can be spread over servers by clinic. Durations are in microseconds and
-- money in øre. NULL is "none"; where a text may be missing it is ''. Texts
-- compare by their bytes. JSON is text: it is read as it was written.
--
-- There are no foreign keys: the records of one transaction are written in any
-- order, a client can be erased while the accounts that name it must stay, and a
-- clinic can be moved table by table. Records are taken away by the library only,
-- which looks first at what hangs on them.
--
-- There are no functions or triggers here: overlap.sql and stamp.sql add what not
-- every database knows.
--
-- Rows that are locked and updated often leave room in their pages (fillfactor),
-- so that the next version of a row stays on the page and touches no index.

CREATE TABLE IF NOT EXISTS timebok_schema (
  version bigint PRIMARY KEY,
  name    text NOT NULL
);

-- The clinics that are closed for every change. It is nearly always empty.
CREATE TABLE clinic_fence (
  clinic_id uuid PRIMARY KEY
);

CREATE TABLE clinic (
  clinic_id   uuid NOT NULL,
  id          uuid NOT NULL,
  version     bigint NOT NULL,
  name        text COLLATE "C" NOT NULL,
  zone        text COLLATE "C" NOT NULL,
  lang        text COLLATE "C" NOT NULL,
  party_id    uuid,
  street      text COLLATE "C" NOT NULL,
  postal_code text COLLATE "C" NOT NULL,
  city        text COLLATE "C" NOT NULL,
  country     text COLLATE "C" NOT NULL,
  PRIMARY KEY (clinic_id, id)
) WITH (fillfactor = 80);

CREATE TABLE billing_party (
  clinic_id          uuid NOT NULL,
  id                 uuid NOT NULL,
  version            bigint NOT NULL,
  name               text COLLATE "C" NOT NULL,
  org                text COLLATE "C" NOT NULL,
  form               text COLLATE "C" NOT NULL,
  vat_registered     boolean NOT NULL,
  foretaksregisteret boolean NOT NULL,
  account            text COLLATE "C" NOT NULL,
  iban               text COLLATE "C" NOT NULL,
  kid_scheme         text COLLATE "C" NOT NULL,
  email              text COLLATE "C" NOT NULL,
  street             text COLLATE "C" NOT NULL,
  postal_code        text COLLATE "C" NOT NULL,
  city               text COLLATE "C" NOT NULL,
  country            text COLLATE "C" NOT NULL,
  PRIMARY KEY (clinic_id, id)
) WITH (fillfactor = 80);

CREATE TABLE practitioner (
  clinic_id    uuid NOT NULL,
  id           uuid NOT NULL,
  version      bigint NOT NULL,
  name         text COLLATE "C" NOT NULL,
  hpr          text COLLATE "C" NOT NULL,
  profession   text COLLATE "C" NOT NULL,
  email        text COLLATE "C" NOT NULL,
  lang         text COLLATE "C" NOT NULL,
  party_id     uuid,
  network_keys text COLLATE "C", -- JSON
  inactive     boolean NOT NULL,
  PRIMARY KEY (clinic_id, id)
) WITH (fillfactor = 70);

CREATE TABLE client (
  clinic_id    uuid NOT NULL,
  id           uuid NOT NULL,
  version      bigint NOT NULL,
  name         text COLLATE "C" NOT NULL,
  birth_date   date,
  birth_number text COLLATE "C" NOT NULL,
  email        text COLLATE "C" NOT NULL,
  phone        text COLLATE "C" NOT NULL,
  address      text COLLATE "C" NOT NULL,
  lang         text COLLATE "C" NOT NULL,
  origin       text COLLATE "C" NOT NULL,
  consents     text COLLATE "C", -- JSON
  PRIMARY KEY (clinic_id, id)
) WITH (fillfactor = 80);
CREATE INDEX client_birth_date ON client (clinic_id, birth_date, id) WHERE birth_date IS NOT NULL;
CREATE INDEX client_birth_number ON client (clinic_id, birth_number, id) WHERE birth_number <> '';

CREATE TABLE service (
  clinic_id     uuid NOT NULL,
  id            uuid NOT NULL,
  version       bigint NOT NULL,
  name          text COLLATE "C" NOT NULL,
  duration      bigint NOT NULL,
  buffer_before bigint NOT NULL,
  buffer_after  bigint NOT NULL,
  price_ore     bigint NOT NULL,
  vat_category  text COLLATE "C" NOT NULL,
  vat_rate_bp   bigint NOT NULL,
  vat_reason    text COLLATE "C" NOT NULL,
  network_keys  text COLLATE "C", -- JSON
  inactive      boolean NOT NULL,
  PRIMARY KEY (clinic_id, id)
);

-- What the networks call practitioners and services; written with them.
CREATE TABLE network_key (
  clinic_id uuid NOT NULL,
  kind      text COLLATE "C" NOT NULL, -- practitioner, service
  network   text COLLATE "C" NOT NULL,
  name      text COLLATE "C" NOT NULL, -- the network's key
  id        uuid NOT NULL,
  PRIMARY KEY (clinic_id, kind, network, name, id)
);
CREATE INDEX network_key_id ON network_key (clinic_id, kind, id);

CREATE TABLE payer (
  clinic_id   uuid NOT NULL,
  id          uuid NOT NULL,
  version     bigint NOT NULL,
  name        text COLLATE "C" NOT NULL,
  org         text COLLATE "C" NOT NULL,
  email       text COLLATE "C" NOT NULL,
  ehf         boolean NOT NULL,
  due_days    bigint NOT NULL,
  claim_days  bigint NOT NULL,
  reference   text COLLATE "C" NOT NULL,
  disclose    text COLLATE "C", -- JSON
  street      text COLLATE "C" NOT NULL,
  postal_code text COLLATE "C" NOT NULL,
  city        text COLLATE "C" NOT NULL,
  country     text COLLATE "C" NOT NULL,
  PRIMARY KEY (clinic_id, id)
);
CREATE INDEX payer_org ON payer (clinic_id, org, id);

CREATE TABLE price_agreement (
  clinic_id  uuid NOT NULL,
  id         uuid NOT NULL,
  version    bigint NOT NULL,
  payer_id   uuid,
  party_id   uuid,
  service_id uuid,
  price_ore  bigint NOT NULL,
  valid_from date NOT NULL,
  valid_to   date,
  PRIMARY KEY (clinic_id, id)
);
CREATE INDEX price_agreement_service ON price_agreement (clinic_id, service_id, id);

CREATE TABLE series (
  clinic_id          uuid NOT NULL,
  id                 uuid NOT NULL,
  version            bigint NOT NULL,
  client_id          uuid,
  kind               text COLLATE "C" NOT NULL,
  name               text COLLATE "C" NOT NULL,
  case_network       text COLLATE "C" NOT NULL,
  case_number        text COLLATE "C" NOT NULL,
  party_id           uuid,
  no_show_counts     boolean NOT NULL,
  late_cancel_counts boolean NOT NULL,
  notice             bigint NOT NULL,
  notice_days        bigint NOT NULL,
  fetched_at         timestamptz,
  opened_at          timestamptz NOT NULL,
  closed_at          timestamptz,
  approvals          text COLLATE "C", -- JSON, as are the next two
  overrides          text COLLATE "C",
  adjustments        text COLLATE "C",
  payer_id           uuid, -- derived from approvals and overrides, as are the next two
  valid_from         date,
  valid_to           date,
  PRIMARY KEY (clinic_id, id)
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX series_case ON series (clinic_id, case_network, case_number) WHERE case_number <> '';
CREATE INDEX series_client ON series (clinic_id, client_id, opened_at);

CREATE TABLE booking (
  clinic_id        uuid NOT NULL,
  id               uuid NOT NULL,
  version          bigint NOT NULL,
  sequence         bigint NOT NULL,
  client_id        uuid,
  practitioner_id  uuid,
  service_id       uuid,
  series_id        uuid,
  starts           timestamptz NOT NULL,
  ends             timestamptz NOT NULL,
  buffer_before    bigint NOT NULL,
  buffer_after     bigint NOT NULL,
  zone             text COLLATE "C" NOT NULL,
  treatment        text COLLATE "C" NOT NULL,
  price_ore        bigint NOT NULL,
  billing_payer_id uuid, -- NULL: the client
  billing_method   text COLLATE "C" NOT NULL,
  billing_why      text COLLATE "C" NOT NULL,
  origin           text COLLATE "C" NOT NULL,
  external_network text COLLATE "C" NOT NULL,
  external_id      text COLLATE "C" NOT NULL,
  state            text COLLATE "C" NOT NULL,
  invited_at       timestamptz,
  reply            text COLLATE "C", -- JSON, as are the next two
  overrides        text COLLATE "C",
  charges          text COLLATE "C",
  cancelled_reason text COLLATE "C",
  cancelled_by     text COLLATE "C",
  cancelled_at     timestamptz,
  cancelled_late   boolean,
  occupied_from    timestamptz NOT NULL, -- derived, as are the next three
  occupied_to      timestamptz NOT NULL,
  active           boolean NOT NULL,
  overlap_allowed  boolean NOT NULL,
  PRIMARY KEY (clinic_id, id),
  -- Searches for overlaps look no further back than the longest session with the
  -- longest buffers (booking: 24 hours, timebok.MaxBuffer).
  CONSTRAINT booking_length CHECK (ends - starts BETWEEN interval '0' AND interval '24 hours'
    AND buffer_before BETWEEN 0 AND 14400000000 AND buffer_after BETWEEN 0 AND 14400000000)
) WITH (fillfactor = 85);
-- With all that a search for free time asks for: it needs no row, and a practitioner's
-- rows lie on a page each.
CREATE INDEX booking_practitioner ON booking (clinic_id, practitioner_id, starts, id, occupied_to) INCLUDE (occupied_from, active);
CREATE INDEX booking_starts ON booking (clinic_id, starts, id);
CREATE INDEX booking_client ON booking (clinic_id, client_id, starts, id);
CREATE INDEX booking_series ON booking (clinic_id, series_id, starts, id) WHERE series_id IS NOT NULL;

CREATE TABLE schedule (
  clinic_id     uuid NOT NULL,
  id            uuid NOT NULL, -- of the practitioner
  version       bigint NOT NULL,
  week          text COLLATE "C", -- JSON, as is the next
  days          text COLLATE "C",
  holidays_open boolean NOT NULL,
  PRIMARY KEY (clinic_id, id)
);

CREATE TABLE absence (
  clinic_id       uuid NOT NULL,
  id              uuid NOT NULL,
  version         bigint NOT NULL,
  practitioner_id uuid,
  starts          timestamptz NOT NULL,
  ends            timestamptz NOT NULL,
  kind            text COLLATE "C" NOT NULL,
  PRIMARY KEY (clinic_id, id)
);
CREATE INDEX absence_practitioner ON absence (clinic_id, practitioner_id, ends);

CREATE TABLE connection (
  clinic_id   uuid NOT NULL,
  id          uuid NOT NULL, -- follows from the network
  version     bigint NOT NULL,
  network     text COLLATE "C" NOT NULL,
  account     text COLLATE "C" NOT NULL,
  status      text COLLATE "C" NOT NULL,
  since       timestamptz,
  feed_cursor text COLLATE "C" NOT NULL,
  PRIMARY KEY (clinic_id, id)
) WITH (fillfactor = 50);

CREATE TABLE network_event (
  clinic_id      uuid NOT NULL,
  id             uuid NOT NULL, -- follows from network and event
  version        bigint NOT NULL,
  network        text COLLATE "C" NOT NULL,
  event          text COLLATE "C" NOT NULL,
  external_id    text COLLATE "C" NOT NULL,
  source_version bigint NOT NULL,
  received_at    timestamptz NOT NULL,
  result         text COLLATE "C" NOT NULL,
  codes          text COLLATE "C", -- JSON
  booking_id     uuid,
  content        bytea, -- of a quarantined event: a person's data
  PRIMARY KEY (clinic_id, id)
);
CREATE INDEX network_event_waiting ON network_event (clinic_id, received_at, id) WHERE result = 'quarantined';

CREATE TABLE network_booking (
  clinic_id       uuid NOT NULL,
  id              uuid NOT NULL, -- follows from network and external_id
  version         bigint NOT NULL,
  network         text COLLATE "C" NOT NULL,
  external_id     text COLLATE "C" NOT NULL,
  seen_version    bigint NOT NULL,
  applied_version bigint NOT NULL,
  booking_id      uuid,
  waiting_id      uuid,
  PRIMARY KEY (clinic_id, id)
) WITH (fillfactor = 80);

CREATE TABLE invoice (
  clinic_id        uuid NOT NULL,
  id               uuid NOT NULL,
  version          bigint NOT NULL,
  kind             text COLLATE "C" NOT NULL,
  state            text COLLATE "C" NOT NULL,
  party_id         uuid,
  billing_payer_id uuid, -- NULL: the client
  billing_method   text COLLATE "C" NOT NULL,
  client_id        uuid,
  series_id        uuid,
  case_network     text COLLATE "C" NOT NULL,
  case_number      text COLLATE "C" NOT NULL,
  number           bigint NOT NULL, -- 0: a draft
  issue_date       date,
  due_date         date,
  kid              text COLLATE "C" NOT NULL,
  transport        text COLLATE "C" NOT NULL,
  reasons          text COLLATE "C", -- JSON, as are those down to place
  lines            text COLLATE "C",
  taken            text COLLATE "C",
  credits          text COLLATE "C",
  seller           text COLLATE "C",
  payer            text COLLATE "C",
  debtor           text COLLATE "C",
  place            text COLLATE "C",
  net_ore          bigint NOT NULL, -- derived from the lines, as are the next two
  vat_ore          bigint NOT NULL,
  gross_ore        bigint NOT NULL,
  PRIMARY KEY (clinic_id, id)
);
CREATE UNIQUE INDEX invoice_number ON invoice (clinic_id, party_id, number) WHERE number <> 0;
CREATE INDEX invoice_draft ON invoice (clinic_id, id) WHERE number = 0;
CREATE INDEX invoice_client ON invoice (clinic_id, client_id);
CREATE INDEX invoice_series ON invoice (clinic_id, series_id);

CREATE TABLE numbering (
  clinic_id   uuid NOT NULL,
  id          uuid NOT NULL, -- of the billing party
  version     bigint NOT NULL,
  next_number bigint NOT NULL,
  PRIMARY KEY (clinic_id, id)
) WITH (fillfactor = 50);

CREATE TABLE document (
  clinic_id  uuid NOT NULL,
  id         uuid NOT NULL, -- of the invoice
  media_type text COLLATE "C" NOT NULL,
  body       bytea,
  made_at    timestamptz,
  PRIMARY KEY (clinic_id, id)
);

-- The outbox. The columns from attempts on are the relay's.
CREATE TABLE message (
  clinic_id     uuid NOT NULL,
  id            uuid NOT NULL,
  kind          text COLLATE "C" NOT NULL,
  about_kind    text COLLATE "C" NOT NULL,
  about_id      uuid,
  about_version bigint NOT NULL,
  client_id     uuid,
  due           timestamptz NOT NULL,
  sequence      bigint NOT NULL,
  data          text COLLATE "C", -- as the library wrote it, byte for byte
  attempts      bigint NOT NULL DEFAULT 0,
  buried        boolean NOT NULL DEFAULT false,
  error         text COLLATE "C" NOT NULL DEFAULT '',
  lease_token   text COLLATE "C" NOT NULL DEFAULT '',
  leased_until  timestamptz,
  PRIMARY KEY (clinic_id, id)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
-- The one index that does not begin with the clinic: the relay serves them all.
CREATE INDEX message_due ON message (due, id) WHERE NOT buried;
CREATE INDEX message_clinic ON message (clinic_id, due, id);

CREATE TABLE audit (
  clinic_id    uuid NOT NULL,
  id           uuid NOT NULL,
  at           timestamptz NOT NULL,
  by_user      text COLLATE "C" NOT NULL,
  by_role      text COLLATE "C" NOT NULL,
  by_clinic_id uuid,
  action       text COLLATE "C" NOT NULL,
  on_kind      text COLLATE "C" NOT NULL,
  on_id        uuid,
  on_version   bigint NOT NULL,
  client_id    uuid,
  codes        text COLLATE "C", -- JSON
  PRIMARY KEY (clinic_id, id)
);
CREATE INDEX audit_at ON audit (clinic_id, at, id);
CREATE INDEX audit_client ON audit (clinic_id, client_id, at, id);
CREATE INDEX audit_on ON audit (clinic_id, on_id, at, id);

INSERT INTO timebok_schema VALUES (1, 'tables');
