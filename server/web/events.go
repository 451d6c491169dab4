package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"wafer/server/api"
	"wafer/server/auth"
	"wafer/server/queue"
)

const (
	retryAfter = time.Second      // after which a client whose stream broke comes back
	eventTime  = 15 * time.Second // that a reader may take for an event
	beat       = 15 * time.Second // between comments, which keep the connection
)

// events sends a job's events as they come. The stream ends with one that is final and has none after it; a
// request for more is answered 204, which tells an EventSource not to come back.
func (s *server) events(w http.ResponseWriter, r *http.Request, c caller) error {
	after, err := lastEvent(r)
	if err != nil {
		return err
	}
	j, err := s.o.Queue.Job(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	switch {
	case s.stopping():
		return errStopping
	case after > j.Seq:
		return fmt.Errorf("%w: %d, the newest is %d", queue.ErrAhead, after, j.Seq)
	case after == j.Seq && j.Status.State.Final():
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	leave, err := s.streams.enter(c.key)
	if err != nil {
		return err
	}
	defer leave()
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // a proxy must pass events on as they come
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodHead {
		return nil
	}
	st := &stream{w: w, conn: http.NewResponseController(w), patience: s.eventTime}
	if st.write(fmt.Sprintf("retry: %d\n\n", retryAfter.Milliseconds())) != nil {
		return nil
	}
	s.follow(r.Context(), st, j, after, func() bool {
		now, err := s.identify(r)
		return err == nil && auth.May(now.role, api.Reader)
	})
	return nil
}

// lastEvent is the number of the last event that a client has.
func lastEvent(r *http.Request) (uint64, error) {
	name, text := "Last-Event-ID", r.Header.Get("Last-Event-ID")
	if text == "" {
		name, text = "after", r.URL.Query().Get("after")
	}
	if text == "" {
		return 0, nil
	}
	n, err := number(name, text)
	return uint64(n), err
}

// follow passes events on until there are no more, the client is gone, too slow or may no longer see them, or the
// server stops. The client gets the rest when it comes back.
func (s *server) follow(ctx context.Context, st *stream, j api.Job, after uint64, may func() bool) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	events := make(chan api.Event)
	go func() {
		defer close(events)
		for e, err := range s.o.Queue.Watch(ctx, j.ID, after) {
			if err != nil {
				s.log.Warn("an event stream broke", "job", j.ID, "error", err)
				return
			}
			select {
			case events <- e:
			case <-ctx.Done():
				return
			}
		}
	}()
	beat := time.NewTicker(s.beat)
	defer beat.Stop()
	for {
		var err error
		select {
		case e, more := <-events:
			if !more || !may() {
				return
			}
			err = st.event(e)
			if e.Seq >= j.Seq && e.Status.State.Final() {
				return
			}
		case <-beat.C:
			if !may() {
				return
			}
			err = st.write(": still here\n\n")
		case <-s.o.Stop:
			return
		case <-ctx.Done():
			return
		}
		if err != nil {
			return
		}
	}
}

// stream writes server-sent events. Who does not take one in time loses the connection.
type stream struct {
	w        http.ResponseWriter
	conn     *http.ResponseController
	patience time.Duration
}

// event writes the number by which the browser asks for what comes after it, and the event in one line, as
// text/event-stream wants.
func (s *stream) event(e api.Event) error {
	b, err := json.Marshal(e) // in one line
	if err != nil {
		return err
	}
	return s.write(fmt.Sprintf("id: %d\ndata: %s\n\n", e.Seq, b))
}

// write fails where the reader takes longer than its patience; what was written lies in the system's buffers until
// then.
func (s *stream) write(text string) error {
	s.conn.SetWriteDeadline(time.Now().Add(s.patience)) // fails only where there is no connection
	if _, err := s.w.Write([]byte(text)); err != nil {
		return err
	}
	return s.conn.Flush()
}
