package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"wafer/nn/task"
	"wafer/server/api"
	"wafer/server/auth"
	"wafer/server/models"
	"wafer/server/store"
)

// models answers with the catalogue, and for who may read with what is stored.
func (s *server) models(w http.ResponseWriter, r *http.Request, c caller) error {
	all := s.catalogue
	if s.o.Queue != nil && auth.May(c.role, api.Reader) {
		kept, err := s.o.Store.Names(r.Context())
		if err != nil {
			return err
		}
		for _, k := range kept {
			if m, err := models.Of(k); err == nil {
				all.Stored = append(all.Stored, m)
			}
		}
	}
	w.Header().Set("Cache-Control", "no-cache")
	writeJSON(w, http.StatusOK, all)
	return nil
}

// named finds a model by its name: a shipped one by its ID, or a stored one.
func (s *server) named(ctx context.Context, name string) (api.Model, error) {
	if m, ok := s.shipped(name); ok {
		return api.Model{Name: m.ID, Info: m, License: m.Credit, File: api.File{SHA256: m.SHA256,
			Size: int64(len(s.weights[m.SHA256]))}}, nil
	}
	if s.o.Queue == nil {
		return api.Model{}, errNoName
	}
	kept, err := s.o.Store.Name(ctx, name)
	if errors.Is(err, store.ErrNotFound) {
		err = errNoName
	}
	if err != nil {
		return api.Model{}, err
	}
	return models.Of(kept)
}

// shipped finds a model that came with the server by its ID.
func (s *server) shipped(name string) (task.Model, bool) {
	i := slices.IndexFunc(s.catalogue.Models, func(m task.Model) bool { return m.ID == name })
	if i < 0 {
		return task.Model{}, false
	}
	return s.catalogue.Models[i], true
}

// freeName checks a name for a stored model.
func (s *server) freeName(name string) error {
	if _, is := s.shipped(name); is {
		return invalid(fmt.Sprintf("%s is the name of a model that came with the server", name))
	}
	return store.CheckName(name)
}

// model answers with what is known of a model, shipped or stored.
func (s *server) model(w http.ResponseWriter, r *http.Request, _ caller) error {
	m, err := s.named(r.Context(), r.PathValue("name"))
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, m)
	return nil
}

// putModel gives an uploaded file a name, when it is a model that opens; what the model is the server finds
// out itself.
func (s *server) putModel(w http.ResponseWriter, r *http.Request, _ caller) error {
	var m api.Model
	if err := s.decode(w, r, s.o.Limits.MaxJob, &m); err != nil {
		return err
	}
	name := r.PathValue("name")
	if m.Name != "" && m.Name != name {
		return invalid(fmt.Sprintf("the body is about %q, the address about %q", m.Name, name))
	}
	if err := s.freeName(name); err != nil {
		return err
	}
	if !isLine(m.License, 1000) || !isLine(m.Job, 32) {
		return invalid("license is one line of at most 1000 bytes, and job the ID of a job")
	}
	m.Name = name
	if err := s.nameModel(r.Context(), &m); err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, m)
	return nil
}

// nameModel gives a stored file the name of m, when it is a model that opens, and completes m.
func (s *server) nameModel(ctx context.Context, m *api.Model) error {
	m.Created = time.Now().UTC().Round(time.Second)
	seen, err := s.o.Store.Version(ctx, m.Name) // before the file is opened, which takes its time
	if err != nil {
		return err
	}
	if err := s.describe(ctx, m); err != nil {
		return err
	}
	kept, err := models.Manifest(*m)
	if err != nil {
		return err
	}
	return s.o.Store.SetName(ctx, kept, seen)
}

// describe opens a model's file, which takes room like one that answers, and makes Info what it says.
func (s *server) describe(ctx context.Context, m *api.Model) error {
	ref, err := s.o.Store.Stat(ctx, m.File.SHA256)
	if errors.Is(err, store.ErrNotFound) {
		return missing{m.File.SHA256}
	}
	if err != nil {
		return err
	}
	if m.Info, err = s.pool.Describe(ctx, s.stored(ref.SHA256)); err != nil {
		return err
	}
	m.File, m.Info.ID = api.File{SHA256: ref.SHA256, Size: ref.Size}, m.Name
	return nil
}

// stored reads a model file. One that is larger than the room for models is none that fits: its weights are as large.
func (s *server) stored(digest string) func(context.Context) ([]byte, error) {
	most := min(s.o.Limits.MaxModel, s.o.Limits.Memory)
	return func(ctx context.Context) ([]byte, error) { return s.o.Store.Get(ctx, digest, most) }
}

// deleteModel takes the name away; the file goes with the next collection, unless a job or another name holds it.
func (s *server) deleteModel(w http.ResponseWriter, r *http.Request, _ caller) error {
	if err := s.freeName(r.PathValue("name")); err != nil {
		return err
	}
	err := s.o.Store.Unname(r.Context(), r.PathValue("name"))
	if errors.Is(err, store.ErrNotFound) {
		err = errNoName
	}
	if err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
