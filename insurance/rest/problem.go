package rest

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/insurance"
)

const (
	mediaJSON    = "application/json"
	mediaProblem = "application/problem+json"
)

// statusOf is the status that an error of the library is answered with.
func statusOf(err error) int {
	switch {
	case errors.Is(err, insurance.NotConnected):
		return http.StatusForbidden
	case errors.Is(err, insurance.NotCapable):
		return http.StatusNotImplemented
	case errors.Is(err, insurance.UnknownCase), errors.Is(err, timebok.ErrNotFound):
		return http.StatusNotFound
	case errors.Is(err, timebok.ErrUnavailable), errors.Is(err, timebok.ErrConflict):
		return http.StatusServiceUnavailable
	case errors.Is(err, timebok.ErrInvalid), errors.Is(err, timebok.ErrRefused):
		return http.StatusUnprocessableEntity
	}
	return http.StatusInternalServerError
}

// fail answers with a problem. Of the error only the codes and fields of its
// reasons are told.
func fail(w http.ResponseWriter, status int, err error) {
	p := wireProblem{Title: http.StatusText(status), Status: status}
	var reasons timebok.Reasons
	_ = reasons.Join("", err) // other errors tell nothing
	for _, r := range reasons {
		p.Reasons = append(p.Reasons, wireReason{r.Field, r.Code()})
	}
	if len(reasons) > 0 {
		p.Code = reasons[0].Code()
	}
	w.Header().Set("Content-Type", mediaProblem)
	send(w, status, p)
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", mediaJSON)
	send(w, status, body)
}

func send(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Cache-Control", "no-store") // it may be about a person
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // who hung up is told nothing
}
