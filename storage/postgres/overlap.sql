-- The second guard against overlapping bookings, behind the locks: a program that
-- forgets them is refused all the same. It needs GiST indexes and the extension
-- btree_gist, which come with PostgreSQL, but not with databases that only speak
-- its language.

CREATE EXTENSION IF NOT EXISTS btree_gist;
ALTER TABLE booking ADD CONSTRAINT booking_overlap EXCLUDE USING gist (
  clinic_id WITH =, practitioner_id WITH =, tstzrange(occupied_from, occupied_to) WITH &&
) WHERE (active AND NOT overlap_allowed);
