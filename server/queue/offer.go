package queue

import (
	"context"
	"errors"

	"github.com/nats-io/nats.go/jetstream"
)

const workersName = "workers" // of the consumer that offers jobs to workers

// offer finds or makes what offers jobs to workers. Where it begins cannot be changed later.
func (q *Queue) offer(ctx context.Context) error {
	config := jetstream.ConsumerConfig{
		Durable: workersName, FilterSubject: q.subject("*", toQueue),
		AckPolicy: jetstream.AckExplicitPolicy, AckWait: q.o.AckWait,
		MaxDeliver: -1, MaxAckPending: 10_000, Replicas: q.o.Replicas,
		DeliverPolicy: jetstream.DeliverByStartSequencePolicy,
	}
	there, err := q.stream.Consumer(ctx, workersName)
	switch {
	case err == nil:
		known := there.CachedInfo().Config
		config.DeliverPolicy, config.OptStartSeq = known.DeliverPolicy, known.OptStartSeq
	case errors.Is(err, jetstream.ErrConsumerNotFound):
		config.OptStartSeq, err = q.firstOpen(ctx)
	}
	if err == nil {
		q.workers, err = q.stream.CreateOrUpdateConsumer(ctx, config)
	}
	return err
}

// firstOpen is the place of the stream before which no job waits that has not ended.
func (q *Queue) firstOpen(ctx context.Context) (uint64, error) {
	newest, damaged, err := q.newest(ctx)
	if err != nil || len(damaged) > 0 {
		return 1, err
	}
	info, err := q.stream.Info(ctx)
	if err != nil {
		return 0, err
	}
	first := info.State.LastSeq + 1
	for id, r := range newest {
		if r.Status.State.Final() {
			continue
		}
		_, place, err := q.last(ctx, id, q.subject(id, toQueue))
		if errors.Is(err, ErrNotFound) { // Heal looks after it
			continue
		}
		if err != nil {
			return 0, err
		}
		first = min(first, place)
	}
	return first, nil
}
