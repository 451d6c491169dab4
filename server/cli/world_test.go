package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"wafer/server/api"
	"wafer/server/queue"
	"wafer/server/store"
	"wafer/server/trainer/trainertest"
)

// process is a wafer that is killed and started again.
type process struct {
	t    *testing.T
	args []string
	cmd  *exec.Cmd
	log  spoken // in all its lives
}

// spoken is what a process said, which may be read while it goes on.
type spoken struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *spoken) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(b)
}

func (s *spoken) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

func (p *process) start() {
	p.t.Helper()
	p.cmd = wafer(p.args...)
	p.cmd.Stdout, p.cmd.Stderr = &p.log, &p.log
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
}

func (p *process) kill() {
	p.cmd.Process.Kill()
	p.cmd.Wait()
}

// world is a server with or without workers, seen through HTTP, while its processes are killed.
type world struct {
	*testing.T
	url       string
	processes []*process
	random    *rand.Rand
	data      []api.File
	jobs      []string // IDs
	whole     [2][]byte
}

// epochs of job i: two kinds of jobs that make different models.
func epochs(i int) int { return 2*trainertest.Long + i%2 }

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, random: rand.New(rand.NewPCG(7, 0))}
	dir := t.TempDir()
	trainertest.Write(t, dir)
	for i := range w.whole { // what wafer train makes when nothing disturbs it
		recipe, model := filepath.Join(dir, "recipe.json"), filepath.Join(dir, "model.wafer")
		put(t, recipe, trainertest.Recipe(epochs(i)))
		if _, err := runWafer(t, "train", recipe, "--data", dir, "--out", model); err != nil {
			t.Fatal(err)
		}
		var err error
		if w.whole[i], err = os.ReadFile(model); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		for _, p := range w.processes {
			p.kill()
			if t.Failed() {
				t.Logf("%q says:\n%s", p.args, p.log.String())
			}
		}
	})
	return w
}

// run starts a process. The first is the server.
func (w *world) run(args ...string) {
	w.Helper()
	args = append(args, "-threads", "1", "-memory", "1GB", "-lost-after", "1500ms", "-checkpoint-every", "50ms",
		"-cache", w.TempDir())
	if len(w.processes) == 0 {
		l, err := net.Listen("tcp", "127.0.0.1:0") // a free port, for all its lives
		if err != nil {
			w.Fatal(err)
		}
		w.url = "http://" + l.Addr().String()
		args = append(args, "-addr", l.Addr().String())
		l.Close()
	}
	p := &process{t: w.T, args: args}
	w.processes = append(w.processes, p)
	p.start()
}

// ask repeats a request until the server gives an answer that is not for its own condition.
func (w *world) ask(method, path string, header map[string]string, body []byte) (status int, answer []byte) {
	for until := time.Now().Add(time.Minute); time.Now().Before(until); time.Sleep(50 * time.Millisecond) {
		r, err := http.NewRequestWithContext(w.Context(), method, w.url+path, bytes.NewReader(body))
		if err != nil {
			break
		}
		for k, v := range header {
			r.Header.Set(k, v)
		}
		res, err := http.DefaultClient.Do(r)
		if w.Context().Err() != nil {
			return 0, nil
		}
		if err != nil { // it was just killed
			continue
		}
		answer, err = io.ReadAll(res.Body)
		res.Body.Close()
		if err == nil && res.StatusCode < 500 && res.StatusCode != http.StatusTooManyRequests {
			return res.StatusCode, answer
		}
	}
	w.Errorf("%s %s: no answer for a minute; the last was %s", method, path, answer)
	return 0, nil
}

// get asks for JSON.
func (w *world) get(path string, to any) {
	if status, b := w.ask("GET", path, nil, nil); status == http.StatusOK {
		if err := json.Unmarshal(b, to); err != nil {
			w.Errorf("%s: %v", path, err)
		}
	}
}

// upload sends the data as a client does, who goes on where the server says.
func (w *world) upload() {
	w.Helper()
	for path, b := range trainertest.Files() {
		r := store.RefOf(b)
		w.data = append(w.data, api.File{Path: path, SHA256: r.SHA256, Size: r.Size})
		address := fmt.Sprintf("/api/files/%s?size=%d", r.SHA256, r.Size)
		for at := int64(-1); at < r.Size; {
			var u api.Upload
			if _, answer := w.ask("POST", address, nil, nil); json.Unmarshal(answer, &u) != nil {
				w.Fatalf("uploading: %s", answer)
			}
			if at = u.Offset; at < r.Size {
				w.ask("PATCH", address, map[string]string{"Upload-Offset": fmt.Sprint(at)}, b[at:])
			}
		}
	}
	slices.SortFunc(w.data, func(a, b api.File) int { return bytes.Compare([]byte(a.Path), []byte(b.Path)) })
}

