package queue_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"wafer/server/api"
	"wafer/server/broker/brokertest"
	"wafer/server/queue"
)

// Jobs that are handed in at once are no more than those that are handed in one after the other, also while what is
// in the queue is counted anew.
func TestSharesHoldForRequestsAtOnce(t *testing.T) {
	b := brokertest.Embedded(t)
	for name, c := range map[string]struct {
		o    queue.Options
		full error
		most int32
	}{
		"share": {queue.Options{Name: "share", MaxOpen: 5}, queue.ErrShare, 5},
		"bytes": {queue.Options{Name: "bytes", MaxOpenBy: 5 * 1100}, queue.ErrShare, 5},
		"jobs":  {queue.Options{Name: "jobs", MaxJobs: 5}, queue.ErrTooMany, 5},
		"room":  {queue.Options{Name: "room", MaxBytes: 24 << 10}, queue.ErrNoRoom, 20},
	} {
		q, err := queue.Open(t.Context(), b.Conn, c.o)
		if err != nil {
			t.Fatal(err)
		}
		var taken, refused atomic.Int32
		var all sync.WaitGroup
		for i := range 40 {
			all.Go(func() {
				time.Sleep(time.Duration(i/8) * 600 * time.Millisecond) // for 2.4 s, beyond which a count is made anew
				_, err := q.Submit(t.Context(), "", api.Spec{Name: fmt.Sprint(i), By: "anna", Recipe: long})
				switch {
				case err == nil:
					taken.Add(1)
				case errors.Is(err, c.full):
					refused.Add(1)
				default:
					t.Errorf("%s: handing in a job: %v", name, err)
				}
			})
		}
		all.Wait()
		l, err := q.List(t.Context())
		if n := taken.Load(); err != nil || n == 0 || n > c.most || int(n) != len(l.Jobs) || n+refused.Load() != 40 {
			t.Errorf("%s: %d of 40 jobs were taken and %d refused, %d are there (%v); expected at most %d", name, n,
				refused.Load(), len(l.Jobs), err, c.most)
		}
	}
}

var long = json.RawMessage(fmt.Sprintf(`"%01000d"`, 0))
