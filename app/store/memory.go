package store

import (
	"slices"
	"sync"

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
}

type kept struct {
	info task.Model
	file []byte
}

// Memory returns an empty store that does not survive a reload.
func Memory() Store { return &memory{samples: map[string][]Sample{}, files: map[string][]byte{}} }

func (m *memory) Lasting() bool { return false }

func (m *memory) model(id string) int {
	return slices.IndexFunc(m.models, func(k kept) bool { return k.info.ID == id })
}

func (m *memory) Models() ([]task.Model, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var list []task.Model
	for _, k := range slices.Backward(m.models) {
		list = append(list, k.info)
	}
	return list, nil
}

func (m *memory) ModelFile(id string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	i := m.model(id)
	if i < 0 {
		return nil, missing("the model", id)
	}
	return slices.Clone(m.models[i].file), nil
}

func (m *memory) SaveModel(info task.Model, file []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if i := m.model(info.ID); i >= 0 {
		m.models = slices.Delete(m.models, i, i+1)
	}
	m.models = append(m.models, kept{info, slices.Clone(file)})
	return nil
}

func (m *memory) RenameModel(id, title string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	i := m.model(id)
	if i < 0 {
		return missing("the model", id)
	}
	m.models[i].info = renamed(m.models[i].info, title)
	return nil
}

func (m *memory) DeleteModel(id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if i := m.model(id); i >= 0 {
		m.models = slices.Delete(m.models, i, i+1)
	}
	return nil
}

func (m *memory) project(id string) int {
	return slices.IndexFunc(m.projects, func(p Project) bool { return p.ID == id })
}

func (m *memory) Projects() ([]Project, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.projects), nil
}

func (m *memory) SaveProject(p Project) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if i := m.project(p.ID); i >= 0 {
		m.projects[i] = p
		return nil
	}
	m.projects = append(m.projects, p)
	return nil
}

func (m *memory) DeleteProject(id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if i := m.project(id); i >= 0 {
		m.projects = slices.Delete(m.projects, i, i+1)
	}
	delete(m.samples, id)
	return nil
}

func (m *memory) Samples(project string) ([]Sample, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.samples[project]), nil
}

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
	return added, nil
}

func (m *memory) DeleteSamples(project string, ids []string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.samples[project] = slices.DeleteFunc(m.samples[project], func(s Sample) bool { return slices.Contains(ids, s.ID) })
	return nil
}

func (m *memory) SaveFile(name string, file []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if delete(m.files, name); file != nil {
		m.files[name] = slices.Clone(file)
	}
	return nil
}

func (m *memory) File(name string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if file, ok := m.files[name]; ok {
		return slices.Clone(file), nil
	}
	return nil, missing("the file", name)
}

func sortSamples(samples []Sample) {
	slices.SortStableFunc(samples, func(a, b Sample) int {
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
