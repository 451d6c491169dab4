package queue

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// quietTime is after how long without a word a node does not count. They speak every second.
const quietTime = 5 * time.Second

var errNoLeader = errors.New("queue: no node of the cluster leads")

// Answers asks once whether jobs can be taken just now: ErrDamaged while some were found that cannot be read, ErrNoRoom
// while the room is used up that is not kept for the ends of jobs. What is left of a cluster that lost most of its
// nodes still answers some questions, but can write nothing.
func (q *Queue) Answers(ctx context.Context) error {
	s, err := q.js.Stream(ctx, q.o.Name+"_jobs")
	if err != nil {
		return fmt.Errorf("queue: %w", err)
	}
	if err := canWrite(s.CachedInfo().Cluster); err != nil {
		return err
	}
	if q.damage.Load() > 0 {
		return ErrDamaged
	}
	return q.room(s.CachedInfo(), 0)
}

// canWrite reports, as an error, what keeps a stream from being written: it has no leader, or its leader hears of
// fewer nodes than it takes.
func canWrite(c *jetstream.ClusterInfo) error {
	if c == nil {
		return nil
	}
	if c.Leader == "" {
		return errNoLeader
	}
	there, all := 1, 1+len(c.Replicas)
	for _, r := range c.Replicas {
		if !r.Offline && r.Active < quietTime {
			there++
		}
	}
	if 2*there <= all {
		return fmt.Errorf("queue: only %d of %d nodes are there", there, all)
	}
	return nil
}
