package state

import (
	"slices"

	"wafer/app/bridge"
	"wafer/app/browser"
	"wafer/app/client"
	"wafer/app/words"
	"wafer/nn/order"
	"wafer/nn/task"
	"wafer/server/api"
)

const keptCatalogue = "wafer.catalogue"

// Refresh asks for the shipped models and lists the taught ones, and starts
// loading the model in use. What the server said at the last visit is shown until
// it answers, and stays when it does not. It blocks.
func (s *Store) Refresh() {
	go s.learnSafety()
	before, keptErr := client.Parse(browser.Kept(keptCatalogue))
	taught := s.listTaught()
	s.change(func(st *State) { st.Models, st.Taught, st.Loaded = before.Models, taught, keptErr == nil })
	defer s.goOn()
	list, body, err := s.catalog()
	if err == nil {
		browser.Keep(keptCatalogue, body)
		for _, m := range before.Models {
			if !slices.ContainsFunc(list.Models, func(n task.Model) bool {
				return n.ID == m.ID &&
					n.SHA256 == m.SHA256
			}) {
				s.unload(m.ID)
			}
		}
		s.change(func(st *State) { st.Models, st.CatalogueError, st.Loaded = list.Models, "", true })
		return
	}
	s.change(func(st *State) {
		st.Loaded = true
		if keptErr != nil {
			st.CatalogueError = words.Explain(err)
		}
	})
}

// goOn answers what was given before there was a model, and prepares the chosen one where it is about to be asked.
func (s *Store) goOn() {
	for kind, b := range s.Get().Batch {
		if len(b.Items) > 0 && b.Model == "" {
			s.Resume(kind)
		}
	}
	if s.Get().Asking {
		s.Prepare()
	}
}

// listTaught are the models that the browser keeps, then those of this visit only. What the store could not do is said
// on the page.
func (s *Store) listTaught() []task.Model {
	kept, err := s.Kept()
	if err != nil {
		s.Say("models", words.Explain(err))
	}
	models, err := kept.Models()
	if err != nil {
		s.Say("models", words.Explain(err))
	}
	return s.addStaying(models)
}

// Say shows a sentence at a place of the page ("classify", "models"); "" takes
// it away.
func (s *Store) Say(place, sentence string) {
	s.change(func(st *State) { st.Notice = With(st.Notice, place, sentence) })
}

// Find returns the model with this ID, shipped or taught.
func (st State) Find(id string) (task.Model, bool) {
	for _, list := range [][]task.Model{st.Models, st.Taught} {
		if i := slices.IndexFunc(list, func(m task.Model) bool { return m.ID == id }); i >= 0 {
			return list[i], true
		}
	}
	return task.Model{}, false
}

// Of lists the models that answer inputs of a kind: taught ones first, they are why people come back.
func (st State) Of(kind task.Kind) []task.Model {
	var list []task.Model
	for _, m := range slices.Concat(st.Taught, st.Models) {
		if m.Kind == kind && !m.Encoder() {
			list = append(list, m)
		}
	}
	return list
}

// Model returns the model that is in use for a kind: the chosen one, else the
// first shipped one, on slow devices its light twin.
func (st State) Model(kind task.Kind) (task.Model, bool) {
	if m, ok := st.Find(st.Chosen[kind]); ok && m.Kind == kind && !m.Encoder() {
		return m, true
	}
	for _, m := range slices.Concat(st.Models, st.Taught) {
		if m.Kind != kind || m.Encoder() {
			continue
		}
		if light, ok := st.Find(m.ID + lightTwin); ok && st.Slow {
			return light, true
		}
		return m, true
	}
	return task.Model{}, false
}

// taught tells a model of the user's from a shipped one.
func (s *Store) taught(id string) bool {
	return slices.ContainsFunc(s.Get().Taught, func(m task.Model) bool { return m.ID == id })
}

// TaughtFile returns the file of a taught model. It blocks.
func (s *Store) TaughtFile(id string) ([]byte, error) {
	if _, err := s.Seal(id); err != nil {
		return nil, err
	}
	kept, _ := s.Kept()
	return kept.ModelFile(id)
}

