package web

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"wafer/server/api"
	"wafer/server/store"
)

// begin starts an upload or says where it goes on.
func (s *server) begin(w http.ResponseWriter, r *http.Request, _ caller) error {
	ref, err := refOf(r)
	if err != nil {
		return err
	}
	if ref.Size > s.o.Limits.MaxFile {
		return store.ErrTooLarge
	}
	at, err := s.o.Store.Begin(r.Context(), ref)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, api.Upload{SHA256: ref.SHA256, Size: ref.Size, Offset: at})
	return nil
}

// extend takes a chunk of an upload. What came before a connection broke is kept.
func (s *server) extend(w http.ResponseWriter, r *http.Request, c caller) error {
	ref, err := refOf(r)
	if err != nil {
		return err
	}
	offset, err := number("Upload-Offset", r.Header.Get("Upload-Offset"))
	if err != nil {
		return err
	}
	if ref.Size > s.o.Limits.MaxFile {
		return store.ErrTooLarge
	}
	leave, err := s.transfers.enter(c.key)
	if err != nil {
		return err
	}
	defer leave()
	chunk, err := bodyOf(w, r, int64(s.o.Limits.MaxChunk))
	if err != nil {
		return err
	}
	at, err := s.o.Store.AppendBy(r.Context(), c.key, ref, offset, chunk)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, api.Upload{SHA256: ref.SHA256, Size: ref.Size, Offset: at})
	return nil
}

// abandon forgets an upload that is not complete, of the caller who began it.
func (s *server) abandon(w http.ResponseWriter, r *http.Request, c caller) error {
	if err := s.o.Store.Abandon(r.Context(), c.key, r.PathValue("sha256")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// file sends content, of which the store checks every part before it is sent. When a part is damaged after others were
// sent, the connection breaks: the client must not take what it has for the whole.
func (s *server) file(w http.ResponseWriter, r *http.Request, _ caller) error {
	content, err := s.o.Store.Open(r.Context(), r.PathValue("sha256"))
	if err != nil {
		return err
	}
	// each range would have whole parts read; sending all is right, too
	if strings.Contains(r.Header.Get("Range"), ",") {
		r.Header.Del("Range")
	}
	h := w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Disposition", "attachment")
	h.Set("ETag", `"`+r.PathValue("sha256")+`"`)
	h.Set("Cache-Control", "private, max-age=31536000, immutable")
	from, to := &watched{ReadSeeker: content}, &late{to: w, conn: http.NewResponseController(w)}
	http.ServeContent(to, r, "", time.Time{}, from)
	switch {
	case from.err == nil:
		to.begin()
		return nil
	case to.begun:
		if r.Context().Err() == nil {
			s.log.Error("a download broke", "id", h.Get(requestID), "path", r.URL.Path, "error", from.err)
		}
		panic(http.ErrAbortHandler)
	}
	for _, name := range []string{"Content-Disposition", "ETag", "Cache-Control", "Content-Length", "Content-Range",
		"Accept-Ranges"} {
		h.Del(name)
	}
	return from.err
}

// watched remembers why reading failed, which http.ServeContent does not tell.
type watched struct {
	io.ReadSeeker
	err error
}

// Read notes the first error that is not the end.
func (c *watched) Read(b []byte) (int, error) {
	n, err := c.ReadSeeker.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		c.err = err
	}
	return n, err
}

// late begins an answer with its first byte, so that until then it can become another one. Who reads it
// may be slow, but not stand still.
type late struct {
	to     http.ResponseWriter
	conn   *http.ResponseController
	status int
	begun  bool
}

// Header is that of the answer, which may still change.
func (l *late) Header() http.Header { return l.to.Header() }

// WriteHeader keeps the status for begin.
func (l *late) WriteHeader(status int) { l.status = status }

// begin sends status and headers, once.
func (l *late) begin() {
	if !l.begun && l.status != 0 {
		l.to.WriteHeader(l.status)
	}
	l.begun = true
}

// Write gives who reads idleBody for each piece, 32 KiB of http.ServeContent.
func (l *late) Write(b []byte) (int, error) {
	l.begin()
	l.conn.SetWriteDeadline(time.Now().Add(idleBody)) // fails only where there is no connection
	return l.to.Write(b)
}
