package queue

import (
	"context"
	"errors"

	"github.com/nats-io/nats.go/jetstream"

	"wafer/server/broker"
)

const workersName = "workers" // of the consumer that offers jobs to workers

func (q *Queue) workersConfig() jetstream.ConsumerConfig {
	return jetstream.ConsumerConfig{
		Durable: workersName, FilterSubject: q.subject("*", toQueue),
		AckPolicy: jetstream.AckExplicitPolicy, AckWait: q.o.AckWait,
		MaxDeliver: -1, MaxAckPending: 10_000, Replicas: q.o.Replicas,
	}
}

// offer finds or makes what offers jobs to workers.
func (q *Queue) offer(ctx context.Context) error {
	config := q.workersConfig()
	switch there, err := q.stream.Consumer(ctx, workersName); {
	case err == nil: // where it begins cannot be changed
		known := there.CachedInfo().Config
		config.DeliverPolicy, config.OptStartSeq = known.DeliverPolicy, known.OptStartSeq
	case !errors.Is(err, jetstream.ErrConsumerNotFound):
		return err
	}
	var err error
	q.workers, err = q.stream.CreateOrUpdateConsumer(ctx, config)
	return err
}

// offerAnew forgets who was offered which job and offers those that have not ended again. nats-server remembers when it
// offered a job by the clock of its machine, and waits until that has caught up where it was set back.
func (q *Queue) offerAnew(ctx context.Context) error {
	from, err := q.firstOpen(ctx)
	if err != nil {
		return err
	}
	config := q.workersConfig()
	config.DeliverPolicy, config.OptStartSeq = jetstream.DeliverByStartSequencePolicy, from
	return broker.Persist(ctx, q.o.Patience, func(ctx context.Context) (err error) {
		err = q.stream.DeleteConsumer(ctx, workersName)
		if err == nil || errors.Is(err, jetstream.ErrConsumerNotFound) {
			q.workers, err = q.stream.CreateOrUpdateConsumer(ctx, config)
		}
		return err
	})
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