// DownloadTaught offers the file of a taught model, under its title and with it inside. It blocks.
func (s *Store) DownloadTaught(m task.Model) error {
	file, err := s.TaughtFile(m.ID)
	if err != nil {
		return err
	}
	_, files, err := bridge.Ask(s.worker, bridge.Retitle, bridge.RetitleRequest{Title: m.Title}, browser.Bytes(file))
	if file, err = oneOf(files, err); err != nil {
		return err
	}
	browser.Download(words.FileName(m.Title), "application/octet-stream", file)
	return nil
}

// AddTaught keeps a model file in the browser and lists it first. It blocks.
func (s *Store) AddTaught(m task.Model, file []byte) error {
	kept, _ := s.Kept()
	if err := kept.SaveModel(m, file); err != nil {
		return err
	}
	s.mu.Lock()
	delete(s.stays, m.ID)
	s.mu.Unlock()
	s.unload(m.ID) // a file of that name that the worker may have is old now
	s.change(func(st *State) { st.Taught = slices.Concat([]task.Model{m}, without(st.Taught, m.ID)) })
	s.KeepSafe()
	return nil
}

// RenameTaught gives a taught model another title. It blocks.
func (s *Store) RenameTaught(id, title string) error {
	if _, err := s.Seal(id); err != nil {
		return err
	}
	kept, _ := s.Kept()
	if err := kept.RenameModel(id, title); err != nil {
		return err
	}
	taught := s.listTaught()
	s.change(func(st *State) { st.Taught = taught })
	return nil
}

// RemoveTaught forgets a taught model and returns what AddTaught needs to bring
// it back. It blocks.
func (s *Store) RemoveTaught(id string) (m task.Model, file []byte, err error) {
	if file, err = s.TaughtFile(id); err != nil {
		return m, nil, err
	}
	kept, _ := s.Kept()
	m, _ = s.Get().Find(id)
	if err = kept.DeleteModel(id); err != nil {
		return m, nil, err
	}
	s.unload(id)
	s.change(func(st *State) { st.Taught = without(st.Taught, id) })
	return m, file, nil
}

// without is a list without the model of an ID; the list itself stays.
func without(models []task.Model, id string) []task.Model {
	return slices.DeleteFunc(slices.Clone(models), func(m task.Model) bool { return m.ID == id })
}

// Bring downloads the model of a job, looks at it and keeps it. It blocks.
func (s *Store) Bring(job api.Job) (task.Model, error) {
	return s.bring(job.Spec.Name, job.Status.Result.File.SHA256)
}

// DownloadReport offers the report of a job as a file. It blocks.
func (s *Store) DownloadReport(job api.Job) error {
	file, err := s.server.File(job.Status.Result.Page.SHA256)
	if err == nil {
		browser.Download(words.FileStem(job.Spec.Name)+".report.html", "text/html", file)
	}
	return err
}

// bring downloads a model file that the server has, and keeps it.
func (s *Store) bring(name, sha256 string) (task.Model, error) {
	file, err := s.server.File(sha256)
	if err != nil {
		return task.Model{}, err
	}
	return s.Import(browser.NewFile(name, "application/octet-stream", file))
}

// Bases lists the models of a kind that can be built upon: shipped ones that are meant for it, on slow devices the
// light twins before the others, then those of the user that have a file and do not answer from n-grams.
func (st State) Bases(kind task.Kind) []task.Model {
	var list []task.Model
	for _, m := range st.Models {
		if m.Kind == kind && m.Backbone {
			list = append(list, m)
		}
	}
	if st.Slow {
		order.Stable(list, func(a, b task.Model) int {
			return light(b) - light(a)
		})
	}
	for _, m := range st.Taught {
		if m.Kind == kind && !m.NGrams && m.SHA256 != "" {
			m.Backbone = false
			list = append(list, m)
		}
	}
	return list
}
