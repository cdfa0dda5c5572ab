-- A stamp for each clinic, which changes with everything that is set up and seldom
-- changed: the clinic's own record, practitioners, services, working hours,
-- absences and price agreements, and when it is fenced. Who has read them asks for
-- the stamp, and reads them again when it is another. Triggers see to it, so that
-- a change by any program counts. They come with PostgreSQL, but not with every
-- database that speaks its language.
--
-- It can be run again, which puts back what is missing or was switched off.

CREATE TABLE IF NOT EXISTS clinic_stamp (
  clinic_id uuid PRIMARY KEY,
  stamp     uuid NOT NULL -- random: no two states of a clinic ever have the same
) WITH (fillfactor = 50);

-- It runs with the rights of who made it: a program that may change an absence need
-- not be allowed to touch stamps.
CREATE OR REPLACE FUNCTION timebok_stamp() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  renew CONSTANT text := format('INSERT INTO %I.clinic_stamp VALUES ($1, gen_random_uuid())
    ON CONFLICT (clinic_id) DO UPDATE SET stamp = EXCLUDED.stamp', TG_TABLE_SCHEMA);
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    EXECUTE format('UPDATE %I.clinic_stamp SET stamp = gen_random_uuid()', TG_TABLE_SCHEMA);
    RETURN NULL;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    EXECUTE renew USING NEW.clinic_id;
  END IF;
  IF TG_OP = 'DELETE' OR TG_OP = 'UPDATE' AND OLD.clinic_id <> NEW.clinic_id THEN
    EXECUTE renew USING OLD.clinic_id;
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION timebok_stamp() FROM PUBLIC;

DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['clinic', 'practitioner', 'service', 'schedule', 'absence', 'price_agreement'] LOOP
    EXECUTE format('CREATE OR REPLACE TRIGGER timebok_stamp AFTER INSERT OR UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION timebok_stamp()', t);
    EXECUTE format('CREATE OR REPLACE TRIGGER timebok_stamp_all AFTER TRUNCATE ON %I EXECUTE FUNCTION timebok_stamp()', t);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER timebok_stamp', t); -- also of rows that a replication brings
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER timebok_stamp_all', t);
  END LOOP;
  CREATE OR REPLACE TRIGGER timebok_stamp AFTER INSERT ON clinic_fence FOR EACH ROW EXECUTE FUNCTION timebok_stamp();
  ALTER TABLE clinic_fence ENABLE ALWAYS TRIGGER timebok_stamp;
END $$;

-- Changes that no trigger saw count too.
UPDATE clinic_stamp SET stamp = gen_random_uuid();
INSERT INTO clinic_stamp SELECT clinic_id, gen_random_uuid() FROM clinic ON CONFLICT DO NOTHING;