// submit puts one more job into the queue, whose result gets a name.
func (w *world) submit() {
	w.Helper()
	i := len(w.jobs)
	name := fmt.Sprintf("model-%d", i)
	body, err := json.Marshal(api.Spec{Name: name, Model: name, Recipe: trainertest.Recipe(epochs(i)), Data: w.data})
	if err != nil {
		w.Fatal(err)
	}
	status, answer := w.ask("POST", "/api/jobs", map[string]string{"Idempotency-Key": name,
		"Content-Type": "application/json"}, body)
	var j api.Job
	if err := json.Unmarshal(answer, &j); err != nil || status/100 != 2 {
		w.Fatalf("submitting: %d %s", status, answer)
	}
	w.jobs = append(w.jobs, j.ID)
}

// list asks for all jobs.
func (w *world) list() []api.Job {
	var all api.Jobs
	w.get("/api/jobs", &all)
	return all.Jobs
}

// tend keeps two jobs in the queue, and waits while one of them has lost several workers without a
// checkpoint: the queue gives such a job up, which is not what the test is about.
func (w *world) tend() {
	w.Helper()
	for until := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		open, unlucky := 0, false
		for _, j := range w.list() {
			if !j.Status.State.Final() {
				open++
			}
			unlucky = unlucky || j.Status.Lost > 2 && !j.Status.State.Final()
		}
		for ; open < 2; open++ {
			w.submit()
		}
		if !unlucky {
			return
		}
		if time.Now().After(until) {
			w.Fatalf("no job gets on: %+v", w.list())
		}
	}
}

// killOne ends a process at a random moment and starts it again.
func (w *world) killOne() {
	w.Helper()
	w.tend()
	time.Sleep(time.Duration(w.random.IntN(700)) * time.Millisecond)
	p := w.processes[w.random.IntN(len(w.processes))]
	p.kill()
	p.start()
}

// terminate asks a process to stop, which it does in good order.
func (w *world) terminate(i int) {
	w.Helper()
	p := w.processes[i].cmd
	p.Process.Signal(syscall.SIGTERM)
	if err := p.Wait(); err != nil {
		w.Errorf("after SIGTERM: %v", err)
	}
}

// running waits until the newest job has made a checkpoint.
func (w *world) running() {
	w.Helper()
	for until := time.Now().Add(time.Minute); time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
		var j api.Job
		if w.get("/api/jobs/"+w.jobs[len(w.jobs)-1], &j); j.Status.State == api.Running && j.Status.Checkpoint != nil {
			return
		}
	}
	w.Fatal("the newest job makes no checkpoint")
}

// look reads, again and again, all models that have a name: each must be whole. stop waits for the last look.
func (w *world) look() (stop func()) {
	end := make(chan bool)
	var looking sync.WaitGroup
	looking.Go(func() {
		for {
			var c api.Catalogue
			w.get("/api/models", &c)
			for _, m := range c.Stored {
				w.isWhole(m)
			}
			select {
			case <-end:
				return
			case <-time.After(200 * time.Millisecond):
			}
		}
	})
	return func() { close(end); looking.Wait() }
}

func (w *world) isWhole(m api.Model) {
	var i int
	if _, err := fmt.Sscanf(m.Name, "model-%d", &i); err != nil {
		w.Errorf("there is a model %q: %v", m.Name, err)
		return
	}
	if status, b := w.ask("GET", "/api/files/"+m.File.SHA256, nil, nil); !bytes.Equal(b, w.whole[i%2]) {
		w.Errorf("%s is not the model of a run that nothing disturbed (%d, %d bytes)", m.Name, status, len(b))
	}
}

// settle waits until all jobs have ended.
func (w *world) settle() {
	w.Helper()
	for until := time.Now().Add(2 * time.Minute); time.Now().Before(until); time.Sleep(100 * time.Millisecond) {
		open := 0
		for _, j := range w.list() {
			if !j.Status.State.Final() {
				open++
			}
		}
		if open == 0 {
			return
		}
	}
	w.Fatalf("jobs do not end: %+v", w.list())
}

// account checks that every job that was submitted is there, succeeded once, with the weights of an undisturbed run,
// and that its events have no gap. It returns how often workers were lost.
func (w *world) account(q *queue.Queue) (attempts int) {
	w.Helper()
	jobs, err := q.List(w.Context())
	if err != nil || len(jobs.Jobs) != len(w.jobs) {
		w.Fatalf("%d jobs are there, %d were submitted (%v)", len(jobs.Jobs), len(w.jobs), err)
	}
	for _, j := range jobs.Jobs {
		i := slices.Index(w.jobs, j.ID)
		if i < 0 || j.Status.State != api.Succeeded || j.Status.Result.Name != j.Spec.Model ||
			j.Status.Result.File.SHA256 != store.RefOf(w.whole[i%2]).SHA256 {
			w.Errorf("job %d is %+v", i, j.Status)
		}
		attempts += j.Status.Attempt
		successes, next := 0, uint64(1)
		for e, err := range q.Watch(w.Context(), j.ID, 0) {
			if err != nil || e.Seq != next {
				w.Fatalf("event %d, expected %d, %v", e.Seq, next, err)
			}
			if e.Kind == api.Kind(api.Succeed) {
				successes++
			}
			if next++; e.Seq == j.Seq {
				break
			}
		}
		if successes != 1 {
			w.Errorf("job %d succeeded %d times", i, successes)
		}
	}
	return attempts
}
