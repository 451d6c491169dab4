package cli

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"wafer/nn/model"
	"wafer/server/atomicfile"
	"wafer/server/pull"
)

// mirrorUsage is of --mirror of the commands that fetch public models.
const mirrorUsage = "address or folder in place of the hosts, with host and path of every file below it"

// cmdPull lists the public models, or fetches one and makes a model file of it.
func cmdPull(args []string) error {
	flags := flag.NewFlagSet("wafer pull [NAME]", flag.ContinueOnError)
	out := flags.String("out", "", "file to write (default NAME.wafer)")
	mirror := flags.String("mirror", "", mirrorUsage)
	cache := flags.String("cache", "", "folder of what is fetched, where a fetch that broke off goes on (default: "+
		"the user's)")
	args, err := parse(flags, args)
	if err != nil {
		return err
	}
	list, err := pull.Catalogue()
	if err != nil {
		return err
	}
	switch len(args) {
	case 0:
		for _, e := range list {
			fmt.Fprintf(stdout, "%-16s %-5s %-12s %s\n%16s %s\n", e.Name, e.Kind, e.License, e.Card.Card.About, "",
				e.Source)
		}
		return nil
	case 1:
	default:
		return fmt.Errorf("pull takes the name of a model, but got %d arguments", len(args))
	}
	e, err := pull.Find(list, args[0])
	if err != nil {
		return err
	}
	if *cache == "" {
		dir, err := os.UserCacheDir()
		if err != nil {
			return err
		}
		*cache = filepath.Join(dir, "wafer", "pull")
	}
	if *out == "" {
		*out = e.Name + ".wafer"
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return pullInto(ctx, pull.Fetcher{Folder: *cache, Mirror: *mirror}, e, *out)
}

// pullInto fetches, converts, opens and writes; a line a second says how far it is.
func pullInto(ctx context.Context, f pull.Fetcher, e pull.Entry, out string) error {
	var said time.Time
	file, err := f.Pull(ctx, e, func(done int64) {
		if time.Since(said) > time.Second {
			said = time.Now()
			fmt.Fprintf(stderr, "wafer: %s: %.1f MB\n", e.Name, float64(done)/1e6)
		}
	})
	if err != nil {
		return err
	}
	m, err := model.Open(file, model.Options{})
	if err != nil {
		return fmt.Errorf("%s: %w", e.Name, err)
	}
	if err := atomicfile.Write(out, file, 0o644); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "%s: %d parameters, %d bytes\n", out, m.Info().Params, len(file))
	return f.Forget(e)
}
