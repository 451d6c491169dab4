package edge

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"wafer/nn/task"
	"wafer/server/api"
)

// Merge returns the models of both lists; an added model takes the place of one with its ID.
func Merge(models, added []task.Model) []task.Model {
	out := slices.Clone(models)
	for _, m := range added {
		if i := slices.IndexFunc(out, func(o task.Model) bool { return o.ID == m.ID }); i >= 0 {
			out[i] = m
		} else {
			out = append(out, m)
		}
	}
	return out
}

func (s *server) catalogue() (api.Catalogue, error) {
	c := api.Catalogue{}
	shipped, err := read(s.Shipped)
	if err != nil {
		return c, fmt.Errorf("the list of shipped models cannot be read: %w", err)
	}
	added, err := read(s.Added)
	if err != nil {
		return c, fmt.Errorf("the list of added models cannot be read: %w", err)
	}
	c.Models = append([]task.Model{}, Merge(shipped.Models, added.Models)...) // an empty list is no null
	return c, nil
}

func read(from func() ([]byte, error)) (c api.Catalogue, err error) {
	b, err := from()
	if err == nil && b != nil {
		err = json.Unmarshal(b, &c)
	}
	return c, err
}

// models answers with the models of the edge and, for who has signed in there, those that
// the origin keeps by name. Without an answer from there the list is what the edge has.
func (s *server) models(w http.ResponseWriter, r *http.Request) {
	c, err := s.catalogue()
	if err != nil {
		fail(w, http.StatusServiceUnavailable, err.Error())
		return
	}
	if s.origin != nil && (r.Header.Get("Authorization") != "" || r.Header.Get("Cookie") != "") {
		if stored, err := s.stored(r); err == nil {
			c.Stored = stored
		}
	}
	w.Header().Set("Cache-Control", "no-cache")
	writeJSON(w, http.StatusOK, c)
}

func (s *server) stored(r *http.Request) ([]api.Model, error) {
	answer, err := s.Transport.RoundTrip(s.outgoing(r))
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, errors.New("the origin has no list")
	}
	var c api.Catalogue
	err = json.NewDecoder(http.MaxBytesReader(nil, answer.Body, maxCatalogue)).Decode(&c)
	return c.Stored, err
}

// maxCatalogue is how long the origin's list may be, in bytes.
const maxCatalogue = 8 << 20
