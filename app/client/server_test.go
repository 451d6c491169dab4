package client

import (
	"errors"
	"slices"
	"testing"

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
	if e := failure(answer{409, []byte(`{"error":"two files are missing","missing":["a","b"]}`)}); e.Error() != "two files are missing" || len(e.Missing) != 2 || Status(e) != 409 {
		t.Errorf("got %+v", e)
	}
	for _, body := range []string{"", "<html>", "{}"} {
		if e := failure(answer{502, []byte(body)}); e.Error() != "the server answered with status 502" {
			t.Errorf("%q: got %q", body, e)
		}
	}
	for status, want := range map[int]bool{0: true, 429: true, 500: true, 503: true, 400: false, 401: false, 404: false, 409: false, 413: false, 507: false} {
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
