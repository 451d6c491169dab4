package edge

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// weights answers with a model file by its hash; part of it when asked for a range.
func (s *server) weights(w http.ResponseWriter, r *http.Request) {
	hash := strings.ToLower(r.PathValue("sha256"))
	if raw, err := hex.DecodeString(hash); err != nil || len(raw) != sha256.Size {
		fail(w, http.StatusBadRequest, "the hash of a model file is 64 hexadecimal digits")
		return
	}
	size, err := s.Weights.Size(hash)
	if errors.Is(err, ErrNone) {
		fail(w, http.StatusNotFound, err.Error())
		return
	}
	if err != nil {
		fail(w, http.StatusBadGateway, "the store of model files does not answer")
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("ETag", `"`+hash+`"`)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	status, p := decide(h, r, size)
	if status == http.StatusRequestedRangeNotSatisfiable {
		fail(w, status, "the file has no such part")
		return
	}
	if r.Method == http.MethodHead || status == http.StatusNotModified {
		w.WriteHeader(status)
		return
	}
	body, err := s.Weights.Open(hash, p.offset, p.length)
	if err != nil {
		fail(w, http.StatusBadGateway, "the store of model files does not answer")
		return
	}
	defer body.Close()
	w.WriteHeader(status)
	io.Copy(w, body)
}

// part is what of a file has to be sent.
type part struct{ offset, length int64 }

// decide says what to answer: all of a file, a part, or "not modified". Package http knows
// those rules, but copies bytes itself, so it is asked about a HEAD only and the bytes can
// come straight from the store. Of several ranges at once all of the file is the answer.
func decide(h http.Header, r *http.Request, size int64) (status int, p part) {
	head := r.Clone(r.Context())
	head.Method = http.MethodHead
	if strings.Contains(head.Header.Get("Range"), ",") {
		head.Header.Del("Range")
	}
	a := answer{header: h}
	http.ServeContent(&a, head, "", time.Time{}, length(size))
	p.length, _ = strconv.ParseInt(h.Get("Content-Length"), 10, 64)
	if covers := h.Get("Content-Range"); a.status == http.StatusPartialContent {
		fmt.Sscanf(covers, "bytes %d-", &p.offset)
	}
	return a.status, p
}

// answer is one of which only the head counts.
type answer struct {
	header http.Header
	status int
}

func (a *answer) Header() http.Header         { return a.header }
func (a *answer) WriteHeader(status int)      { a.status = status }
func (a *answer) Write(b []byte) (int, error) { return len(b), nil }

// length is a file that is only ever asked how long it is.
type length int64

func (n length) Read([]byte) (int, error) { return 0, io.EOF }
func (n length) Seek(offset int64, whence int) (int64, error) {
	if whence == io.SeekEnd {
		return int64(n) + offset, nil
	}
	return offset, nil
}
