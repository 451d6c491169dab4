package state

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"wafer/app/bridge"
	"wafer/app/browser"
	"wafer/app/words"
	"wafer/nn/task"
)

// Reader is a worker that answers bridge.Read, bridge.Convert and bridge.Inspect. Stop ends what it does, which then
// fails.
type Reader interface {
	bridge.Caller
	Stop()
}

// Import keeps a model among the taught ones and returns what it is: a .wafer file, or the files of one model of
// another tool, which become one. Files that the worker cannot open whole are refused. It blocks.
func (s *Store) Import(files ...browser.File) (task.Model, error) {
	m, err := s.imported(files)
	if err != nil {
		return task.Model{}, words.Sentence(words.T("models.import.failed", files[0].Name, words.Explain(err)))
	}
	return m, nil
}

// imported makes a .wafer file of what was given where it is none, loads it once to see that it runs, and keeps it. A
// model whose name is taken, or that has none, is named after its hash.
func (s *Store) imported(files []browser.File) (m task.Model, err error) {
	file, err := s.waferOf(files)
	if err != nil {
		return m, err
	}
	described, _, err := bridge.Ask(s.worker, bridge.Describe, bridge.None{}, browser.Bytes(file))
	if err != nil {
		return m, err
	}
	m = described.Model
	if i := slices.IndexFunc(s.Get().Models, func(o task.Model) bool { return o.ID == m.ID }); i >= 0 || m.ID == "" {
		m.ID = "imported-" + m.SHA256[:min(12, len(m.SHA256))] // a shipped model's file stands beside it
	}
	if _, _, err := bridge.Ask(s.worker, bridge.Load, bridge.LoadRequest{Model: m.ID},
		browser.Bytes(file)); err != nil {
		return m, err
	}
	return m, s.AddTaught(m, file)
}

// waferOf is the one .wafer file that was given, or what the reader makes of the files.
func (s *Store) waferOf(files []browser.File) ([]byte, error) {
	first, err := files[0].Read()
	if err != nil || len(files) == 1 && (bytes.HasPrefix(first, []byte(task.Magic))) {
		return first, err
	}
	names, buffers := make([]string, len(files)), make([]browser.Buffer, len(files))
	for i, f := range files {
		if names[i], buffers[i] = f.Path, f.Buffer(); f.Path == "" {
			names[i] = f.Name
		}
	}
	s.change(func(st *State) { st.Importing = files[0].Name })
	defer s.change(func(st *State) { st.Importing = "" })
	q := bridge.ConvertRequest{Names: names, Title: words.TitleOf(names[0])}
	if len(names) > 1 && !strings.Contains(strings.TrimPrefix(names[0], "/"), "/") {
		q.Title = "" // files without a folder around them: the model's own name
	}
	for _, m := range s.Get().Models {
		if m.ID == "photos" { // it has their names
			q.ImageNet, q.ImageNetZH = m.Labels, m.LabelsZH
		}
	}
	_, made, err := bridge.Ask(s.Reader, bridge.Convert, q, buffers...)
	return oneOf(made, err)
}

// modelEndings are those of the names of model files.
var modelEndings = []string{".wafer", ".onnx", ".tflite", ".safetensors", ".h5", ".hdf5", ".keras", ".pt", ".pth",
	".th", ".bin", ".npz", ".ftz"}

// maxSeen is the largest archive that is looked into for a model, bytes.
const maxSeen = 64_000_000

// IsModel tells the files of a model, ours or another tool's, by their names; an archive by the names in it.
func IsModel(files []browser.File) bool {
	for _, f := range files {
		ending := strings.ToLower(path.Ext(f.Name))
		if slices.Contains(modelEndings, ending) || f.Name == "model.json" {
			return true
		}
		if isArchive(f) && len(files) == 1 && f.Size <= maxSeen {
			file, err := f.Read()
			return err == nil && bytes.Contains(file, []byte("model.json"))
		}
	}
	return false
}

// Models tells which files belong together: each .wafer file is a model, and all others are one.
func Models(files []browser.File) (list [][]browser.File) {
	var others []browser.File
	for _, f := range files {
		if strings.HasSuffix(strings.ToLower(f.Name), ".wafer") {
			list = append(list, []browser.File{f})
		} else if !strings.HasPrefix(f.Name, ".") {
			others = append(others, f)
		}
	}
	if len(others) > 0 {
		list = append(list, others)
	}
	return list
}

// takeModels imports what was dropped where inputs are classified, and takes the last into use.
func (s *Store) takeModels(files []browser.File) {
	for _, model := range Models(files) {
		m, err := s.Import(model...)
		if err != nil {
			s.Say("classify", words.Explain(err))
			return
		}
		s.Say(Imported, words.T("models.imported", words.Title(m)))
		s.Choose(m.ID)
	}
}

// Imported is the place of the sentence about a model that was dropped where inputs are classified.
const Imported = "imported"

// StopImport ends the reading of another tool's files.
func (s *Store) StopImport() {
	s.Reader.Stop()
}
