package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"wafer/server/api"
)

// Errors that answers are made of. Each has its status in the table below; any
// other error is the server's own fault.
var (
	errNotFound = errors.New("there is nothing at this address")
	errNoModel  = errors.New("the server has no model file with this hash")
	errBadHash  = errors.New("the hash of a model file is 64 hexadecimal digits")
	errNotBuilt = errors.New("the page has not been built yet: run make in the folder of Wafer, then start the server again")
)

var statuses = []struct {
	err    error
	status int
}{
	{errNotFound, http.StatusNotFound},
	{errNoModel, http.StatusNotFound},
	{errBadHash, http.StatusBadRequest},
	{errNotBuilt, http.StatusServiceUnavailable},
}

// statusOf returns the status of an error and the sentence to show: only errors of
// the table are shown, since others may name what is none of the client's business.
func statusOf(err error) (int, string) {
	for _, s := range statuses {
		if errors.Is(err, s.err) {
			return s.status, err.Error()
		}
	}
	return http.StatusInternalServerError, "something went wrong inside the server; its log says more"
}

// fail answers with an error: JSON below /api/, else plain text.
func (s *server) fail(w http.ResponseWriter, r *http.Request, err error) {
	status, text := statusOf(err)
	if status == http.StatusInternalServerError {
		s.log.Error("request failed", "path", r.URL.Path, "error", err)
	}
	w.Header().Set("Cache-Control", "no-store")
	if strings.HasPrefix(r.URL.Path, "/api/") {
		writeJSON(w, status, api.Error{Error: text})
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	w.Write([]byte("Wafer: " + text + ".\n"))
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil { // only types of package api come here
		panic(err)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	w.Write(append(body, '\n'))
}
