package trainer

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"

	"wafer/server/broker"
	"wafer/server/store"
)

// persist tries until it works, as long as the reason may go away by itself: a store that does not answer or is
// busy, a disk without room. The job's log says what it waits for. It ends with the job's context.
func (j *job) persist(what string, try func(context.Context) error) error {
	for wait := time.Second; ; wait = min(2*wait, 30*time.Second) {
		err := try(j.ctx)
		if err == nil || j.ctx.Err() != nil || !(broker.Passing(err) || full(err) || errors.Is(err, store.ErrBusy)) {
			return err
		}
		if wait == time.Second {
			j.claim.Log(fmt.Sprintf("%s, the worker tries again and again: %v", what, err))
		}
		j.t.o.Log.Warn(what, "job", j.claim.Job.ID, "error", err)
		sleep(j.ctx, wait)
	}
}

// full reports whether an error is that of a disk without room.
func full(err error) bool {
	return errors.Is(err, store.ErrFull) || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

// explain says what to do about data that the store does not have.
func explain(err error) error {
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrCorrupt) {
		return fmt.Errorf("%w; upload it again and retry", err)
	}
	return err
}
