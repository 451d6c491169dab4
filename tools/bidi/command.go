package bidi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/coder/websocket"
)

type object map[string]any

// message is what Firefox sends: the answer to the command Id ("success" or "error"),
// or an "event".
type message struct {
	Type           string
	ID             int
	Result         json.RawMessage
	Error, Message string
	Method         string
	Params         json.RawMessage
}

// listen hands out messages until the connection ends.
func (f *Firefox) listen() {
	defer close(f.lost)
	for {
		_, b, err := f.conn.Read(context.Background())
		if err != nil {
			return
		}
		var m message
		if json.Unmarshal(b, &m) != nil {
			continue // not for us: its command will run into its time limit
		}
		f.mu.Lock()
		if answer := f.waiting[m.ID]; m.Type != "event" && answer != nil {
			answer <- m // has room for one
			delete(f.waiting, m.ID)
		} else if m.Method == "log.entryAdded" {
			f.logged(m.Params)
		}
		f.mu.Unlock()
	}
}

func (f *Firefox) logged(params json.RawMessage) {
	var entry struct{ Level, Type, Text string }
	if json.Unmarshal(params, &entry) == nil && entry.Level == "error" {
		f.problems = append(f.problems, entry.Type+": "+entry.Text)
	}
}

// Problems are the exceptions that nobody caught and the errors on the console so far.
func (f *Firefox) Problems() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.problems)
}

// command runs one command of the protocol and decodes its answer into result, if that is
// not nil. The end of ctx ends the waiting; the browser goes on.
func (f *Firefox) command(ctx context.Context, method string, params object, result any) error {
	answer := make(chan message, 1)
	f.mu.Lock()
	f.last++
	id := f.last
	f.waiting[id] = answer
	f.mu.Unlock()
	b, err := json.Marshal(object{"id": id, "method": method, "params": params})
	if err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	// Not with ctx: a write that is interrupted closes the connection.
	if err := f.conn.Write(context.Background(), websocket.MessageText, b); err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	select {
	case m := <-answer:
		if m.Type == "error" {
			return fmt.Errorf("%s: %s: %s", method, m.Error, m.Message)
		}
		if result == nil {
			return nil
		}
		if err := json.Unmarshal(m.Result, result); err != nil {
			return fmt.Errorf("%s: the answer: %w", method, err)
		}
		return nil
	case <-f.lost:
		return fmt.Errorf("%s: Firefox has gone", method)
	case <-ctx.Done():
		f.mu.Lock()
		delete(f.waiting, id)
		f.mu.Unlock()
		return fmt.Errorf("%s: %w", method, ctx.Err())
	}
}

// Navigate opens an address and waits for its load event.
func (f *Firefox) Navigate(ctx context.Context, url string) error {
	return f.command(ctx, "browsingContext.navigate", object{"context": f.tab, "url": url, "wait": "complete"}, nil)
}

// Evaluate is the value of a JavaScript expression, by way of JSON; a promise is
// awaited. What the expression throws is the error.
func Evaluate[T any](ctx context.Context, f *Firefox, expression string) (T, error) {
	var value T
	text, err := f.script(ctx, "script.evaluate", object{
		"expression": "(async () => JSON.stringify(await (\n" + expression + "\n)) ?? 'null')()"})
	if err != nil {
		return value, err
	}
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		return value, fmt.Errorf("the value %.200s: %w", text, err)
	}
	return value, nil
}

// script runs a command of script.* that makes a string or nothing.
func (f *Firefox) script(ctx context.Context, method string, params object) (string, error) {
	params["target"] = object{"context": f.tab}
	params["awaitPromise"] = true
	var done struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails *struct{ Text string }
	}
	if err := f.command(ctx, method, params, &done); err != nil {
		return "", err
	}
	if done.ExceptionDetails != nil {
		return "", errors.New(done.ExceptionDetails.Text)
	}
	var text string
	json.Unmarshal(done.Result.Value, &text) // absent: undefined
	return text, nil
}

// Screenshot is a PNG of what the tab shows.
func (f *Firefox) Screenshot(ctx context.Context) ([]byte, error) {
	var shot struct{ Data []byte } // encoding/json decodes the base64
	err := f.command(ctx, "browsingContext.captureScreenshot", object{"context": f.tab}, &shot)
	return shot.Data, err
}
