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
	ending, mediaType := ".wasm", "application/wasm"
	req := bridge.ExportRequest{Model: m.ID, Weights: weights, Title: m.Title}
	if page {
		ending, mediaType, req.Template = ".html", "text/html", s.ExportPage
	}
	s.offer(m, ending, mediaType, func() ([]byte, error) {
		if err := s.Ready(m); err != nil {
			return nil, err
		}
		_, files, err := bridge.Ask(s.worker, bridge.Export, req)
		return oneOf(files, err)
	})
}

// endings of the files of other tools, by the names of their formats.
var endings = map[string]string{"onnx": ".onnx", "tfjs": "-tfjs.zip", "keras": ".keras", "h5": ".h5",
	"tflite": ".tflite", "pytorch": "-pytorch.zip"}

// ExportAs makes a file of another tool of a model, in one of convert.Formats, and offers it to the person. weights are
// as in Export; "" is float32.
func (s *Store) ExportAs(m task.Model, format, weights string) {
	s.offer(m, endings[format], "application/octet-stream", func() ([]byte, error) {
		return s.converted(m, bridge.ExportAsRequest{Format: format, Weights: weights})
	})
}

// offer makes a file of a model, says how that is getting on, and hands the file to the person.
func (s *Store) offer(m task.Model, ending, mediaType string, make func() ([]byte, error)) {
	name := m.ID
	if s.taught(m.ID) {
		name = words.FileStem(m.Title)
	}
	name += ending
	say := func(e Export) { s.change(func(st *State) { st.Export = With(st.Export, m.ID, e) }) }
	say(Export{Busy: true, Say: words.T("export.busy", name)})
	go func() {
		file, err := make()
		if err != nil {
			say(Export{Failed: true, Say: words.T("export.failed", name, words.Explain(err))})
			return
		}
		browser.Download(name, mediaType, file)
		say(Export{Say: words.T("export.done", name, words.Size(int64(len(file))))})
	}()
}

// oneOf is the file that a worker answers with.
func oneOf(files [][]byte, err error) ([]byte, error) {
	if err == nil && len(files) == 0 {
		err = words.Sentence(words.T("classify.noanswer"))
	}
	if err != nil {
		return nil, err
	}
	return files[0], nil
}

// converted lets the writer make the file of another format, from the model's and, where that is a head only, its
// base's. It blocks.
func (s *Store) converted(m task.Model, q bridge.ExportAsRequest) ([]byte, error) {
	files, err := s.filesOf(m)
	if err != nil {
		return nil, err
	}
	_, made, err := bridge.Ask(s.Writer, bridge.ExportAs, q, files...)
	return oneOf(made, err)
}

// filesOf are the file of a model and that of the base that it names, if it does.
func (s *Store) filesOf(m task.Model) ([]browser.Buffer, error) {
	file, err := s.fileOf(m)
	files := []browser.Buffer{browser.Bytes(file)}
	if err == nil && m.Needs != "" {
		file, err = weights(m.Needs)
		files = append(files, browser.Bytes(file))
	}
	return files, err
}

// fileOf is the .wafer file of a model: a taught one is kept here, a shipped one comes from where all weights come
// from.
func (s *Store) fileOf(m task.Model) ([]byte, error) {
	if s.taught(m.ID) {
		return s.TaughtFile(m.ID)
	}
	return weights(m.SHA256)
}

// weights is a file by its hash, from where all weights come from.
func weights(sha256 string) ([]byte, error) {
	status, file, err := browser.Request("GET", bridge.Weights+sha256, nil, nil, exportTimeout)
	if err == nil && status != 200 {
		err = words.Sentence(words.T("classify.noanswer"))
	}
	return file, err
}

// exportTimeout is how long a shipped model may take to come.
const exportTimeout = 10 * time.Minute
