package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"wafer/server/api"
	"wafer/server/broker"
	"wafer/server/models"
	"wafer/server/queue"
	"wafer/server/store"
)

// Errors that answers are made of. Each has its status in the table below; any
// other error is the server's own fault.
var (
	errNotFound = errors.New("there is nothing at this address")
	errNoModel  = errors.New("the server has no model file with this hash")
	errNoName   = errors.New("the server has no model with this name")
	errBadHash  = errors.New("the hash of a model file is 64 hexadecimal digits")
	errNotBuilt = errors.New("the page has not been built yet: run make in the folder of Wafer, then start the " +
		"server again")
	errNoJobs = errors.New("this server takes no jobs and keeps no files; it only serves the page and the models " +
		"that came with it")
	errNoPulls     = errors.New("this server fetches no public models")
	errPullStopped = errors.New("the fetch was stopped; what came stays for the next one")
	errMethod      = errors.New("this address does not take such a request")
	errNoToken     = errors.New("this needs a token: send it as Authorization: Bearer TOKEN, or sign in")
	errBadToken    = errors.New("the token is not known here; it may have been removed")
	errRole        = errors.New("the token does not allow this")
	errHost        = errors.New("a server without tokens answers to localhost only; call it by that name")
	errForwarded   = errors.New("a server without tokens answers to this machine only, and this request came through " +
		"a proxy; make a token (wafer token add NAME)")
	errOrigin      = errors.New("a page of another origin may not change anything here")
	errRate        = errors.New("too many requests; slow down")
	errStreams     = errors.New("too many event streams are open; close some")
	errTransfers   = errors.New("too many uploads and predictions are under way; try again later")
	errStopping    = errors.New("the server is stopping; try again in a moment")
	errBody        = errors.New("the body of the request could not be read to its end")
	errTooLarge    = errors.New("the body of the request is too large")
	errNotReady    = errors.New("the server takes no new work just now")
	errUnavailable = errors.New("the server cannot reach its data just now; try again later")
	errMissing     = errors.New("some files have to be uploaded first")
	errKey         = errors.New("this idempotency key was used for another job; take a new one")
	errReplace     = errors.New("there is a model with this name already, and only an admin may replace it")
)

// invalid is the error of a request that says something impossible; its text is for the client.
type invalid string

// Error is the sentence for the client; statusOf makes 400 of it.
func (e invalid) Error() string { return string(e) }

// unusable is the error of a request that is well formed, but whose content cannot be used.
type unusable string

// Error is the sentence for the client; statusOf makes 422 of it.
func (e unusable) Error() string { return string(e) }

// statuses is the one table of errors and statuses. wait is for Retry-After, in seconds.
var statuses = []struct {
	err    error
	status int
	wait   int
}{
	{errNotFound, http.StatusNotFound, 0},
	{errNoModel, http.StatusNotFound, 0},
	{errNoName, http.StatusNotFound, 0},
	{errNoJobs, http.StatusNotFound, 0},
	{errNoPulls, http.StatusNotFound, 0},
	{errBadHash, http.StatusBadRequest, 0},
	{errNotBuilt, http.StatusServiceUnavailable, 0},
	{errMethod, http.StatusMethodNotAllowed, 0},
	{errNoToken, http.StatusUnauthorized, 0},
	{errBadToken, http.StatusUnauthorized, 0},
	{errRole, http.StatusForbidden, 0},
	{errHost, http.StatusForbidden, 0},
	{errForwarded, http.StatusForbidden, 0},
	{errOrigin, http.StatusForbidden, 0},
	{errReplace, http.StatusForbidden, 0},
	{errRate, http.StatusTooManyRequests, 1},
	{errStreams, http.StatusTooManyRequests, 10},
	{errTransfers, http.StatusTooManyRequests, 2},
	{errStopping, http.StatusServiceUnavailable, 5},
	{errNotReady, http.StatusServiceUnavailable, 60},
	{errUnavailable, http.StatusServiceUnavailable, 5},
	{errTooLarge, http.StatusRequestEntityTooLarge, 0},
	{errBody, http.StatusBadRequest, 0},
	{errMissing, http.StatusConflict, 0},
	{errKey, http.StatusConflict, 0},

	{queue.ErrNotFound, http.StatusNotFound, 0},
	{queue.ErrBadID, http.StatusBadRequest, 0},
	{queue.ErrExists, http.StatusConflict, 0},
	{queue.ErrTooLarge, http.StatusRequestEntityTooLarge, 0},
	{queue.ErrTooMany, http.StatusTooManyRequests, 60},
	{queue.ErrShare, http.StatusTooManyRequests, 30},
	{queue.ErrNoRoom, http.StatusInsufficientStorage, 60},
	{queue.ErrDamaged, http.StatusServiceUnavailable, 0},
	{queue.ErrNotEnded, http.StatusConflict, 0},
	{queue.ErrByPeople, http.StatusBadRequest, 0},
	{queue.ErrAhead, http.StatusBadRequest, 0},

	{store.ErrNotFound, http.StatusNotFound, 0},
	{store.ErrBadDigest, http.StatusBadRequest, 0},
	{store.ErrBadName, http.StatusBadRequest, 0},
	{store.ErrTooLarge, http.StatusRequestEntityTooLarge, 0},
	{store.ErrTooMany, http.StatusTooManyRequests, 60},
	{store.ErrBusy, http.StatusTooManyRequests, 5},
	{store.ErrShare, http.StatusTooManyRequests, 5},
	{store.ErrCorrupt, http.StatusGone, 0},
	{store.ErrMismatch, http.StatusUnprocessableEntity, 0},
	{store.ErrSize, http.StatusConflict, 0},
	{store.ErrOther, http.StatusForbidden, 0},
	{store.ErrOffset, http.StatusConflict, 0},
	{store.ErrShort, http.StatusBadRequest, 0},
	{store.ErrChanged, http.StatusConflict, 0},
	{store.ErrInUse, http.StatusConflict, 0},

	{models.ErrBusy, http.StatusTooManyRequests, 1},
	{models.ErrTooLarge, http.StatusUnprocessableEntity, 0},
	{models.ErrNoModel, http.StatusUnprocessableEntity, 0},
}

