package postgres

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/internal/detach"
	"github.com/timebok/timebok/internal/sqlrow"
)

// Settings are what every booking asks for and few ever change: the clinic, and a
// practitioner's and a service's records. An Update that has them asks only for
// the clinic's stamp, under its locks, and reads them again if it is another than
// it was. The stamp is changed by the database itself (stamp.sql), in the
// transaction that changes a setting, whatever program that is of.
type settings struct {
	stamp uuid.UUID // zero: not to be kept
	read  time.Time

	clinic       *timebok.Clinic
	practitioner *timebok.Practitioner
	hours        *booking.Schedule
	absences     []booking.Absence // of the practitioner, by start and ID
	allAbsences  bool              // they are all there: few
	service      *timebok.Service
	agreements   []timebok.PriceAgreement // about the service, by ID
}

type settingsKey struct {
	clinic       timebok.ClinicID
	practitioner timebok.PractitionerID
	service      timebok.ServiceID
}

// A shelf keeps settings.
type shelf struct {
	mu   sync.Mutex
	kept map[settingsKey]*settings
}

const (
	shelfSize   = 1000
	fewAbsences = 200 // more are not kept
	// Settings are read again after some time all the same, in case somebody has
	// switched the triggers off for a while.
	shelfLife = time.Minute
)

func (s *shelf) get(k settingsKey) *settings {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := s.kept[k]
	if found == nil || time.Since(found.read) > shelfLife {
		return nil
	}
	return found
}

func (s *shelf) drop(k settingsKey) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.kept, k)
}

func (s *shelf) put(k settingsKey, found *settings) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.kept == nil || len(s.kept) >= shelfSize {
		s.kept = map[settingsKey]*settings{}
	}
	s.kept[k] = found
}

// fill completes a view by settings, with lists of its own, and with the calendar of
// a practitioner in some time.
func (s *settings) fill(v *booking.View, of timebok.PractitionerID, in timebok.Period) {
	v.Clinic = *s.clinic
	v.Practitioner, v.Service = copied(s.practitioner), copied(s.service)
	v.Agreements = slices.Clone(s.agreements)
	for i := range v.Agreements {
		detach.From(&v.Agreements[i])
	}
	if of.IsZero() || in.IsZero() {
		return // no calendar
	}
	v.Calendar.Practitioner, v.Calendar.Zone, v.Calendar.Schedule = of, s.clinic.Zone, copied(s.hours)
	if s.allAbsences {
		v.Calendar.Absences = s.absencesIn(in)
	}
	slices.SortFunc(v.Calendar.Busy, byTime)
}

func copied[T any](p *T) *T {
	if p == nil {
		return nil
	}
	v := *p
	detach.From(&v)
	return &v
}

// absencesIn are the absences within a period, with a list of its own.
func (s *settings) absencesIn(within timebok.Period) (in []booking.Absence) {
	for _, a := range s.absences {
		if a.Time.Overlaps(within) {
			in = append(in, a)
		}
	}
	return in
}

var (
	agreementsAbout = from(sqlrow.PriceAgreements, "AND service_id = $2 ORDER BY id")
	absencesAll     = from(sqlrow.Absences, "AND practitioner_id = $2 AND starts < ends ORDER BY starts, id LIMIT $3")
)

// settings adds what reads settings to a reading.
func (r *reading) settings(k settingsKey) *settings {
	s := &settings{read: time.Now()}
	r.add(oneClinic.first(r.t, &s.clinic, r.t.clinic))
	one(r, onePractitioner, k.practitioner, &s.practitioner)
	one(r, oneSchedule, k.practitioner, &s.hours)
	if s.allAbsences = !k.practitioner.IsZero() && r.t.d.stamped && !r.t.view; s.allAbsences {
		r.add(absencesAll.all(r.t, &s.absences, id(k.practitioner), int64(fewAbsences+1)))
	}
	if !k.service.IsZero() {
		one(r, oneService, k.service, &s.service)
		r.add(agreementsAbout.all(r.t, &s.agreements, id(k.service)))
	}
	return s
}

const (
	readStamp = "SELECT stamp FROM {}clinic_stamp WHERE clinic_id = $1"
	// passStamped looks at the fence too, which must come after the transaction has
	// its ID.
	passStamped = "SELECT (" + readStamp + "), 1 / (CASE WHEN EXISTS (SELECT 1 FROM {}clinic_fence WHERE clinic_id = $1) THEN 0 ELSE 1 END)::bigint"
)

// stamp reads the clinic's stamp. In the first trip of an Update it is where it
// passes the fence, which then costs no statement more.
func (r *reading) stamp(to *uuid.UUID) {
	t := r.t
	c := call{sql: readStamp, args: []any{t.clinic}, row: func(row []any) (err error) {
		if row[0] != nil {
			*to, err = dialect{}.GetID(row[0])
		}
		return err
	}}
	if !t.begun && !t.anyway {
		if !r.named {
			r.add(call{sql: nameMe})
		}
		t.passed = true
		c.sql, c.fail = passStamped, behindFence
	}
	r.add(c)
}

// A shelved is the settings that a reading will have.
type shelved struct {
	key   settingsKey
	kept  *settings // nil: none, or not to be used
	found *settings // what the reading reads; nil: nothing
	stamp uuid.UUID
}

// shelved adds to a reading what says whether settings are still what they were,
// or reads them. A View is a snapshot, and reads them: what is kept may be newer.
func (r *reading) shelved(k settingsKey) *shelved {
	s := &shelved{key: k}
	if r.t.d.stamped && !r.t.view {
		s.kept = r.t.d.shelf.get(k)
		r.stamp(&s.stamp)
	}
	if s.kept == nil {
		s.found = r.settings(k)
	}
	return s
}

// settings are what the reading has found, once it is sent. If they are not what
// they were, it takes a round trip more.
func (s *shelved) settings(ctx context.Context, t *tx) (*settings, error) {
	if s.kept != nil && s.kept.stamp == s.stamp {
		return s.kept, nil
	}
	if s.found == nil {
		again := newReading(t)
		s.found = again.settings(s.key)
		if err := again.send(ctx); err != nil {
			return nil, err
		}
	}
	if s.found.clinic == nil {
		return nil, &timebok.NotFoundError{Ref: timebok.Ref{Kind: timebok.KindClinic, ID: t.id.UUID()}}
	}
	if len(s.found.absences) > fewAbsences {
		s.found.absences, s.found.allAbsences = nil, false
	}
	if s.found.stamp = s.stamp; s.stamp != (uuid.UUID{}) {
		t.d.shelf.put(s.key, s.found)
	}
	return s.found, nil
}

func hasStamps(ctx context.Context, q querier, prefix string) (there bool, err error) {
	err = q.QueryRow(ctx, `SELECT count(*) = 13 FROM pg_trigger WHERE tgname IN ('timebok_stamp', 'timebok_stamp_all') AND tgenabled = 'A' AND tgrelid = ANY(ARRAY[
		$1 || 'clinic', $1 || 'practitioner', $1 || 'service', $1 || 'schedule', $1 || 'absence', $1 || 'price_agreement', $1 || 'clinic_fence']::text[]::regclass[])`, prefix).Scan(&there)
	return there, classify(ctx, err)
}
