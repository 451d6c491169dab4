package state

import (
	"strings"
	"testing"

	"wafer/app/bridge"
)

func TestExportLoadsTheModelAndSaysHowItWent(t *testing.T) {
	s, w := opened(t)
	s.ExportPage = "/web/export-1.html"
	finished := func(st State) bool { return st.Export["land"].Say != "" && !st.Export["land"].Busy }
	s.Export(land, true, "")
	if e := s.Get().Export["land"]; !e.Busy && e.Say == "" {
		t.Errorf("at once: %+v", e)
	}
	if e := settled(t, s, "a page", finished).Export["land"]; e.Failed || e.Say != "land.html is ready: 2 KB." {
		t.Errorf("a page: %+v", e)
	}
	asked := w.Sent(string(bridge.Export))
	if want := `{"model":"land","title":"Land","template":"` + s.ExportPage + `"}`; len(asked) != 1 ||
		asked[0] != want {
		t.Errorf("asked for %s, expected %s", asked, want)
	}
	s.Export(land, false, "int8")
	e := settled(t, s, "a failure", func(st State) bool { return st.Export["land"].Failed }).Export["land"]
	if e.Busy || !strings.Contains(e.Say, "land.wasm") || !strings.Contains(e.Say, "No such weights.") {
		t.Errorf("a failure: %+v", e)
	}
}
