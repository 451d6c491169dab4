package web

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"wafer/server/api"
	"wafer/server/auth"
	"wafer/server/queue"
	"wafer/server/store"
)

const (
	pageOfJobs = 500  // jobs of a page unless ?limit= says otherwise
	maxPage    = 1000 // jobs
)

// jobs answers with a page of the list: ?limit= jobs that come ?after= the last of the page before.
func (s *server) jobs(w http.ResponseWriter, r *http.Request, _ caller) error {
	limit := int64(pageOfJobs)
	if text := r.URL.Query().Get("limit"); text != "" {
		var err error
		if limit, err = number("limit", text); err != nil {
			return err
		}
		if limit < 1 || limit > maxPage {
			return invalid(fmt.Sprintf("limit must be from 1 to %d, found %d", maxPage, limit))
		}
	}
	all, err := s.o.Queue.List(r.Context())
	if err != nil {
		return err
	}
	page := api.Jobs{Jobs: all.Jobs, Total: len(all.Jobs), Damaged: all.Damaged}
	if text := r.URL.Query().Get("after"); text != "" {
		at, err := placeOf(all.Jobs, text)
		if err != nil {
			return err
		}
		page.Jobs = page.Jobs[at:]
	}
	if int64(len(page.Jobs)) > limit {
		page.Jobs = page.Jobs[:limit]
		last := page.Jobs[limit-1]
		page.Next = fmt.Sprintf("%d-%s", last.Created.UnixNano(), last.ID)
	}
	writeJSON(w, http.StatusOK, page)
	return nil
}

// placeOf is where in a list, newest first, the jobs begin that come after a job, which may have been deleted
// meanwhile. The text is the time in nanoseconds at which that was made, and its ID.
func placeOf(list []api.Job, text string) (int, error) {
	made, id, ok := strings.Cut(text, "-")
	at, err := strconv.ParseInt(made, 10, 64)
	if !ok || err != nil {
		return 0, invalid(fmt.Sprintf("after must be what the page before had as next, found %.100q", text))
	}
	n := slices.IndexFunc(list, func(j api.Job) bool {
		return cmp.Or(cmp.Compare(at, j.Created.UnixNano()), cmp.Compare(j.ID, id)) > 0
	})
	if n < 0 {
		n = len(list)
	}
	return n, nil
}

// job answers with one job, its whole report included.
func (s *server) job(w http.ResponseWriter, r *http.Request, _ caller) error {
	j, err := s.o.Queue.Job(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, j)
	return nil
}

// deleteJob removes a job that has ended, its log and its hold on files; a model that has a name stays.
func (s *server) deleteJob(w http.ResponseWriter, r *http.Request, _ caller) error {
	if err := s.o.Queue.Delete(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// move pauses, resumes, cancels or retries a job; 409 where the table of moves does not have it. The moves of workers
// are not at this address: 404.
func (s *server) move(w http.ResponseWriter, r *http.Request, _ caller) error {
	m := api.Move(r.PathValue("move"))
	if !m.ByPeople() {
		return errNotFound
	}
	j, err := s.o.Queue.Move(r.Context(), r.PathValue("id"), m)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, j)
	return nil
}

// submit puts a job into the queue, unless it is wrong or lacks files. The ID of one with an idempotency key
// follows from the key, so that two servers of one queue agree about it.
func (s *server) submit(w http.ResponseWriter, r *http.Request, c caller) error {
	if err := s.unready(); err != nil {
		return err
	}
	var spec api.Spec
	if err := s.decode(w, r, s.o.Limits.MaxJob, &spec); err != nil {
		return err
	}
	if err := checkSpec(&spec, s.o.Limits); err != nil {
		return err
	}
	spec.By = c.name
	spec.Replace = spec.Model != "" && auth.May(c.role, api.Admin)
	id, err := keyedID(c, r.Header.Get("Idempotency-Key"))
	if err != nil {
		return err
	}
	if err := s.mayName(r.Context(), spec.Model, c); err != nil {
		return err
	}
	if err := s.uploaded(r.Context(), spec); err != nil {
		return err
	}
	j, err := s.o.Queue.Submit(r.Context(), id, spec)
	status := http.StatusCreated
	if errors.Is(err, queue.ErrExists) && id != "" {
		status = http.StatusOK
		j, err = s.same(r.Context(), id, spec)
	}
	if err != nil {
		return err
	}
	w.Header().Set("Location", "/api/jobs/"+j.ID)
	writeJSON(w, status, j)
	return nil
}

// keyedID is the ID of the job that a caller gives a key, "" without one. Callers cannot meet with theirs.
func keyedID(c caller, key string) (string, error) {
	if key == "" {
		return "", nil
	}
	if len(key) > 200 {
		return "", invalid("an idempotency key has at most 200 characters")
	}
	sum := sha256.Sum256([]byte(c.name + "\x00" + key))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:]))[:26], nil
}

// same returns the job of an idempotency key if it was asked to do the same.
func (s *server) same(ctx context.Context, id string, spec api.Spec) (api.Job, error) {
	j, err := s.o.Queue.Job(ctx, id)
	if err != nil {
		return j, err
	}
	a, err := json.Marshal(spec)
	if err != nil {
		return j, err
	}
	b, err := json.Marshal(j.Spec)
	if err == nil && !bytes.Equal(a, b) {
		err = errKey
	}
	return j, err
}

// mayName checks the name that a job's result is to have: a new one, unless the caller is an admin.
func (s *server) mayName(ctx context.Context, name string, c caller) error {
	if name == "" {
		return nil
	}
	if err := s.freeName(name); err != nil || auth.May(c.role, api.Admin) {
		return err
	}
	switch _, err := s.o.Store.Name(ctx, name); {
	case errors.Is(err, store.ErrNotFound):
		return nil
	case err != nil:
		return err
	}
	return errReplace
}

// uploaded makes sure that a job's files are there, and that a collection takes them for new.
func (s *server) uploaded(ctx context.Context, spec api.Spec) error {
	files := spec.Data
	if spec.Checkpoint != nil {
		files = append(files[:len(files):len(files)], *spec.Checkpoint)
	}
	var lacks missing
	asked := map[string]bool{}
	for _, f := range files {
		if asked[f.SHA256] {
			continue
		}
		asked[f.SHA256] = true
		there, err := s.refresh(ctx, store.Ref{SHA256: f.SHA256, Size: f.Size})
		if err != nil {
			return err
		}
		if !there {
			lacks = append(lacks, f.SHA256)
		}
	}
	if lacks != nil {
		return lacks
	}
	return nil
}

// refresh reports whether content is there. It begins no upload where it is not.
func (s *server) refresh(ctx context.Context, ref store.Ref) (bool, error) {
	switch _, err := s.o.Store.Stat(ctx, ref.SHA256); {
	case errors.Is(err, store.ErrNotFound), errors.Is(err, store.ErrCorrupt):
		return false, nil
	case err != nil:
		return false, err
	}
	at, err := s.o.Store.Begin(ctx, ref)
	return at == ref.Size, err
}
