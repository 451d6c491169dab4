package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"

	"wafer/server/api"
)

// specDoc is the last word of the subject under which a job's description lies.
const specDoc = "spec"

// document is the subject of a document of a job: "spec", or "result-N" of attempt N.
func (q *Queue) document(id, name string) string { return q.o.Name + ".docs." + id + "." + name }

// describe keeps what a job is asked to do. A description that lies there already must be the same, or that of a job
// that was never accepted; else it returns ErrExists.
func (q *Queue) describe(ctx context.Context, id string, spec api.Spec) error {
	subject, after := q.document(id, specDoc), uint64(0)
	doc := &record{Spec: &spec}
	for {
		_, err := q.publish(ctx, subject, subject, &after, doc)
		if err == nil {
			q.keepSpec(ctx, id, spec)
			return nil
		}
		if !errors.Is(err, errConflict) {
			return err
		}
		there, place, err := q.last(ctx, id, subject)
		if err == nil && there.Spec != nil && reflect.DeepEqual(*there.Spec, spec) {
			return nil
		}
		if _, _, e := q.load(ctx, id); e == nil {
			return ErrExists
		} else if !errors.Is(e, ErrNotFound) {
			return e
		}
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		after = place
	}
}

// keepResult keeps a result whole, and returns the name of the document. Words that are too long are left out of
// result.
func (q *Queue) keepResult(ctx context.Context, id string, attempt int, result *api.Result) (name string, err error) {
	for _, shorten := range []func(){func() {}, func() { result.Report = nil }, func() { result = result.Brief() }} {
		shorten()
		b, err := json.Marshal(result)
		if err != nil {
			return "", fmt.Errorf("the result of the job: %w", err)
		}
		if len(b) <= q.o.MaxSpec {
			break
		}
	}
	name = fmt.Sprintf("result-%d", attempt)
	doc := &record{Event: api.Event{Status: api.Status{Result: result}}}
	_, err = q.publish(ctx, q.document(id, name), "", nil, doc)
	return name, err
}

// expand makes the result in an event whole. Where its document cannot be read, it stays brief.
func (q *Queue) expand(ctx context.Context, id string, r *record) error {
	if r.More == "" || r.Status.Result == nil {
		return nil
	}
	doc, _, err := q.last(ctx, id, q.document(id, r.More))
	if errors.Is(err, ErrNotFound) { // damaged, or the job is just being deleted
		return nil
	}
	if err == nil && doc.Status.Result != nil {
		r.Status.Result = doc.Status.Result
	}
	return err
}
