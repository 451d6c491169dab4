package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"wafer/nn/charset"
	"wafer/server/store"
)

const (
	answerTime  = 2 * time.Minute  // to send an answer that is no file and no stream
	drainTime   = 2 * time.Second  // for what is left of a body that is not wanted
	idleBody    = 30 * time.Second // that a body, or who reads an answer, may stand still
	slowestBody = 16 << 10         // bytes per second on average
)

// body reads a request's body up to a size. It may come slowly, but not stand still.
type body struct {
	from  io.Reader
	conn  *http.ResponseController
	most  int64
	until time.Time
}

// bodyOf refuses at once what says that it is larger than most, in bytes. The whole body may take the time that most
// bytes take at slowestBody, however small it is.
func bodyOf(w http.ResponseWriter, r *http.Request, most int64) (*body, error) {
	if r.ContentLength > most {
		return nil, tooLarge(most)
	}
	until := time.Now().Add(idleBody + time.Duration(most/slowestBody)*time.Second)
	return &body{from: http.MaxBytesReader(w, r.Body, most), conn: http.NewResponseController(w), most: most,
		until: until}, nil
}

// tooLarge is answered 413.
func tooLarge(most int64) error {
	return fmt.Errorf("%w: at most %d bytes are read", errTooLarge, most)
}

// Read waits for the next bytes for idleBody at most. Whatever breaks, the client is told errBody: the cause is on its
// side of the connection.
func (b *body) Read(p []byte) (int, error) {
	deadline := time.Now().Add(idleBody)
	if deadline.After(b.until) {
		deadline = b.until
	}
	b.conn.SetReadDeadline(deadline) // fails only where there is no connection
	n, err := b.from.Read(p)
	b.conn.SetReadDeadline(time.Time{})
	var large *http.MaxBytesError
	switch {
	case err == nil || errors.Is(err, io.EOF):
		return n, err
	case errors.As(err, &large):
		return n, tooLarge(b.most)
	}
	return n, errBody
}

// decode reads a body that is one JSON document of a known form. As many are parsed at once as there are processors,
// since a parser takes several times the body.
func (s *server) decode(w http.ResponseWriter, r *http.Request, most int, v any) error {
	b, err := bodyOf(w, r, int64(most))
	if err != nil {
		return err
	}
	all, err := readAll(b, r.ContentLength)
	if err != nil {
		return err
	}
	s.parsers <- struct{}{}
	defer func() { <-s.parsers }()
	return parse(all, v)
}

// readAll reads a body of a size, or of one that is not known (-1), into no more memory than it needs.
func readAll(from io.Reader, size int64) ([]byte, error) {
	if size < 0 {
		return io.ReadAll(from)
	}
	all := make([]byte, size)
	_, err := io.ReadFull(from, all)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = errBody
	}
	return all, err
}

// parse takes one JSON document in UTF-8 or UTF-16 (charset.JSON), and refuses fields that it does not
// know: a misspelt setting must not go by unnoticed.
func parse(all []byte, v any) error {
	all, err := charset.JSON(all)
	if err != nil {
		return invalid("the body is no JSON: " + err.Error())
	}
	d := json.NewDecoder(bytes.NewReader(all))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return badJSON(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return invalid("the body holds something behind the JSON document")
	}
	return nil
}

// badJSON says what is wrong with a body, as far as it is the client's doing.
func badJSON(err error) error {
	var kind *json.UnmarshalTypeError
	var known invalid
	switch {
	case errors.As(err, &known):
		return known
	case errors.Is(err, io.EOF):
		return invalid("the body is empty; JSON is expected")
	case errors.As(err, &kind):
		return invalid(fmt.Sprintf("the body has a value of the wrong kind at %q", kind.Field))
	}
	return invalid("the body is not the JSON that is expected here: " + err.Error())
}

// number reads a number that may not be negative.
func number(name, text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0, invalid(fmt.Sprintf("%s must be a whole number from 0 on, found %q", name, text))
	}
	return n, nil
}

// refOf is the content that a request names.
func refOf(r *http.Request) (store.Ref, error) {
	size, err := number("size", r.URL.Query().Get("size"))
	return store.Ref{SHA256: r.PathValue("sha256"), Size: size}, err
}

// patient lets a request take its time, until hurry is called. Without it, the server's limit for reading a request
// ends the request's context even when all is read, and its limit for writing counts the time in which the body came.
func patient(w http.ResponseWriter) (hurry func()) {
	conn := http.NewResponseController(w)
	conn.SetReadDeadline(time.Time{}) // fails only where there is no connection
	conn.SetWriteDeadline(time.Time{})
	if rec, ok := w.(*recorder); ok {
		rec.begins = func() { conn.SetWriteDeadline(time.Now().Add(answerTime)) }
	}
	return func() { conn.SetReadDeadline(time.Now().Add(idleBody)) } // for what is left of the body
}

// drain reads what a client still sends, before an answer after which its connection is closed: a connection that is
// closed with something unread is broken, and the answer may not arrive. Proxies such as nginx close each, and net/http
// closes those with more unread than it reads itself. Who waits for a word before sending sends nothing.
func drain(w http.ResponseWriter, r *http.Request) {
	const byItself = 256 << 10
	short := r.ContentLength >= 0 && r.ContentLength <= byItself
	if short && !r.Close || r.Header.Get("Expect") != "" {
		return
	}
	conn := http.NewResponseController(w)
	conn.SetReadDeadline(time.Now().Add(drainTime)) // fails only where there is no connection
	io.CopyN(io.Discard, r.Body, 16<<20)
}
