package queue_test

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"wafer/server/api"
	"wafer/server/broker"
	"wafer/server/queue"
)

// crashDir names the data folder to a copy of this program that is there to be killed.
const crashDir = "WAFER_TEST_CRASH_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		if err := victim(dir); err != nil {
			say("error", err)
			os.Exit(1)
		}
		return
	}
	flag.Set("test.parallel", "16") // tests wait most of the time
	os.Exit(m.Run())
}

func openDir(dir string) (*broker.Broker, *queue.Queue, error) {
	b, err := broker.Open(broker.Options{Dir: dir})
	if err != nil {
		return nil, nil, err
	}
	q, err := queue.Open(context.Background(), b.Conn, queue.Options{AckWait: 500 * time.Millisecond,
		ReportEvery: 20 * time.Millisecond})
	return b, q, err
}

// victim submits jobs and works on them until it is killed. It says what was acknowledged.
func victim(dir string) error {
	_, q, err := openDir(dir)
	if err != nil {
		return err
	}
	ctx := context.Background()
	go func() {
		for {
			j, err := q.Submit(ctx, "", api.Spec{Recipe: json.RawMessage(`{}`)})
			if err != nil {
				say("error", err)
				return
			}
			say("submitted", j.ID)
			time.Sleep(30 * time.Millisecond)
		}
	}()
	for {
		c, err := q.Claim(ctx, "victim")
		if err != nil {
			return err
		}
		if err := work(ctx, c); err != nil {
			return err
		}
		say("succeeded", c.Job.ID)
	}
}

// say tells the test what was acknowledged; the test itself says nothing.
func say(words ...any) {
	if os.Getenv(crashDir) != "" {
		fmt.Println(words...)
	}
}

// work makes three steps; the size of a checkpoint counts them.
func work(ctx context.Context, c *queue.Claim) error {
	at := int64(0)
	if f := c.Job.Status.Checkpoint; f != nil {
		at = f.Size
	}
	for ; at < 3; at++ {
		c.Log(fmt.Sprint("step ", at))
		if err := c.Checkpoint(ctx, api.File{Size: at + 1}); err != nil {
			return err
		}
		say("checkpoint", c.Job.ID, at+1)
		time.Sleep(10 * time.Millisecond)
	}
	return c.Succeed(ctx, api.Result{WeightsHash: c.Job.ID, Report: json.RawMessage(`"whole"`)})
}

// The process that holds server, queue and worker is killed at random moments, again and again. What
// it said was done is done, and the rest goes on.
func TestKilledServerLosesNothing(t *testing.T) {
	dir := t.TempDir()
	submitted, succeeded, steps := map[string]bool{}, map[string]bool{}, map[string]int64{}
	for round := range 4 {
		p := exec.Command(os.Args[0])
		p.Env = append(os.Environ(), crashDir+"="+dir)
		out, err := p.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for heard := 0; lines.Scan(); heard++ {
			if heard == 0 {
				time.AfterFunc(time.Duration(300+170*round)*time.Millisecond, func() { p.Process.Kill() })
			}
			word, rest, _ := strings.Cut(lines.Text(), " ")
			switch word {
			case "submitted":
				submitted[rest] = true
			case "succeeded":
				succeeded[rest] = true
			case "checkpoint":
				var id string
				var n int64
				fmt.Sscan(rest, &id, &n)
				steps[id] = n
			default:
				t.Error(lines.Text())
			}
		}
		p.Wait()
	}
	b, q, err := openDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	for id := range submitted {
		j, err := q.Job(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if succeeded[id] && j.Status.State != api.Succeeded || steps[id] > 0 &&
			(j.Status.Checkpoint == nil || j.Status.Checkpoint.Size < steps[id]) {
			t.Errorf("said to have succeeded: %v, to have made %d steps; is %+v", succeeded[id], steps[id], j.Status)
		}
	}
	finishAll(t, q)
	jobs, err := q.List(t.Context())
	if err != nil || len(jobs.Jobs) < len(submitted) || len(succeeded) == 0 {
		t.Errorf("%d jobs, %d submitted, %d succeeded, %v", len(jobs.Jobs), len(submitted), len(succeeded), err)
	}
	for _, j := range jobs.Jobs {
		once(t, q, j)
	}
	t.Logf("%d jobs, of which %d succeeded before the last kill", len(jobs.Jobs), len(succeeded))
}

func finishAll(t *testing.T, q *queue.Queue) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for {
		open := 0
		jobs, err := q.List(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, j := range jobs.Jobs {
			if !j.Status.State.Final() {
				open++
			}
		}
		if open == 0 {
			return
		}
		c, err := q.Claim(ctx, "finisher")
		if err != nil {
			t.Fatalf("%d jobs are left: %v", open, err)
		}
		if err := work(ctx, c); err != nil {
			t.Fatal(err)
		}
	}
}

// once checks that a job succeeded once and that its events have no gap.
func once(t *testing.T, q *queue.Queue, j api.Job) {
	t.Helper()
	successes, next := 0, uint64(1)
	for e, err := range q.Watch(t.Context(), j.ID, 0) {
		if err != nil || e.Seq != next {
			t.Fatalf("event %d, expected %d, %v", e.Seq, next, err)
		}
		if e.Kind == api.Kind(api.Succeed) {
			successes++
		}
		if next++; e.Seq == j.Seq {
			break
		}
	}
	if successes != 1 || j.Status.State != api.Succeeded || j.Status.Result.WeightsHash != j.ID {
		t.Errorf("succeeded %d times: %+v", successes, j.Status)
	}
}

// Two servers on one folder would ruin it.
func TestAFolderIsTakenOnce(t *testing.T) {
	dir := t.TempDir()
	b, err := broker.Open(broker.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if second, err := broker.Open(broker.Options{Dir: dir}); err == nil ||
		!strings.Contains(err.Error(), "another Wafer") {
		t.Errorf("a second server on the same folder: %v, %v", second, err)
	}
}
