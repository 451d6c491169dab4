package remote

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"wafer/nn/task"
	"wafer/server/api"
	"wafer/server/broker/brokertest"
	"wafer/server/queue"
	"wafer/server/store"
	"wafer/server/web"
)

// rig is a real server behind a line that breaks.
type rig struct {
	*testing.T
	*Client
	queue *queue.Queue
	cuts  atomic.Int32 // how often the line broke
}

// start makes one whose connections each break after so many bytes from the client and to it, 0: never.
func start(t *testing.T, up, down int64) *rig {
	t.Helper()
	b := brokertest.Embedded(t)
	q, err := queue.Open(t.Context(), b.Conn, queue.Options{MaxBytes: 64 << 20, ReportEvery: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	kept, err := store.Dir(t.TempDir(), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	h, err := web.New(web.Options{Files: fstest.MapFS{}, Log: slog.New(slog.DiscardHandler), Queue: q, Store: kept,
		Open: true})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	r := &rig{T: t, queue: q}
	line := r.line(srv.Listener.Addr().String(), up, down)
	if r.Client, err = New("http://"+line, ""); err != nil {
		t.Fatal(err)
	}
	r.Patience = 10 * time.Second
	return r
}

// line passes connections on and cuts them.
func (r *rig) line(to string, up, down int64) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		r.Fatal(err)
	}
	r.Cleanup(func() { l.Close() })
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", to)
			if err != nil {
				near.Close()
				continue
			}
			pass := func(to, from net.Conn, most int64) {
				defer near.Close()
				defer far.Close()
				if most == 0 {
					io.Copy(to, from)
				} else if n, _ := io.CopyN(to, from, most); n == most {
					r.cuts.Add(1)
				}
			}
			go pass(far, near, up)
			go pass(near, far, down)
		}
	}()
	return l.Addr().String()
}

func content(n int) ([]byte, api.File) {
	b := make([]byte, n)
	rand.NewChaCha8([32]byte{1}).Read(b)
	ref := store.RefOf(b)
	return b, api.File{SHA256: ref.SHA256, Size: ref.Size}
}

func TestAnUploadAndADownloadOverALineThatBreaks(t *testing.T) {
	r := start(t, 3<<20, 2<<20)
	whole, f := content(10<<20 + 17)
	var last int64
	if err := r.Upload(t.Context(), f, bytes.NewReader(whole), 4<<20, func(n int64) { last = n }); err != nil {
		t.Fatal(err)
	}
	if last != f.Size || r.cuts.Load() < 3 {
		t.Errorf("reported %d of %d bytes; the line broke %d times, expected 3 or more", last, f.Size, r.cuts.Load())
	}
	before := r.cuts.Load()
	var got bytes.Buffer
	if err := r.Download(t.Context(), f, &got, func(int64) {}); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), whole) || r.cuts.Load() < before+4 {
		t.Errorf("got %d bytes that are right: %v; the line broke %d times", got.Len(), bytes.Equal(got.Bytes(), whole),
			r.cuts.Load()-before)
	}
	sent := r.cuts.Load()
	if err := r.Upload(t.Context(), f, bytes.NewReader(whole), 4<<20, func(int64) {}); err != nil ||
		r.cuts.Load() != sent {
		t.Errorf("what the server has was sent again (%v)", err)
	}
}

const recipe = `{"name":"r","preprocess":{"kind":"text","labels":["a","b"],"data":{"train":[{"form":"csv","path":"d.csv"}]},"text":{"tokenizer":{"num_words":50},"pad_sequences":{"maxlen":6}}},
 "define":{"zoo":"text_lstm","options":{"words":50,"length":6,"dim":8,"units":8}},"loss":{"name":"binary_crossentropy"},"optimizer":{"name":"adam"},"train":{"epochs":1}}`

func (r *rig) submit() api.Job {
	r.Helper()
	whole, f := content(100)
	if err := r.Upload(r.Context(), f, bytes.NewReader(whole), 1<<20, func(int64) {}); err != nil {
		r.Fatal(err)
	}
	f.Path = "d.csv"
	spec := api.Spec{Recipe: json.RawMessage(recipe), Data: []api.File{f}}
	j, err := r.Submit(r.Context(), spec, "key")
	if err != nil {
		r.Fatal(err)
	}
	if again, err := r.Submit(r.Context(), spec, "key"); err != nil || again.ID != j.ID {
		r.Errorf("the same key made another job: %v, %v", again.ID, err)
	}
	return j
}

func TestEventsOverALineThatBreaks(t *testing.T) {
	r := start(t, 0, 6000)
	j := r.submit()
	go func() {
		c, err := r.queue.Claim(t.Context(), "worker")
		if err != nil {
			t.Error(err)
			return
		}
		for i := range 40 {
			c.Progress(task.Progress{Epoch: i, EpochEnd: true, Note: strings.Repeat("x", 500)})
		}
		if err := c.Succeed(t.Context(), api.Result{}); err != nil {
			t.Error(err)
		}
	}()
	seq, state := uint64(0), api.State("")
	for e, err := range r.Events(t.Context(), j.ID, 0) {
		if err != nil {
			t.Fatal(err)
		}
		if e.Seq != seq+1 {
			t.Errorf("event %d follows event %d", e.Seq, seq)
		}
		seq, state = e.Seq, e.Status.State
	}
	if state != api.Succeeded || r.cuts.Load() < 2 {
		t.Errorf("the last event, %d, says %s; the line broke %d times", seq, state, r.cuts.Load())
	}
	for range r.Events(t.Context(), j.ID, 0) {
		break // a caller that has enough
	}
}

func TestErrorsAreWhatTheServerSays(t *testing.T) {
	r := start(t, 0, 0)
	_, lost := content(10)
	lost.Path = "d.csv"
	_, err := r.Submit(t.Context(), api.Spec{Recipe: json.RawMessage(recipe), Data: []api.File{lost}}, "")
	var said *Error
	if !errors.As(err, &said) || said.Status != 409 || len(said.Missing) != 1 || said.Missing[0] != lost.SHA256 {
		t.Errorf("got %v", err)
	}
	if _, err := r.Job(t.Context(), "nosuchjob"); !errors.As(err, &said) ||
		!strings.Contains(err.Error(), "no such job") {
		t.Errorf("got %v", err)
	}
	for _, err := range r.Events(t.Context(), "nosuchjob", 0) {
		if !errors.As(err, &said) || said.Status != 404 {
			t.Errorf("got %v", err)
		}
	}
	if err := r.Upload(t.Context(), lost, strings.NewReader("0123456789"), 1<<20, func(int64) {}); !errors.Is(err,
		ErrChanged) {
		t.Errorf("a file that has changed: got %v", err)
	}
	j := r.submit()
	if j, err := r.Move(t.Context(), j.ID, api.Cancel); err != nil || j.Status.State != api.Cancelled {
		t.Errorf("got %v, %v", j.Status.State, err)
	}
	if err := r.Client.Delete(t.Context(), j.ID); err != nil {
		t.Error(err)
	}
	if all, _, err := r.Jobs(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("got %v, %v", all, err)
	}
	for _, address := range []string{"", "localhost:80", "ftp://x", "http://"} {
		if _, err := New(address, ""); err == nil {
			t.Errorf("%q: no error", address)
		}
	}
}

func TestAServerThatDoesNotAnswerIsGivenUp(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	c, err := New("http://"+address, "")
	if err != nil {
		t.Fatal(err)
	}
	c.Patience = 300 * time.Millisecond
	if _, err := c.Server(t.Context()); err == nil {
		t.Error("no error")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Server(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