// hidden are errors whose own text may name what is none of the client's business.
var hidden = []struct {
	is     func(error) bool
	status int
	text   string
	wait   int
}{
	{is(store.ErrFull, broker.ErrFull), http.StatusInsufficientStorage, "the disk space of the server is used up", 60},
	{broker.Passing, http.StatusServiceUnavailable, errUnavailable.Error(), 5},
	{is(context.Canceled), http.StatusServiceUnavailable, errUnavailable.Error(), 1}, // nobody is left to read it
}

// is tells any of the errors, however wrapped.
func is(errs ...error) func(error) bool {
	return func(err error) bool {
		for _, e := range errs {
			if errors.Is(err, e) {
				return true
			}
		}
		return false
	}
}

// statusOf returns the status of an error, the sentence to show, and after how many seconds another try makes
// sense, 0: never. Only errors of the tables are shown, since others may name what is none of the client's business.
func statusOf(err error) (status int, text string, wait int) {
	for _, h := range hidden {
		if err != nil && h.is(err) {
			return h.status, h.text, h.wait
		}
	}
	for _, s := range statuses {
		if errors.Is(err, s.err) {
			return s.status, err.Error(), s.wait
		}
	}
	var bad invalid
	var useless unusable
	var move *api.IllegalMove
	switch {
	case errors.As(err, &bad):
		return http.StatusBadRequest, bad.Error(), 0
	case errors.As(err, &useless):
		return http.StatusUnprocessableEntity, useless.Error(), 0
	case errors.As(err, &move):
		return http.StatusConflict, move.Error(), 0
	}
	return http.StatusInternalServerError, "something went wrong inside the server; its log says more", 0
}

// missing is the error of a job whose files have to be uploaded first.
type missing []string

// Error is errMissing's sentence, as which it counts; the list goes into the answer beside it.
func (m missing) Error() string        { return errMissing.Error() }
func (m missing) Is(target error) bool { return target == errMissing }

// fail answers with an error: JSON below /api/, else plain text.
func (s *server) fail(w http.ResponseWriter, r *http.Request, err error) {
	status, text, wait := statusOf(err)
	if status >= 500 && r.Context().Err() == nil {
		s.log.Error("request failed", "id", w.Header().Get(requestID), "path", r.URL.Path, "error", err)
	}
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	if wait > 0 {
		h.Set("Retry-After", strconv.Itoa(wait))
	}
	if status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="wafer"`)
	}
	if strings.HasPrefix(r.URL.Path, "/api/") {
		var lacks missing
		errors.As(err, &lacks)
		writeJSON(w, status, api.Error{Error: text, Missing: lacks})
		return
	}
	if errors.Is(err, errNotFound) && wantsPage(r) {
		h.Set("Content-Type", types[".html"])
		w.WriteHeader(status)
		w.Write([]byte(notFound))
		return
	}
	h.Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	w.Write([]byte("Wafer: " + text + ".\n"))
}

// writeJSON answers with a document and a line end. Nothing of it is cached unless the handler said so before.
func writeJSON(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil { // only types of package api come here
		panic(err)
	}
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-store")
	}
	w.WriteHeader(status)
	w.Write(append(body, '\n'))
}
