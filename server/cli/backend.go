package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"wafer/server/broker"
	"wafer/server/queue"
	"wafer/server/store"
)

// backend is what jobs, files and models are kept in.
type backend struct {
	broker *broker.Broker
	queue  *queue.Queue
	store  *store.Store
	log    *slog.Logger
}

// backendFlags say where that is.
type backendFlags struct {
	nats, credentials *string
	monitors          *string
	lostAfter         *time.Duration
}

// addBackendFlags declares them for serve, worker and jobs rebuild, which open the same.
func addBackendFlags(flags *flag.FlagSet) backendFlags {
	return backendFlags{
		nats: flags.String("nats", "",
			"addresses of a NATS cluster that keeps jobs, files and models: nats://host:4222,…"),
		credentials: flags.String("nats-creds", "", "NATS credentials file"),
		monitors: flags.String("nats-monitor", "",
			"monitoring addresses of its nodes, http://host:8222,…, to check that they flush what they acknowledge"),
		lostAfter: flags.Duration("lost-after", 15*time.Second,
			"silence after which a worker counts as lost; the same for servers and workers"),
	}
}

// open opens what is in a folder, and makes it if there is nothing, or what is in the cluster if dir is "".
func (f backendFlags) open(ctx context.Context, dir string, log *slog.Logger) (*backend, error) {
	o := broker.Options{Credentials: *f.credentials, Log: log}
	if dir != "" {
		o.Dir = filepath.Join(dir, "nats")
	} else {
		o.URL = *f.nats
	}
	b := &backend{log: log}
	var err error
	if o.URL != "" {
		f.warn(ctx, log)
	}
	if b.broker, err = broker.Open(o); err != nil {
		if dir != "" {
			err = fmt.Errorf("%w (-data names another folder, and -data \"\" serves the page only)", err)
		}
		return nil, err
	}
	if dir != "" {
		b.store, err = store.Dir(filepath.Join(dir, "store"), store.Options{Log: log})
	} else {
		b.store, err = store.NATS(ctx, b.broker.Conn, store.Options{Log: log})
	}
	if err == nil {
		b.queue, err = queue.Open(ctx, b.broker.Conn, queue.Options{Ready: b.broker.Ready, AckWait: *f.lostAfter,
			Store: b.store, Log: log})
	}
	if err != nil {
		b.close()
		return nil, err
	}
	return b, nil
}

// warn says whether the cluster may lose what it acknowledged, or that nobody knows.
func (f backendFlags) warn(ctx context.Context, log *slog.Logger) {
	if *f.monitors == "" {
		log.Warn("it is not known whether the cluster has written what it acknowledges; set sync_interval: " +
			"always in the jetstream block of each node, and -nats-monitor to have that checked")
	} else if err := broker.SyncsAlways(ctx, *f.monitors); err != nil {
		log.Warn("the cluster may lose what it acknowledged", "reason", err)
	} else {
		log.Info("the cluster writes what it acknowledges")
	}
}

// ready returns why new work should not be taken.
func (b *backend) ready() error { return b.broker.Ready() }

// close ends the connection, and in a server of its own what it had started: the queue must have stopped before.
func (b *backend) close() { b.broker.Close() }

// start collects what nothing needs, and runs jobs in this process if there are slots for them, until ctx or the
// server ends; end waits for that.
func (b *backend) start(ctx context.Context, how trainerFlags, log *slog.Logger) (end func(), err error) {
	if _, err := b.heal(ctx); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	var all sync.WaitGroup
	end = func() { cancel(); all.Wait() }
	if *how.slots > 0 {
		t, err := how.open(b, log)
		if err != nil {
			end()
			return nil, err
		}
		all.Go(func() { t.Run(ctx) })
	}
	all.Go(func() { b.collect(ctx) })
	return end, nil
}

// heal takes from the records in the store what the queue has lost, and says so.
func (b *backend) heal(ctx context.Context) (queue.Healed, error) {
	h, err := b.queue.Heal(ctx)
	if err != nil {
		return h, fmt.Errorf("comparing the queue with the records of its jobs: %w", err)
	}
	if len(h.Restored) > 0 {
		b.log.Error("the queue had lost the newest of some jobs; they are restored from their records", "count",
			len(h.Restored), "jobs", h.Restored)
	}
	if len(h.Lost) > 0 {
		b.log.Error("some jobs are damaged in the queue and have no record; nothing is known of them", "count",
			len(h.Lost), "jobs", h.Lost)
	}
	return h, nil
}

const (
	collectEvery = 10 * time.Minute
	collectAfter = time.Hour // content that neither a job nor a model reaches stays for so long
)

// collect removes content that nothing reaches any more, now and then until ctx ends.
func (b *backend) collect(ctx context.Context) {
	tick := time.NewTicker(collectEvery)
	defer tick.Stop()
	for {
		c, err := b.store.Collect(ctx, time.Now().Add(-collectAfter), b.queue.Reached)
		switch {
		case err != nil && !errors.Is(err, context.Canceled):
			b.log.Warn("content that nothing needs could not be removed", "error", err)
		case c.Removed > 0:
			b.log.Info("removed content that nothing needs", "contents", c.Removed, "bytes", c.Bytes, "kept", c.Kept)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}
