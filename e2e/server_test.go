package e2e

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// root is the root of the repository.
var root = sync.OnceValue(func() string {
	dir, err := os.Getwd()
	for err == nil {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			break
		}
		dir = filepath.Dir(dir)
	}
	panic("no go.mod above the tests")
})

// wafer builds the server once for all tests and returns its path.
var wafer = sync.OnceValues(func() (string, error) {
	name := filepath.Join(root(), "build", "wafer-e2e")
	cmd := exec.Command("go", "build", "-trimpath", "-o", name, "./server")
	cmd.Dir = root()
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", errors.New("building the server: " + string(out))
	}
	return name, nil
})

// need skips a test where what it needs is missing; make e2e sets WAFER_E2E, and
// then it fails instead.
func need(t *testing.T) {
	t.Helper()
	missing := ""
	if testing.Short() {
		t.Skip("a test in a browser is not short")
	}
	if _, err := os.Stat(filepath.Join(root(), "static/site/index.html")); err != nil {
		missing = "the page is not built; run make build"
	} else if chromium() == "" {
		missing = "there is no Chromium; install the package \"chromium\" or set CHROME"
	}
	switch {
	case missing == "":
	case os.Getenv("WAFER_E2E") != "":
		t.Fatal(missing)
	default:
		t.Skip(missing)
	}
}

func chromium() string {
	for _, name := range []string{os.Getenv("CHROME"), "chromium", "chromium-browser", "google-chrome-stable",
		"google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// server is a running wafer serve.
type server struct {
	url  string
	data string // its folder
	cmd  *exec.Cmd
	once sync.Once
	done chan struct{}
}

// startServer runs the real server on a free port until the test ends; with more arguments, if any.
func startServer(t *testing.T, args ...string) *server {
	t.Helper()
	need(t)
	path, err := wafer()
	if err != nil {
		t.Fatal(err)
	}
	s := &server{data: t.TempDir(), done: make(chan struct{})}
	s.cmd = exec.Command(path, append([]string{"serve", "-addr", "127.0.0.1:0", "-log", "json", "-data", s.data},
		args...)...)
	log, err := s.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.stop)
	urls, text := make(chan string, 1), &strings.Builder{}
	go func() {
		defer close(s.done)
		lines := bufio.NewScanner(log)
		for lines.Scan() {
			var line struct{ Msg, URL string }
			if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == "serving" {
				urls <- line.URL
			} else if line.Msg != "request" {
				text.WriteString(lines.Text() + "\n")
			}
		}
	}()
	select {
	case s.url = <-urls:
	case <-s.done:
		t.Fatalf("the server ended at once:\n%s", text)
	case <-time.After(20 * time.Second):
		t.Fatal("the server did not say where it listens within 20 s")
	}
	return s
}

// stop ends the server as Ctrl-C would, and waits for it. It may be called twice.
func (s *server) stop() {
	s.once.Do(func() {
		s.cmd.Process.Signal(syscall.SIGTERM)
		<-s.done
		s.cmd.Wait()
	})
}
