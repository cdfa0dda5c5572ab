package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/storagetest"
	"pgregory.net/rapid"
)

// settingSQL are statements of another program, each of which may be said at any
// time.
var settingSQL = []string{
	"UPDATE clinic SET zone = CASE zone WHEN 'Europe/Oslo' THEN 'Europe/Helsinki' ELSE 'Europe/Oslo' END",
	"UPDATE practitioner SET inactive = NOT inactive",
	"UPDATE practitioner SET network_keys = NULL",
	"UPDATE schedule SET holidays_open = NOT holidays_open, version = version + 1",
	"UPDATE schedule SET days = '[]'",
	"UPDATE service SET price_ore = price_ore + 100",
	"UPDATE service SET inactive = NOT inactive",
	"UPDATE price_agreement SET price_ore = price_ore + 1, valid_to = '2026-12-31'",
	"INSERT INTO price_agreement SELECT clinic_id, gen_random_uuid(), 1, payer_id, party_id, service_id, 5, valid_from FROM price_agreement LIMIT 1",
	"INSERT INTO absence SELECT clinic_id, gen_random_uuid(), 1, id, '2026-03-03', '2026-03-04', 'sick' FROM practitioner",
	"INSERT INTO absence SELECT clinic_id, gen_random_uuid(), 1, id, '2026-03-03', '2026-03-04', 'sick' FROM practitioner, generate_series(1, 150)",
	"UPDATE absence SET starts = starts + interval '1 hour', ends = ends + interval '1 hour'",
	"DELETE FROM absence WHERE id IN (SELECT id FROM absence LIMIT 100)",
	"DELETE FROM price_agreement", "DELETE FROM schedule", "DELETE FROM service", "DELETE FROM practitioner",
	"TRUNCATE absence", "TRUNCATE price_agreement, service",
	"UPDATE absence SET practitioner_id = md5(practitioner_id::text)::uuid",
	"UPDATE schedule SET clinic_id = md5(clinic_id::text)::uuid",
	"SELECT 1", "UPDATE client SET name = name || 'x'",
}

// Whatever changes settings, in whatever order, committed or taken back, bookings of
// every process know what is stored.
func TestSettingsModel(t *testing.T) {
	d := newDesk(t, nil)
	restore := d.keep(t)
	desks := []*desk{d, d.beside(t)}
	errBack := errors.New("taken back")
	conn, err := pgx.Connect(t.Context(), d.dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	rapid.Check(t, func(rt *rapid.T) {
		restore()
		ctx := t.Context()
		desk := func() *desk { return rapid.SampledFrom(desks).Draw(rt, "desk") }
		say := func(sql string) error {
			_, err := conn.Exec(ctx, sql)
			return err
		}
		must := func(err error) {
			if err != nil {
				rt.Fatal(err)
			}
		}
		settings := rapid.SampledFrom(settingSQL)
		// within is compared inside a transaction.
		within := func(ctx context.Context, tx storage.Tx) error {
			v, err := tx.LoadBooking(ctx, d.needs())
			want, wantErr := d.storedSettings(ctx, tx)
			if err != nil || wantErr != nil {
				return errors.Join(err, wantErr)
			}
			return differing(settingsOf(v), want)
		}
		steps := map[string]func(*rapid.T){
			"SQL": func(rt *rapid.T) {
				role := rapid.SampledFrom([]string{"origin", "replica"}).Draw(rt, "role")
				end := rapid.SampledFrom([]string{"COMMIT", "COMMIT", "ROLLBACK"}).Draw(rt, "end")
				must(say("BEGIN; SET LOCAL session_replication_role = " + role + "; " + settings.Draw(rt, "sql") + "; " + settings.Draw(rt, "sql") + "; " + end))
			},
			"library": func(rt *rapid.T) {
				by, back := desk(), rapid.Bool().Draw(rt, "back")
				what := rapid.IntRange(0, 4).Draw(rt, "what")
				err := by.Update(ctx, d.Clinic.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
					if err := within(ctx, tx); err != nil {
						return err
					}
					if err := saveSetting(ctx, d, tx, what); err != nil && !errors.Is(err, timebok.ErrNotFound) {
						return err
					}
					if err := within(ctx, tx); err != nil {
						return err
					}
					if back {
						return errBack
					}
					return nil
				})
				if !errors.Is(err, errBack) {
					must(err)
				}
			},
			"host": func(rt *rapid.T) {
				by := desk()
				host, err := by.pool.Begin(ctx)
				must(err)
				defer host.Rollback(ctx)
				for _, sql := range []string{
					settings.Draw(rt, "sql"), "SAVEPOINT a", settings.Draw(rt, "sql"),
					rapid.SampledFrom([]string{"ROLLBACK TO SAVEPOINT a", "RELEASE SAVEPOINT a"}).Draw(rt, "savepoint"),
					settings.Draw(rt, "sql"), rapid.SampledFrom([]string{"COMMIT", "ROLLBACK"}).Draw(rt, "end"),
				} {
					if !strings.Contains(sql, "COMMIT") && sql != "ROLLBACK" {
						must(by.driver.Join(ctx, host, d.Clinic.Clinic.ID, within))
					}
					_, err := host.Exec(ctx, sql)
					must(err)
				}
			},
		}
		for _, step := range rapid.SliceOfN(rapid.SampledFrom([]string{"SQL", "library", "host"}), 1, 12).Draw(rt, "steps") {
			steps[step](rt)
			for _, by := range desks {
				_, wrong := by.compared(ctx)
				must(wrong)
			}
		}
	})
}

// saveSetting changes a setting through the library.
func saveSetting(ctx context.Context, d *desk, tx storage.Tx, what int) error {
	switch what {
	case 0:
		p, err := tx.Practitioner(ctx, d.Anne.ID)
		if err != nil {
			return err
		}
		p.Version, p.Inactive, p.Keys = p.Version+1, !p.Inactive, append(p.Keys, timebok.NetworkKey{Network: "n", Key: fmt.Sprint(len(p.Keys))})
		tx.Save(p)
	case 1:
		s, err := tx.Service(ctx, d.Talk.ID)
		if err != nil {
			return err
		}
		s.Version, s.Price = s.Version+1, timebok.Ore(s.Price.Ore()+7)
		tx.Save(s)
	case 2:
		tx.Save(booking.Absence{ID: timebok.New[booking.Absence](timebok.Source{}), Version: 1, Practitioner: d.Anne.ID,
			Time: timebok.Lasting(storagetest.Monday, time.Hour), Kind: booking.Sick})
	case 3:
		h, err := tx.Schedule(ctx, d.Anne.ID)
		if err != nil {
			return err
		}
		tx.Save(timebok.Deletion{Of: h.Ref()})
	case 4:
		c, err := tx.Clinic(ctx)
		if err != nil {
			return err
		}
		c.Version, c.Zone = c.Version+1, "Europe/Stockholm"
		tx.Save(c)
	}
	return nil
}
