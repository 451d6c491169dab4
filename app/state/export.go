package state

import (
	"time"

	"wafer/app/bridge"
	"wafer/app/browser"
	"wafer/app/words"
	"wafer/nn/task"
)

// Export is a file that is being made of a model, or was made last.
type Export struct {
	Busy   bool
	Failed bool
	Say    string // how it is getting on, in a sentence
}

// Export makes a WebAssembly module of a model or, as page, one that works offline, and offers the
// file to the person. weights are "" as trained, or "float32", "float16", "int8".
func (s *Store) Export(m task.Model, page bool, weights string) {
	name, mediaType := m.ID, "application/wasm"
	if s.taught(m.ID) {
		name = words.FileStem(m.Title)
	}
	req := bridge.ExportRequest{Model: m.ID, Weights: weights, Title: m.Title}
	if page {
		name, mediaType, req.Template = name+".html", "text/html", s.ExportPage
	} else {
		name += ".wasm"
	}
	say := func(e Export) { s.change(func(st *State) { st.Export = With(st.Export, m.ID, e) }) }
	fail := func(why string) { say(Export{Failed: true, Say: words.T("export.failed", name, why)}) }
	say(Export{Busy: true, Say: words.T("export.busy", name)})
	go func() {
		if err := s.Ready(m); err != nil {
			fail(words.Explain(err))
			return
		}
		_, files, err := bridge.Ask(s.worker, bridge.Export, req)
		switch {
		case err != nil:
			fail(words.Explain(err))
		case len(files) == 0:
			fail(words.T("classify.noanswer"))
		default:
			browser.Download(name, mediaType, files[0])
			say(Export{Say: words.T("export.done", name, words.Size(int64(len(files[0]))))})
		}
	}()
}

// endings of the files of other tools, by the names of their formats.
var endings = map[string]string{"onnx": ".onnx", "tfjs": "-tfjs.zip"}

// ExportAs makes a file of another tool, "onnx" or "tfjs", of a model, and offers it to the person.
func (s *Store) ExportAs(m task.Model, format string) {
	name := m.ID
	if s.taught(m.ID) {
		name = words.FileStem(m.Title)
	}
	name += endings[format]
	say := func(e Export) { s.change(func(st *State) { st.Export = With(st.Export, m.ID, e) }) }
	say(Export{Busy: true, Say: words.T("export.busy", name)})
	go func() {
		file, err := s.converted(m, format)
		if err != nil {
			say(Export{Failed: true, Say: words.T("export.failed", name, words.Explain(err))})
			return
		}
		browser.Download(name, "application/octet-stream", file)
		say(Export{Say: words.T("export.done", name, words.Size(int64(len(file))))})
	}()
}

func (s *Store) converted(m task.Model, format string) ([]byte, error) {
	file, err := s.fileOf(m)
	if err != nil {
		return nil, err
	}
	_, made, err := bridge.Ask(s.Reader, bridge.ExportAs, bridge.ExportAsRequest{Format: format}, browser.Bytes(file))
	if err == nil && len(made) == 0 {
		err = words.Sentence(words.T("classify.noanswer"))
	}
	if err != nil {
		return nil, err
	}
	return made[0], nil
}

// fileOf is the .wafer file of a model: a taught one is kept here, a shipped one comes from where all weights come
// from.
func (s *Store) fileOf(m task.Model) ([]byte, error) {
	if s.taught(m.ID) {
		return s.TaughtFile(m.ID)
	}
	status, file, err := browser.Request("GET", WeightsURL(m), nil, nil, exportTimeout)
	if err == nil && status != 200 {
		err = words.Sentence(words.T("classify.noanswer"))
	}
	return file, err
}

// exportTimeout is how long a shipped model may take to come.
const exportTimeout = 10 * time.Minute
