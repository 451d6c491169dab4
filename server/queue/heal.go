package queue

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"wafer/server/api"
	"wafer/server/store"
)

// Healed says what Heal found and did.
type Healed struct {
	Restored []string // IDs of jobs whose newest event was lost, from their records
	Lost     []string // IDs of jobs of which nothing tells what they were asked to do, or how they stand
}

// Heal compares the queue with the records of its jobs, takes from them what the queue lost, and writes those that
// lack.
func (q *Queue) Heal(ctx context.Context) (h Healed, err error) {
	damaged := map[string]bool{}
	if q.o.Store != nil {
		err = q.compare(ctx, damaged, &h)
	}
	for id := range damaged {
		h.Lost = append(h.Lost, id)
	}
	slices.Sort(h.Lost)
	slices.Sort(h.Restored)
	if err == nil {
		_, err = q.List(ctx) // to know what still cannot be read
	}
	return h, err
}

// compare makes queue and records say the same: the one that knows more is right. Jobs that are restored leave damaged.
func (q *Queue) compare(ctx context.Context, damaged map[string]bool, h *Healed) error {
	newest, unread, err := q.newest(ctx)
	if err != nil {
		return err
	}
	for _, id := range unread {
		damaged[id] = true
	}
	records, err := q.o.Store.Records(ctx)
	if err != nil {
		return fmt.Errorf("the records of the jobs: %w", err)
	}
	unreadable := map[string][]string{}
	for id, names := range records {
		if !validID(id) {
			continue
		}
		known, bad := q.newestOf(ctx, id, names)
		unreadable[id] = bad
		r := newest[id]
		switch {
		case known == nil || r != nil && !damaged[id] && r.Seq >= known.Seq:
			continue
		case r != nil && r.Seq > known.Seq:
			known = r
		}
		back, err := q.bringBack(ctx, id, known, r == nil || damaged[id])
		if err != nil {
			return err
		}
		if back {
			delete(damaged, id)
			h.Restored = append(h.Restored, id)
		} else {
			damaged[id] = true
		}
	}
	docs, err := q.subjects(ctx, q.document("*", "*"))
	for id, r := range newest {
		if err == nil && !damaged[id] && !slices.Contains(h.Restored, id) {
			damaged[id] = !q.complete(ctx, id, r, docs, records[id])
			q.forgetUnreadable(ctx, id, r.Status.Attempt, unreadable[id])
		}
	}
	maps.DeleteFunc(damaged, func(_ string, is bool) bool { return !is })
	return err
}

// complete makes documents and records of a job that is as it should be complete, from each other. It reports whether
// there is a description at all.
func (q *Queue) complete(ctx context.Context, id string, r *record, docs map[string]uint64, names []string) bool {
	recorded := slices.Contains(names, specDoc)
	if _, there := docs[q.document(id, specDoc)]; !there || !recorded {
		var kept api.Spec
		spec, err := q.described(ctx, id)
		switch {
		case err == nil:
			q.keepSpec(ctx, id, spec)
		case !recorded || q.o.Store.Record(ctx, id, specDoc, &kept) != nil:
			return false
		}
		if err != nil {
			if _, err := q.publish(ctx, q.document(id, specDoc), "", nil, &record{Spec: &kept}); err != nil {
				return false
			}
		}
	}
	known := q.record(ctx, id, r.Status.Attempt)
	if known == nil || known.Seq < r.Seq && r.isChange() {
		q.keepRecord(ctx, id, r)
	} else if _, there := docs[q.document(id, r.More)]; r.More != "" && !there && known.Status.Result != nil {
		if _, err := q.keepResult(ctx, id, r.Status.Attempt, known.Status.Result); err != nil {
			q.o.Log.Warn("the result of a job could not be restored whole", "job", id, "error", err)
		}
	}
	return true
}

// forgetUnreadable removes those of the named records of a job that are about attempts before one: there the queue
// knows more, and nobody writes them anew.
func (q *Queue) forgetUnreadable(ctx context.Context, id string, attempt int, names []string) {
	for _, name := range names {
		if n, err := strconv.Atoi(name); err != nil || n >= attempt {
			continue
		}
		if err := q.o.Store.RemoveRecord(ctx, id, name); err != nil {
			q.o.Log.Warn("the damaged record of a job could not be removed", "job", id, "record", name, "error", err)
		}
	}
}

// newestOf is the newest record of those with some names, nil if none can be read, and the names of those that cannot.
func (q *Queue) newestOf(ctx context.Context, id string, names []string) (newest *record, unreadable []string) {
	for _, name := range names {
		if _, err := strconv.Atoi(name); err != nil {
			continue
		}
		r := &record{}
		if err := q.o.Store.Record(ctx, id, name, r); err != nil {
			if !errors.Is(err, store.ErrNotFound) {
				q.o.Log.Error("the record of a job is damaged", "job", id, "record", name, "error", err)
				unreadable = append(unreadable, name)
			}
			continue
		}
		if newest == nil || newest.Seq < r.Seq {
			newest = r
		}
	}
	return newest, unreadable
}

// bringBack puts a job into the queue as its record knows it, and reports whether its description is there, too. both:
// on top of both its subjects, of which either may end with a message that cannot be read.
func (q *Queue) bringBack(ctx context.Context, id string, known *record, both bool) (bool, error) {
	var spec api.Spec
	if _, err := q.described(ctx, id); err != nil {
		if err := q.o.Store.Record(ctx, id, specDoc, &spec); err != nil {
			return false, nil
		}
		doc := q.document(id, specDoc)
		if _, err := q.publish(ctx, doc, "", nil, &record{Spec: &spec}); err != nil {
			return false, err
		}
	}
	r, err := q.restored(ctx, id, known)
	if err != nil {
		return false, err
	}
	kinds := []string{toLog}
	switch {
	case both && r.queued():
		kinds = []string{toLog, toQueue}
	case both:
		kinds = []string{toQueue, toLog}
	case r.queued():
		kinds = []string{toQueue}
	}
	for i, kind := range kinds {
		if i > 0 {
			r.begin(api.Restored)
			if kind == toQueue {
				r.Status.Queued = r.Seq
			}
		}
		if _, err := q.publish(ctx, q.subject(id, kind), "", nil, r); err != nil {
			return false, err
		}
	}
	q.keepRecord(ctx, id, r)
	return true, nil
}
