package store

import (
	"slices"
	"sync"

	"wafer/nn/order"
	"wafer/nn/task"
)

// memory is a Store that forgets: the native twin of the browser's, and what
// a browser without a database falls back to.
type memory struct {
	mu       sync.Mutex
	models   []kept // oldest first
	projects []Project
	samples  map[string][]Sample // by project
	files    map[string][]byte
	watchers map[int]func(Change)
	watched  int
}

// kept is a model with its file.
type kept struct {
	info task.Model
	file []byte
}

// Memory returns an empty store that does not survive a reload.
func Memory() Store {
	return &memory{samples: map[string][]Sample{}, files: map[string][]byte{}, watchers: map[int]func(Change){}}
}

// Watch is that of Store.
func (m *memory) Watch(on func(Change)) (stop func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.watched++
	id := m.watched
	m.watchers[id] = on
	return func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		delete(m.watchers, id)
	}
}

// Alone takes everyone who watches for a tab.
func (m *memory) Alone() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.watchers) < 2
}

// tell is called with the lock held.
func (m *memory) tell(c Change) {
	for _, on := range m.watchers {
		go on(c)
	}
}

// model is the place of a model in the list, −1 for none. The lock is held.
func (m *memory) model(id string) int {
	return slices.IndexFunc(m.models, func(k kept) bool { return k.info.ID == id })
}

// Models has the one last on top that was saved last: a model that is saved again moves up.
func (m *memory) Models() ([]task.Model, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var list []task.Model
	for _, k := range slices.Backward(m.models) {
		list = append(list, k.info)
	}
	return list, nil
}

// ModelFile is a copy, as a database would give.
func (m *memory) ModelFile(id string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	i := m.model(id)
	if i < 0 {
		return nil, missing("the model", id)
	}
	return slices.Clone(m.models[i].file), nil
}

// SaveModel keeps a copy of the file.
func (m *memory) SaveModel(info task.Model, file []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if i := m.model(info.ID); i >= 0 {
		m.models = slices.Delete(m.models, i, i+1)
	}
	m.models = append(m.models, kept{info, slices.Clone(file)})
	m.tell(Change{Models: true})
	return nil
}

// RenameModel is Missing where there is no such model.
func (m *memory) RenameModel(id, title string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	i := m.model(id)
	if i < 0 {
		return missing("the model", id)
	}
	m.models[i].info = renamed(m.models[i].info, title)
	m.tell(Change{Models: true})
	return nil
}

// DeleteModel is no error where there is none.
func (m *memory) DeleteModel(id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if i := m.model(id); i >= 0 {
		m.models = slices.Delete(m.models, i, i+1)
	}
	m.tell(Change{Models: true})
	return nil
}

// project is the place of a project in the list, −1 for none. The lock is held.
func (m *memory) project(id string) int {
	return slices.IndexFunc(m.projects, func(p Project) bool { return p.ID == id })
}

// Projects are in the order in which they were first kept.
func (m *memory) Projects() ([]Project, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.projects), nil
}

// UpdateProject holds the lock while do runs, so do must not call the store.
func (m *memory) UpdateProject(id string, do func(kept *Project) Project) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if i := m.project(id); i >= 0 {
		was := m.projects[i]
		m.projects[i] = do(&was)
	} else {
		m.projects = append(m.projects, do(nil))
	}
	m.tell(Change{Project: id})
	return nil
}

// Samples are sorted since AddSamples did it. The list is a copy, the pictures' bytes are shared.
func (m *memory) Samples(project string) ([]Sample, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.samples[project]), nil
}

// AddSamples puts a sample in the place of one with the same ID, and fills in Bytes and URL.
func (m *memory) AddSamples(project string, samples []Sample) ([]Sample, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	added := slices.Clone(samples)
	have := m.samples[project]
	for i := range added {
		s := &added[i]
		s.Bytes, s.URL = size(*s), address(*s)
		have = slices.DeleteFunc(have, func(old Sample) bool { return old.ID == s.ID })
		have = append(have, *s)
	}
	sortSamples(have)
	m.samples[project] = have
	m.tell(Change{Project: project})
	return added, nil
}

// DeleteSamples leaves the object URLs of pictures as they are; they live until the tab closes.
func (m *memory) DeleteSamples(project string, ids []string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.samples[project] = slices.DeleteFunc(m.samples[project],
		func(s Sample) bool { return slices.Contains(ids, s.ID) })
	m.tell(Change{Project: project})
	return nil
}

// SaveFile keeps a copy.
func (m *memory) SaveFile(name string, file []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if delete(m.files, name); file != nil {
		m.files[name] = slices.Clone(file)
	}
	return nil
}

// File is a copy, Missing where there is none.
func (m *memory) File(name string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if file, ok := m.files[name]; ok {
		return slices.Clone(file), nil
	}
	return nil, missing("the file", name)
}

// sortSamples sorts by Order, equal ones as they were.
func sortSamples(samples []Sample) {
	order.Stable(samples, func(a, b Sample) int {
		switch {
		case a.Order < b.Order:
			return -1
		case a.Order > b.Order:
			return 1
		}
		return 0
	})
}

// renamed gives a model a title of the user's, which holds in every language.
func renamed(m task.Model, title string) task.Model {
	m.Title, m.TitleZH = title, ""
	return m
}
