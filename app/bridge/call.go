package bridge

import (
	"wafer/app/browser"
	"wafer/nn/say"
)

// Caller sends requests and brings the answers back; Client is one. on is called
// for every answer, in order, and for exactly one last one, whose Event is Done or
// Failed; it runs on another goroutine than Send.
type Caller interface {
	Send(verb string, body []byte, buffers []browser.Buffer, on func(Message, [][]byte)) (id int)
}

// Call sends a request and returns its number at once. news, which may be nil,
// hears what is told on the way; end is called once, with the last answer and its
// files or with the sentence that says why there is none.
func Call[Q, P, R any](c Caller, verb Verb[Q, P, R], q Q, buffers []browser.Buffer,
	news func(P), end func(R, [][]byte, error)) (id int) {
	return c.Send(string(verb), encode(q), buffers, func(m Message, files [][]byte) {
		var p P
		var r R
		switch m.Event {
		case Progress:
			if news != nil && decode(m.Body, &p) == nil {
				news(p)
			}
		case Done:
			err := decode(m.Body, &r)
			end(r, files, err)
		case Failed:
			end(r, nil, &say.Told{Text: m.Error, Said: m.Said})
		}
	})
}

// Ask sends a request and waits for its last answer.
func Ask[Q, P, R any](c Caller, verb Verb[Q, P, R], q Q, buffers ...browser.Buffer) (R, [][]byte, error) {
	type last struct {
		r     R
		files [][]byte
		err   error
	}
	done := make(chan last, 1)
	Call(c, verb, q, buffers, nil, func(r R, files [][]byte, err error) { done <- last{r, files, err} })
	l := <-done
	return l.r, l.files, l.err
}

// Tell sends a request whose end is of no interest.
func Tell[Q any](c Caller, verb Verb[Q, None, None], q Q) {
	c.Send(string(verb), encode(q), nil, func(Message, [][]byte) {})
}
