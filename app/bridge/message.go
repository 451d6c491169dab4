// Package bridge carries typed messages between the page (main thread, never
// computes) and the worker (computes, never touches the page).
//
// A message is one JSON string plus a list of byte buffers that are moved, not
// copied. Every request has a number; the worker answers it with any number of
// messages on the way and exactly one last one, done or error. What a request and
// its answers hold is the matter of its Verb: one Go type each.
package bridge

import (
	"wafer/nn/json"
	"wafer/nn/say"
)

// A Verb is a request of the page with the types of its messages: Q is what is
// asked, P what is told on the way, any number of times, and R what comes last.
type Verb[Q, P, R any] string

// None is a message that says nothing.
type None struct{}

// Event says which message of an answer this is.
type Event string

const (
	Ready    Event = "ready"    // the worker started; the ID is 0
	Progress Event = "progress" // a P
	Done     Event = "done"     // an R: the request is finished
	Failed   Event = "error"    // the request is finished; Error is a sentence for people
)

// Message is what goes over the wire beside the buffers, in either direction.
type Message struct {
	ID    int             `json:"id"`              // of the request; 0 is about the worker itself
	Verb  string          `json:"verb,omitempty"`  // of a request
	Event Event           `json:"event,omitempty"` // of an answer
	Error string          `json:"error,omitempty"` // of Failed
	Said  *say.Sentence   `json:"said,omitempty"`  // of Failed: Error in parts, where it has some
	Body  json.RawMessage `json:"body,omitempty"`  // the Q, P or R
}

// encode writes one of our own plain structs; a NaN, which JSON cannot write,
// stands in none of them.
func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

// decode reads a body; an empty one is the zero value.
func decode(body []byte, v any) error {
	if len(body) == 0 {
		return nil
	}
	if err := json.Unmarshal(body, v); err != nil {
		return say.Errorf("A message between the page and its worker cannot be read: %w", err)
	}
	return nil
}
