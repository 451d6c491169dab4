package bridge

import (
	"wafer/nn/context"
	"wafer/nn/say"
)

// Send passes one answer on; whoever receives it fills in the ID of the request.
type Send = func(Message, ...[]byte)

// Handlers answer requests, by verb.
type Handlers map[string]func(ctx context.Context, m Message, buffers [][]byte, send Send)

// Asked is a request as its handler sees it.
type Asked[P any] struct {
	Context context.Context // ends with a Cancel
	ID      int
	Buffers [][]byte // what came beside the message
	News    func(P)  // tells the page something on the way
}

// Handle makes do answer a verb: its result and files become Done, its error Failed.
func Handle[Q, P, R any](h Handlers, verb Verb[Q, P, R], do func(Asked[P], Q) (R, [][]byte, error)) {
	h[string(verb)] = func(ctx context.Context, m Message, buffers [][]byte, send Send) {
		var q Q
		err := decode(m.Body, &q)
		var r R
		var files [][]byte
		if err == nil {
			news := func(p P) { send(Message{Event: Progress, Body: encode(p)}) }
			r, files, err = do(Asked[P]{Context: ctx, ID: m.ID, Buffers: buffers, News: news}, q)
		}
		finish(send, &r, files, err)
	}
}

func finish(send Send, r any, files [][]byte, err error) {
	if err != nil {
		send(Message{Event: Failed, Error: err.Error(), Said: say.Of(err)})
		return
	}
	send(Message{Event: Done, Body: encode(r)}, files...)
}

// Answer has the handler of a request answer it.
func (h Handlers) Answer(ctx context.Context, m Message, buffers [][]byte, send Send) {
	do := h[m.Verb]
	if do == nil {
		finish(send, nil, nil, say.Errorf("The worker was asked to %q, which it does not know.", m.Verb))
		return
	}
	do(ctx, m, buffers, send)
}
