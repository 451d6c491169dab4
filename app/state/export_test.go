package state

import (
	"strings"
	"testing"

	"wafer/app/bridge"
)

func TestExportLoadsTheModelAndSaysHowItWent(t *testing.T) {
	s, w := opened(t)
	finished := func(st State) bool { return st.Export["land"].Say != "" && !st.Export["land"].Busy }
	s.Export(land, true, "")
	if e := s.Get().Export["land"]; !e.Busy && e.Say == "" {
		t.Errorf("at once: %+v", e)
	}
	if e := settled(t, s, "a page", finished).Export["land"]; e.Failed || e.Say != "land.html is ready: 2 KB." {
		t.Errorf("a page: %+v", e)
	}
	w.mu.Lock()
	var last bridge.Request
	for _, r := range w.requests {
		if r.Verb == bridge.Export {
			last = r
		}
	}
	w.mu.Unlock()
	if last.Export == nil || last.Model != "land" || last.Export.Template != ExportTemplate || last.Export.Title != "Land" {
		t.Errorf("asked for %+v, %+v", last, last.Export)
	}
	s.Export(land, false, "int8")
	e := settled(t, s, "a failure", func(st State) bool { return st.Export["land"].Failed }).Export["land"]
	if e.Busy || !strings.Contains(e.Say, "land.wasm") || !strings.Contains(e.Say, "No such weights.") {
		t.Errorf("a failure: %+v", e)
	}
}
