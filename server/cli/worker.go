package cli

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"syscall"
	"time"

	"wafer/server/fit"
	"wafer/server/trainer"
)

// trainerFlags say how jobs are run.
type trainerFlags struct {
	slots, threads, maxSeconds *int
	memory, cache, cacheSize   *string
	every                      *time.Duration
}

// addTrainerFlags declares them; slots and cache differ between a server and a worker.
func addTrainerFlags(flags *flag.FlagSet, slots int, cache string) trainerFlags {
	return trainerFlags{
		slots: flags.Int("slots", slots, "jobs at once"),
		threads: flags.Int("threads", 0,
			"threads of each job (default: the processors, shared by the slots); results do not depend on it"),
		maxSeconds: flags.Int("max-seconds", 24*60*60, "of one attempt of a job"),
		memory: flags.String("memory", "",
			"of all jobs together, such as 8GB (default: what the machine has free); a job that needs more than its "+
				"share is refused"),
		cache:     flags.String("cache", cache, "folder for the data of jobs"),
		cacheSize: flags.String("cache-size", "20GB", "bytes that are kept there"),
		every:     flags.Duration("checkpoint-every", 30*time.Second, "time between two checkpoints inside an epoch"),
	}
}

// beside fills in what a server with its data in a folder, or in a cluster for "", does unless it is told otherwise.
func (f trainerFlags) beside(data string) trainerFlags {
	switch {
	case *f.slots < 0 && data == "":
		*f.slots = 0
	case *f.slots < 0:
		*f.slots = 1
	}
	switch {
	case *f.cache == "" && data == "":
		*f.cache = cacheFolder()
	case *f.cache == "":
		*f.cache = filepath.Join(data, "cache")
	}
	return f
}

// open makes a trainer on a backend.
func (f trainerFlags) open(b *backend, log *slog.Logger) (*trainer.Trainer, error) {
	if *f.cache == "" {
		return nil, errors.New("a folder for the data of jobs is needed: -cache DIR")
	}
	if *f.slots < 1 || *f.threads < 0 || *f.maxSeconds < 1 || *f.every <= 0 {
		return nil, errors.New("-slots, -max-seconds and -checkpoint-every are 1 or more, -threads 0 or more")
	}
	room, err := fit.RoomOf(*f.memory)
	if err != nil {
		return nil, err
	}
	size, err := fit.ParseBytes(*f.cacheSize)
	if err != nil {
		return nil, fmt.Errorf("-cache-size: %w", err)
	}
	if room.Bytes > 0 {
		debug.SetMemoryLimit(room.Bytes) // the collector works harder near it
	}
	threads := cmp.Or(*f.threads, max(1, runtime.NumCPU() / *f.slots))
	log.Info("runs jobs", "slots", *f.slots, "threads", threads, "memory", room.Bytes, "which_is",
		cmp.Or(room.What, "unknown"), "cache", *f.cache)
	return trainer.New(trainer.Options{Queue: b.queue, Store: b.store, Cache: *f.cache, CacheBytes: size,
		Slots: *f.slots, Threads: threads, Room: room, MaxSeconds: *f.maxSeconds, Every: *f.every, Log: log})
}

// cacheFolder is where a worker keeps data unless it is told otherwise, "" if this user has no such place.
func cacheFolder() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "wafer")
}

// cmdWorker takes jobs from a NATS cluster until it is interrupted.
func cmdWorker(args []string) error {
	flags := flag.NewFlagSet("wafer worker", flag.ContinueOnError)
	format := flags.String("log", "text", "form of the log: text or json")
	where, how := addBackendFlags(flags), addTrainerFlags(flags, 1, cacheFolder())
	if err := parseSettings(flags, args); err != nil {
		return err
	}
	if *where.nats == "" {
		return errors.New("worker takes jobs from a NATS cluster: -nats nats://host:4222 (wafer serve without -nats " +
			"runs its jobs itself)")
	}
	log, err := logger(*format)
	if err != nil {
		return err
	}
	logSettings(log, flags)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	b, err := where.open(ctx, "", log)
	if err != nil {
		return err
	}
	defer b.close()
	t, err := how.open(b, log)
	if err != nil {
		return err
	}
	context.AfterFunc(ctx, func() {
		log.Info("stopping; a second signal ends at once")
		stop()
	})
	log.Info("working")
	t.Run(ctx)
	return nil
}
