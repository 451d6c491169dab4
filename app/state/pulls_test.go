package state

import (
	"os"
	"runtime"
	"testing"

	"wafer/app/state/statetest"
	"wafer/nn/task"
	"wafer/server/api"
)

// A public model is fetched by the server, which is asked until it has ended, and then added to this browser.
func TestAPublicModelComesIntoTheBrowser(t *testing.T) {
	file, err := os.ReadFile("../../static/models/digits.wafer")
	if err != nil {
		t.Fatal(err)
	}
	s, _ := opening(t)
	server := statetest.NewServer()
	server.Public = []api.Pull{{Name: "tiny", Title: "Tiny", Kind: task.Image}}
	s.Serve(server)
	always := func() bool { return true }
	s.WatchPulls(always)
	if got := s.Get().Pulls; len(got) != 1 || got[0].State != "" {
		t.Fatalf("got %+v, expected one model that nobody has asked for", got)
	}
	s.Pull("tiny")
	if got := s.Get().Pulls[0].State; got != api.PullFetches {
		t.Errorf("the model is %q, expected %q", got, api.PullFetches)
	}
	f := server.Put(file)
	server.Mu.Lock()
	server.Public[0].State, server.Public[0].File = api.PullStored, &f
	server.Mu.Unlock()
	s.WatchPulls(always)
	m, err := s.BringPulled(s.Get().Pulls[0])
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Get().Taught; len(got) != 1 || got[0].ID != m.ID {
		t.Errorf("this browser has %+v, expected the model", got)
	}
	server.Mu.Lock()
	server.Public[0].State = api.PullFetches
	server.Mu.Unlock()
	left := make(chan bool)
	go func() {
		s.WatchPulls(always)
		left <- true
	}()
	for s.pullWatch.Load() < 3 {
		runtime.Gosched()
	}
	s.pullWatch.Add(1)
	<-left // one that somebody else took over from
	s.EndPull("none")
	if s.Get().Notice["models"] == "" {
		t.Error("a move that the server refused was not said")
	}
}
