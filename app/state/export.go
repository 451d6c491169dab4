package state

import (
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
