package behandlernettverk

import (
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/rickb777/date"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/insurance/networktest"
	"github.com/timebok/timebok/series"
)

// Control returns the handler for people who make things happen at the network, in
// JSON:
//
//	POST /control/cases                  {"number","born","sessions","validTo"}
//	POST /control/cases/{number}/quota   {"sessions"}
//	POST /control/cases/{number}/close
//	POST /control/bookings               {"practitioner","treatment","start","case","name","born","email","phone","minutes","account","force"}
//	POST /control/bookings/{id}/move     {"start"}
//	POST /control/bookings/{id}/cancel
//	POST /control/faults                 Faults, by the names of their fields
//	GET  /control/free?practitioner=&treatment=
//	GET  /control/state                  bookings, and what clinics told
//
// Days are YYYY-MM-DD, times RFC 3339. Whoever books there must be made up.
func (n *Network) Control() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /control/cases", n.postCase)
	mux.HandleFunc("POST /control/cases/{number}/quota", n.postQuota)
	mux.HandleFunc("POST /control/cases/{number}/close", func(w http.ResponseWriter, r *http.Request) {
		done(w, n.CloseCase(r.PathValue("number")))
	})
	mux.HandleFunc("POST /control/bookings", n.postBooking)
	mux.HandleFunc("POST /control/bookings/{id}/move", n.postMove)
	mux.HandleFunc("POST /control/bookings/{id}/cancel", func(w http.ResponseWriter, r *http.Request) {
		_, err := n.Cancel(r.PathValue("id"))
		done(w, err)
	})
	mux.HandleFunc("POST /control/faults", func(w http.ResponseWriter, r *http.Request) {
		if f, ok := asked[Faults](w, r); ok {
			n.SetFaults(f)
			done(w, nil)
		}
	})
	mux.HandleFunc("GET /control/free", func(w http.ResponseWriter, r *http.Request) {
		reply(w, n.Free(r.FormValue("practitioner"), r.FormValue("treatment")))
	})
	mux.HandleFunc("GET /control/state", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, map[string]any{
			"bookings": n.Bookings(), "acks": n.Acks(), "reports": n.Reports(), "verdicts": n.Verdicts(),
		})
	})
	return mux
}

func (n *Network) postCase(w http.ResponseWriter, r *http.Request) {
	in, ok := asked[struct {
		Number        string
		Born, ValidTo day
		Sessions      int
	}](w, r)
	if !ok {
		return
	}
	if in.Number == "" || in.Born.Date == nil {
		http.Error(w, "number and born must be given", http.StatusUnprocessableEntity)
		return
	}
	c := networktest.NewCase(in.Number, *in.Born.Date)
	c.ValidTo = in.ValidTo.Date
	if in.Sessions > 0 {
		c.Caps = []series.Cap{series.Sessions(in.Sessions)}
	}
	n.AddCase(c)
	done(w, nil)
}

func (n *Network) postQuota(w http.ResponseWriter, r *http.Request) {
	if in, ok := asked[struct{ Sessions int }](w, r); ok {
		done(w, n.SetQuota(r.PathValue("number"), in.Sessions))
	}
}

func (n *Network) postBooking(w http.ResponseWriter, r *http.Request) {
	in, ok := asked[struct {
		Practitioner, Treatment, Case, Name, Email, Phone, Account string
		Start                                                      time.Time
		Born                                                       day
		Minutes                                                    int
		Force                                                      bool
	}](w, r)
	if !ok {
		return
	}
	b := insurance.ExternalBooking{
		Practitioner: in.Practitioner, Treatment: in.Treatment, Start: timebok.Instant(in.Start), CaseNumber: in.Case,
		Duration: time.Duration(in.Minutes) * time.Minute,
		Client:   insurance.Person{Name: timebok.Hide(in.Name), BirthDate: in.Born.Date},
	}
	var err error
	if in.Email != "" {
		b.Client.Email, err = timebok.ParseEmailAddress(in.Email)
	}
	if in.Phone != "" && err == nil {
		b.Client.Phone, err = timebok.ParsePhoneNumber(in.Phone)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	var at []string
	if in.Account != "" {
		at = []string{in.Account}
	}
	book := n.Book
	if in.Force {
		book = n.Force
	}
	e, err := book(b, at...)
	if err != nil {
		done(w, err)
		return
	}
	reply(w, map[string]string{"id": e.Booking.ID})
}

func (n *Network) postMove(w http.ResponseWriter, r *http.Request) {
	if in, ok := asked[struct{ Start time.Time }](w, r); ok {
		_, err := n.Move(r.PathValue("id"), timebok.Instant(in.Start))
		done(w, err)
	}
}

// A day is a date of the control's JSON.
type day struct{ *date.Date }

// UnmarshalText reads YYYY-MM-DD.
func (d *day) UnmarshalText(text []byte) error {
	t, err := time.Parse(time.DateOnly, string(text))
	if err == nil {
		d.Date = new(date.NewAt(t))
	}
	return err
}

func asked[T any](w http.ResponseWriter, r *http.Request) (T, bool) {
	var in T
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, 64<<10))
	d.DisallowUnknownFields()
	if err := d.Decode(&in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return in, false
	}
	return in, true
}

// done answers with nothing, or with what went wrong.
func done(w http.ResponseWriter, err error) {
	switch {
	case err == nil:
		w.WriteHeader(http.StatusNoContent)
	case errors.Is(err, ErrUnknown):
		http.Error(w, err.Error(), http.StatusNotFound)
	default:
		http.Error(w, err.Error(), http.StatusConflict)
	}
}

func reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // who hung up is told nothing
}
