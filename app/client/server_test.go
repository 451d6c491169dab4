package client

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"wafer/server/api"
)

func TestEventsComeOnceAndInOrder(t *testing.T) {
	s := sequence{last: 2}
	var got []verdict
	for _, n := range []uint64{1, 2, 3, 3, 5, 4, 5, 4, 9} {
		got = append(got, s.take(api.Event{Seq: n}))
	}
	if want := []verdict{known, known, take, known, gap, take, take, known, gap}; !slices.Equal(got, want) {
		t.Errorf("got %v, expected %v", got, want)
	}
}

func TestFailuresAreSentences(t *testing.T) {
	if e := failure(answer{409, []byte(`{"error":"two files are missing","missing":["a","b"]}`)}); e.Error() !=
		"two files are missing" || len(e.Missing) != 2 || Status(e) != 409 {
		t.Errorf("got %+v", e)
	}
	for _, body := range []string{"", "<html>", "{}"} {
		if e := failure(answer{502, []byte(body)}); e.Error() != "the server answered with status 502" {
			t.Errorf("%q: got %q", body, e)
		}
	}
	for status, want := range map[int]bool{0: true, 429: true, 500: true, 503: true, 400: false, 401: false, 404: false,
		409: false, 413: false, 507: false} {
		if got := Passing(&Error{Status: status}); got != want {
			t.Errorf("status %d: passing %v", status, got)
		}
	}
	if Passing(errors.New("other")) || Status(errors.New("other")) != 0 {
		t.Error("errors of others are none of the server's")
	}
}

func TestOutsideABrowserThereIsNoServer(t *testing.T) {
	var s Server
	if _, err := s.Info(); err == nil {
		t.Error("expected an error")
	}
	s.Events("x", 0, nil, nil)()
}

// Events come in their order, each once, those that are close together at once, and the last without waiting.
func TestBatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		heard := make(chan []api.Event, 9)
		b := batch{every: time.Second, on: func(e []api.Event) { heard <- e }}
		for seq := range uint64(3) {
			b.add(api.Event{Seq: seq + 1})
		}
		if len(heard) > 0 {
			t.Error("the first events are told at once")
		}
		time.Sleep(time.Second)
		synctest.Wait()
		b.add(api.Event{Seq: 4})
		b.tell()
		b.add(api.Event{Seq: 5})
		b.drop()
		time.Sleep(2 * time.Second)
		synctest.Wait()
		close(heard)
		var told [][]api.Event
		for e := range heard {
			told = append(told, e)
		}
		if len(told) != 2 || len(told[0]) != 3 || told[0][2].Seq != 3 || len(told[1]) != 1 || told[1][0].Seq != 4 {
			t.Errorf("told %v, expected 1, 2, 3 together, then 4, and nothing after drop", told)
		}
	})
}
