//go:build !windows

package cli

import (
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"wafer/server/api"
)

// fillQueue hands in jobs of twenty callers, whose recipes are wrong in two places.
func fillQueue(t *testing.T, dir string, jobs int) {
	t.Helper()
	b, err := addBackendFlags(flag.NewFlagSet("", flag.ContinueOnError)).open(t.Context(), dir,
		slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer b.close()
	const callers = 20
	var hands sync.WaitGroup
	for hand := range callers {
		hands.Go(func() {
			for i := range jobs / callers {
				spec := api.Spec{Name: fmt.Sprintf("job %d of caller %d", i, hand), By: fmt.Sprint("caller ", hand),
					Recipe: json.RawMessage(`{"name":"","seed":"none"}`)}
				if _, err := b.queue.Submit(t.Context(), "", spec); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	hands.Wait()
}

// A server starts with a long queue, lists each job once, in pages and a line each on the command line, and needs
// little memory for that. With WAFER_E2E there are as many as a queue may hold.
func TestALongQueue(t *testing.T) {
	if testing.Short() {
		t.Skip("takes too long for -short")
	}
	crowd := 1200
	if os.Getenv("WAFER_E2E") != "" {
		crowd = 10_000
	}
	w, dir := &world{T: t}, t.TempDir()
	t.Cleanup(func() {
		for _, p := range w.processes {
			p.kill()
		}
	})
	fillQueue(t, dir, crowd)
	began := time.Now()
	w.run("serve", "-data", dir)
	if status, answer := w.ask("GET", "/readyz", nil, nil); status != 200 {
		t.Fatalf("the server is not ready: %d %s", status, answer)
	}
	t.Logf("%d jobs: ready after %v", crowd, time.Since(began))
	w.pages(crowd, 500)
	out, err := runWafer(t, "jobs", "-server", w.url)
	if lines := strings.Count(out, "\n"); err != nil || lines != crowd+1 {
		t.Errorf("wafer jobs prints %d lines (%v), expected %d and one above", lines, err, crowd)
	}
	t.Logf("listed on two ways after %v", time.Since(began))
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", w.processes[0].cmd.Process.Pid))
	if err != nil {
		t.Logf("the memory of a process cannot be read here: %v", err)
		return
	}
	_, peak, _ := strings.Cut(string(status), "VmHWM:")
	var kB int
	if fmt.Sscan(peak, &kB); kB < 1000 || kB > 512<<10 {
		t.Errorf("the server took %d kB, expected at most 512 MB", kB)
	}
}

// pages lists all jobs in pages of a length, each once.
func (w *world) pages(jobs, length int) {
	w.Helper()
	seen, pages := map[string]bool{}, 0
	for after, more := "", true; more; pages++ {
		var page api.Jobs
		w.get(fmt.Sprintf("/api/jobs?limit=%d&after=%s", length, url.QueryEscape(after)), &page)
		for _, j := range page.Jobs {
			if seen[j.ID] {
				w.Fatalf("the job %s is listed twice", j.ID)
			}
			seen[j.ID] = true
		}
		if page.Total != jobs || len(page.Damaged) > 0 || len(page.Jobs) > length {
			w.Fatalf("page %d has %d jobs of %d and %d damaged ones, expected at most %d of %d and none", pages+1,
				len(page.Jobs), page.Total, len(page.Damaged), length, jobs)
		}
		after, more = page.Next, page.Next != ""
	}
	if most := jobs/length + 1; len(seen) != jobs || pages > most {
		w.Errorf("%d jobs are listed on %d pages, expected %d on at most %d", len(seen), pages, jobs, most)
	}
}
