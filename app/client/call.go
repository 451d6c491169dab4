package client

import (
	"errors"
	"time"

	"wafer/app/browser"
	"wafer/nn/json"
	"wafer/nn/say"
	"wafer/server/api"
)

// Error is why the server did not do what it was asked. The text is a sentence.
type Error struct {
	Status  int // 0: no answer came
	Message string
	Missing []string // hashes of files that have to be uploaded first
	own     error    // what Message is the text of, nil where the server said it
}

func (e *Error) Error() string { return e.Message }

// Sentence is what is said of an error of the page's own; what the server says has no other words.
func (e *Error) Sentence() *say.Sentence { return say.Of(e.own) }

// said is an error of the page's own words.
func said(status int, own error) *Error {
	return &Error{Status: status, Message: own.Error(), own: own}
}

// Passing says of an error whether trying again later may help: no answer, too many requests, or
// trouble of the server itself.
func Passing(err error) bool {
	var e *Error
	return errors.As(err, &e) && (e.Status == 0 || e.Status == 408 || e.Status == 429 || e.Status >= 500 &&
		e.Status != 507)
}

// Status is the HTTP status of an Error, 0 for none.
func Status(err error) int {
	var e *Error
	errors.As(err, &e)
	if e == nil {
		return 0
	}
	return e.Status
}

type answer struct {
	status int
	body   []byte
}

// timeout is how long the server may take to answer.
const timeout = time.Minute

// call sends one request to a same-origin address and waits for the whole answer. body is nil, a string or
// []byte. A status that is not a success is an *Error.
func call(method, url string, headers map[string]string, body any) (answer, error) {
	status, got, err := browser.Request(method, url, headers, body, timeout)
	a := answer{status, got}
	switch {
	case err != nil && status == 0:
		return a, said(0, say.Errorf("the server does not answer (%w)", err))
	case err != nil:
		return a, said(0, say.Errorf("the answer of the server broke off (%w)", err))
	case status < 200 || status > 299:
		return a, failure(a)
	}
	return a, nil
}

// failure is the sentence of the server, or one of ours where it gave none.
func failure(a answer) *Error {
	var e api.Error
	if err := json.Unmarshal(a.body, &e); err != nil || e.Error == "" {
		return said(a.status, say.Errorf("the server answered with status %d", a.status))
	}
	return &Error{Status: a.status, Message: e.Error, Missing: e.Missing}
}

// ask sends a value as JSON, nil for none, and reads the answer into out, nil for none.
func ask(method, url string, headers map[string]string, in, out any) error {
	var body any
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = string(b)
		if headers == nil {
			headers = map[string]string{}
		}
		headers["Content-Type"] = "application/json"
	}
	a, err := call(method, url, headers, body)
	if err != nil || out == nil {
		return err
	}
	return read(a, out)
}

func read(a answer, out any) error {
	if err := json.Unmarshal(a.body, out); err != nil {
		return said(a.status, say.Errorf("the answer of the server is not what the page expects: %w", err))
	}
	return nil
}
