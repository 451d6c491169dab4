package cli

import (
	"bytes"
	"errors"
	"flag"
	"log/slog"
	"strings"
	"testing"
	"time"

	"wafer/server/api"
	"wafer/server/broker/brokertest"
	"wafer/server/store"
)

// What jobs need stays; what nothing needs goes.
func TestACollectionKeepsWhatJobsNeed(t *testing.T) {
	flags := flag.NewFlagSet("wafer serve", flag.ContinueOnError)
	b, err := addBackendFlags(flags).open(t.Context(), t.TempDir(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer b.close()
	var all []api.File
	for _, content := range []string{"data", "checkpoint", "nobody's"} {
		r := store.RefOf([]byte(content))
		if err := b.store.Put(t.Context(), r, bytes.NewReader([]byte(content))); err != nil {
			t.Fatal(err)
		}
		all = append(all, api.File{Path: content, SHA256: r.SHA256, Size: r.Size})
	}
	if _, err := b.queue.Submit(t.Context(), "", api.Spec{Data: all[:1], Checkpoint: &all[1]}); err != nil {
		t.Fatal(err)
	}
	c, err := b.store.Collect(t.Context(), time.Now().Add(time.Minute), b.queue.Reached)
	if err != nil || c.Kept != 2 || c.Removed != 1 {
		t.Errorf("got %+v, %v", c, err)
	}
	for i, f := range all {
		_, err := b.store.Stat(t.Context(), f.SHA256)
		if gone := errors.Is(err, store.ErrNotFound); gone != (i == 2) {
			t.Errorf("%s: %v", f.Path, err)
		}
	}
}

// A cluster that may lose what it acknowledged is warned of, and so is one of which nobody knows.
func TestWhatAClusterAcknowledgesIsChecked(t *testing.T) {
	right, rightMonitor := brokertest.Node(t, true)
	wrong, wrongMonitor := brokertest.Node(t, false)
	for _, c := range []struct{ nats, monitor, level, want string }{
		{right, rightMonitor, "INFO", "writes what it acknowledges"},
		{wrong, wrongMonitor, "WARN", "set sync_interval: always"},
		{right, "", "WARN", "it is not known whether"},
		{right, "http://127.0.0.1:1", "WARN", "asking http://127.0.0.1:1"},
	} {
		flags, log := flag.NewFlagSet("wafer serve", flag.ContinueOnError), &spoken{}
		where := addBackendFlags(flags)
		if err := flags.Parse([]string{"-nats", c.nats, "-nats-monitor", c.monitor}); err != nil {
			t.Fatal(err)
		}
		b, err := where.open(t.Context(), "", slog.New(slog.NewTextHandler(log, nil)))
		if err != nil {
			t.Fatal(err)
		}
		b.close()
		line, _, _ := strings.Cut(log.String(), "\n")
		if !strings.Contains(line, "level="+c.level) || !strings.Contains(line, c.want) {
			t.Errorf("-nats-monitor %q: the log begins with %q, expected %s that says %q", c.monitor, line, c.level,
				c.want)
		}
	}
}

func TestServersAndWorkersRefuseWrongSettings(t *testing.T) {
	dir := t.TempDir()
	for want, args := range map[string][]string{
		"-nats nats://host:4222":              {"worker"},
		"connecting to NATS":                  {"worker", "-nats", "nats://127.0.0.1:1"},
		"-slots, -max-seconds":                {"serve", "-data", dir, "-addr", "127.0.0.1:0", "-threads", "-1"},
		"a size is written like 8GB":          {"serve", "-data", dir, "-addr", "127.0.0.1:0", "-memory", "much"},
		"-cache-size: a size is written":      {"serve", "-data", dir, "-addr", "127.0.0.1:0", "-cache-size", "-1"},
		"-log is text or json, but got \"x\"": {"worker", "-nats", "nats://127.0.0.1:1", "-log", "x"},
	} {
		if _, err := runWafer(t, args...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("wafer %q: got %v\nexpected an error with %q", args, err, want)
		}
	}
	b, err := addBackendFlags(flag.NewFlagSet("", flag.ContinueOnError)).open(t.Context(), dir,
		slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer b.close()
	if _, err := runWafer(t, "serve", "-data", dir, "-addr", "127.0.0.1:0"); err == nil ||
		!strings.Contains(err.Error(), "another Wafer uses") {
		t.Errorf("a second server on one folder: %v", err)
	}
}
