// Command load starts a wafer server that trains, follows its jobs by many event streams, and reads from it at a steady
// rate. Every answer must be right and every stream without a gap; the times to answer are printed.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

func main() {
	binary := flag.String("wafer", "build/wafer", "the program to start")
	streams := flag.Int("streams", 200, "event streams at once")
	rate := flag.Int("rate", 500, "reads per second")
	span := flag.Duration("time", 30*time.Second, "how long")
	flag.Parse()
	if err := run(*binary, *streams, *rate, *span); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

// run starts the server, its jobs and streams, reads for the span, and prints times. Errors of streams and reads come
// last, so that the figures are seen with them.
func run(binary string, streams, rate int, span time.Duration) error {
	dir, err := os.MkdirTemp("", "wafer-load-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	s, err := serve(binary, dir, streams, rate)
	if err != nil {
		return err
	}
	defer s.stop()
	jobs, err := s.submit(8)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), span)
	defer cancel()
	f := &followers{}
	for i := range streams {
		f.start(ctx, s.url+"/api/jobs/"+jobs[i%2*(i%len(jobs))]+"/events") // every other one at the job that runs
	}
	if err := f.wait(streams); err != nil {
		return err
	}
	r := &reads{kinds: kinds(s.url, jobs)}
	r.run(ctx, rate)
	cancel()
	f.group.Wait()
	fmt.Printf("%d event streams got %d events; %d reads in %s\n", streams, f.events, r.count(), span)
	r.print(os.Stdout)
	s.stop()
	fmt.Printf("the server used %s of processor time, the training included\n",
		s.process.ProcessState.UserTime()+s.process.ProcessState.SystemTime())
	return errors.Join(f.err, r.err)
}

// freePort is one that nobody listened at a moment ago; the server takes it a moment later.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// server is a wafer that runs.
type server struct {
	url, binary, dir string
	process          *exec.Cmd
	log              *os.File
}

// serve starts one on a free port with a job slot.
func serve(binary, dir string, streams, rate int) (*server, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	s := &server{url: fmt.Sprintf("http://127.0.0.1:%d", port), binary: binary, dir: dir}
	if s.log, err = os.Create(filepath.Join(dir, "log")); err != nil {
		return nil, err
	}
	s.process = exec.Command(binary, "serve", "-addr", strings.TrimPrefix(s.url, "http://"), "-data",
		filepath.Join(dir, "data"),
		"-threads", "1", "-rate", fmt.Sprint(4*rate), "-streams", fmt.Sprint(streams+10))
	s.process.Stdout, s.process.Stderr = s.log, s.log
	if err := s.process.Start(); err != nil {
		return nil, err
	}
	for range 100 {
		if res, err := http.Get(s.url + "/readyz"); err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return s, nil
			}
		}
		time.Sleep(100 * time.Millisecond)
	}
	s.stop()
	text, _ := os.ReadFile(s.log.Name())
	return nil, fmt.Errorf("the server did not start:\n%s", text)
}

// stop ends the server and waits, so that its processor time is known. It may be called again.
func (s *server) stop() {
	if s.process.ProcessState != nil {
		return
	}
	s.process.Process.Signal(os.Interrupt)
	s.process.Wait()
	s.log.Close()
}

// recipe runs for longer than the measurement, and reports often.
const recipe = `{"name":"load","seed":5,
 "preprocess":{"kind":"text","labels":["bad","good"],
  "data":{"train":[{"form":"csv","path":"load.csv"}]},
  "text":{"tokenizer":{"num_words":200},"pad_sequences":{"maxlen":20}}},
 "define":{"zoo":"text_lstm","options":{"words":200,"length":20,"dim":16,"units":16}},
 "loss":{"name":"binary_crossentropy"},"optimizer":{"name":"adam"},
 "train":{"epochs":1000,"batch_size":8},"validate":{"validation_split":0.2},"test":{"test_split":0.2,"set":"load"}}`

// submit puts jobs into the queue, of which the first runs.
func (s *server) submit(n int) (ids []string, err error) {
	var rows strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&rows, "what a %s thing number %d,%s\n", [2]string{"sad", "fine"}[i%2], i,
			[2]string{"bad", "good"}[i%2])
	}
	path := filepath.Join(s.dir, "recipe.json")
	if err := errors.Join(os.WriteFile(path, []byte(recipe), 0o644),
		os.WriteFile(filepath.Join(s.dir, "load.csv"), []byte(rows.String()), 0o644)); err != nil {
		return nil, err
	}
	for range n {
		submit := exec.Command(s.binary, "submit", path, "--data", s.dir, "--server", s.url)
		submit.Stderr = os.Stderr
		id, err := submit.Output()
		if err != nil {
			return nil, fmt.Errorf("wafer submit: %w", err)
		}
		ids = append(ids, strings.TrimSpace(string(id)))
	}
	for range 100 {
		if text, err := get(s.url + "/api/jobs/" + ids[0]); err != nil {
			return nil, err
		} else if strings.Contains(text, `"state":"running"`) {
			return ids, nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return nil, errors.New("no job runs after ten seconds")
}

// get reads a success.
func get(url string) (string, error) {
	res, err := http.Get(url)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("GET %s: %s: %s", url, res.Status, text)
	}
	return string(text), err
}

// failure keeps the first of many errors.
type failure struct {
	mu  sync.Mutex
	err error
}

// add keeps the error unless there is one.
func (f *failure) add(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err == nil {
		f.err = err
	}
}
