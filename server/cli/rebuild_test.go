package cli

import (
	"encoding/json"
	"flag"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wafer/server/api"
)

// A data folder whose queue is damaged or gone: wafer jobs rebuild says what it restored, and a server that starts does
// the same.
func TestJobsRebuild(t *testing.T) {
	for _, how := range []string{"a flipped bit", "no queue"} {
		dir := t.TempDir()
		open := func() *backend {
			t.Helper()
			b, err := addBackendFlags(flag.NewFlagSet("", flag.ContinueOnError)).open(t.Context(), dir,
				slog.New(slog.DiscardHandler))
			if err != nil {
				t.Fatal(err)
			}
			return b
		}
		b := open()
		for _, id := range []string{"first", "second"} {
			if _, err := b.queue.Submit(t.Context(), id,
				api.Spec{Name: id, Recipe: json.RawMessage(`{}`)}); err != nil {
				t.Fatal(err)
			}
		}
		c, err := b.queue.Claim(t.Context(), "anna")
		if err == nil {
			err = c.Succeed(t.Context(), api.Result{WeightsHash: "w"})
		}
		if err != nil {
			t.Fatal(err)
		}
		b.close()
		says := "2 jobs are in the queue, 2 of them restored from their records, 0 are lost\n"
		if nats := filepath.Join(dir, "nats"); how == "no queue" {
			err = os.RemoveAll(nats)
		} else {
			says = "2 jobs are in the queue, 1 of them restored from their records, 0 are lost\n"
			path := filepath.Join(nats, "jetstream", "$G", "streams", "wafer_jobs", "msgs", "1.blk")
			var block []byte
			block, err = os.ReadFile(path)
			if at := strings.LastIndex(string(block), `"weights_hash":"w"`); err == nil {
				block[at+16] ^= 1
				err = os.WriteFile(path, block, 0o600)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		if out, err := runWafer(t, "jobs", "rebuild", "--data", dir); err != nil || out != says {
			t.Errorf("%s: rebuild says %q (%v), expected %q", how, out, err, says)
		}
		b = open()
		if h, err := b.heal(t.Context()); err != nil || len(h.Restored)+len(h.Lost) > 0 {
			t.Errorf("%s: afterwards %+v is restored, expected nothing (%v)", how, h, err)
		}
		if j, err := b.queue.Job(t.Context(), "first"); err != nil || j.Status.State != api.Succeeded ||
			j.Status.Result.WeightsHash != "w" {
			t.Errorf("%s: the job that had ended is %+v (%v)", how, j.Status, err)
		}
		if j, err := b.queue.Job(t.Context(), "second"); err != nil || j.Status.State != api.Queued {
			t.Errorf("%s: the job that waits is %+v (%v)", how, j.Status, err)
		}
		b.close()
	}
	if _, err := runWafer(t, "jobs", "rebuild", "--data", t.TempDir()); err == nil ||
		!strings.Contains(err.Error(), "no store to rebuild from") {
		t.Errorf("without a store: %v", err)
	}
}
