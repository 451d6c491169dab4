package state

import (
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"wafer/app/client"
	"wafer/app/state/statetest"
	"wafer/server/api"
)

// uploader is a Server of which only uploads are asked.
type uploader struct {
	Server
	*statetest.Shelf
}

func (u uploader) Begin(f api.File) (api.Upload, error) { return u.Shelf.Begin(f) }
func (u uploader) Send(f api.File, at int64, piece []byte) (api.Upload, error) {
	return u.Shelf.Send(f, at, piece)
}

func TestUploadGoesOnAfterInterruptions(t *testing.T) {
	data := []byte(strings.Repeat("0123456789", 10))
	f := statetest.FileOf(data)
	limits := api.Server{MinChunk: 1, MaxChunk: 30}
	gone, busy := &client.Error{Message: "no answer"}, &client.Error{Status: 503, Message: "later"}
	for name, c := range map[string]struct {
		have  int
		fail  func(call int) error
		calls string
		waits int
		err   string
	}{
		"from the start":    {0, nil, "begin send send send send", 0, ""},
		"from where it was": {50, nil, "begin send send", 0, ""},
		"all there":         {100, nil, "begin", 0, ""},
		"a broken piece": {0, func(n int) error { return errorAt(n, 3, gone) },
			"begin send send begin send send send", 1, ""},
		"a busy server": {0, func(n int) error { return errorAt(n, 1, busy) },
			"begin begin send send send send", 1, ""},
		"a refusal": {0, func(n int) error {
			return errorAt(n, 2,
				&client.Error{Status: 413, Message: "too large"})
		}, "begin send", 0, "too large"},
		"nothing goes any more": {0, func(int) error { return gone }, "begin begin begin begin begin begin", 5,
			"no answer"},
	} {
		s := &statetest.Shelf{Got: map[string][]byte{f.SHA256: append([]byte(nil), data[:c.have]...)}, Fail: c.fail}
		waits, last := 0, int64(-1)
		err := Upload(uploader{Shelf: s}, limits, f, data, new(atomic.Bool), func(time.Duration) { waits++ },
			func(n int64) { last = n })
		if got := strings.Join(s.Calls, " "); got != c.calls || waits != c.waits {
			t.Errorf("%s: %s with %d waits, expected %s with %d", name, got, waits, c.calls, c.waits)
		}
		switch {
		case c.err == "" && (err != nil || string(s.Got[f.SHA256]) != string(data) || last != 100):
			t.Errorf("%s: %v, the server has %d bytes and %d were told", name, err, len(s.Got[f.SHA256]), last)
		case c.err != "" && (err == nil || err.Error() != c.err):
			t.Errorf("%s: %v, expected %q", name, err, c.err)
		}
	}
}

func errorAt(n, at int, err error) error {
	if n == at {
		return err
	}
	return nil
}

func TestUploadStops(t *testing.T) {
	data := []byte(strings.Repeat("x", 100))
	f := statetest.FileOf(data)
	s := &statetest.Shelf{Got: map[string][]byte{}}
	var stop atomic.Bool
	err := Upload(uploader{Shelf: s}, api.Server{MaxChunk: 10}, f, data, &stop, func(time.Duration) {},
		func(n int64) { stop.Store(n >= 20) })
	if !errors.Is(err, ErrStopped) || len(s.Got[f.SHA256]) != 20 {
		t.Errorf("got %v after %d bytes, expected to stop after 20", err, len(s.Got[f.SHA256]))
	}
}

// A server that says yes and takes nothing is not asked for ever.
func TestUploadGivesUpOnAServerThatTakesNothing(t *testing.T) {
	data := []byte("abc")
	for _, odd := range []int64{0, -1, 7} {
		err := Upload(stuck{offset: odd}, api.Server{}, statetest.FileOf(data), data, new(atomic.Bool),
			func(time.Duration) {}, func(int64) {})
		if err == nil {
			t.Errorf("offset %d: expected an error", odd)
		}
	}
}

type stuck struct {
	Server
	offset int64
}

func (s stuck) Begin(api.File) (api.Upload, error) { return api.Upload{Offset: s.offset}, nil }
func (s stuck) Send(api.File, int64, []byte) (api.Upload, error) {
	return api.Upload{Offset: s.offset}, nil
}
