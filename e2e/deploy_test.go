//go:build unix

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// block is a list of commands in docs/deploy.md that stands below a comment
// "test: run" or "test: start WORDS", with ", stop" if it is stopped at once.
type block struct {
	line        int
	commands    string
	start, stop bool
	until       string // words of a start
}

var blockForm = regexp.MustCompile("(?s)<!-- test: (run|start ([^,]*?))(, stop)? -->\n```sh\n(.*?)```")

func blocks(t *testing.T) (all []block) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root(), "docs/deploy.md"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	for _, at := range blockForm.FindAllStringSubmatchIndex(text, -1) {
		of := func(i int) string {
			if at[2*i] < 0 {
				return ""
			}
			return text[at[2*i]:at[2*i+1]]
		}
		all = append(all, block{line: 1 + strings.Count(text[:at[0]], "\n"), commands: of(4), start: of(1) != "run",
			until: of(2), stop: of(3) != ""})
	}
	if marked := strings.Count(text, "<!-- test:"); len(all) != marked || marked < 8 {
		t.Fatalf("docs/deploy.md marks %d lists of commands, of which %d can be read", marked, len(all))
	}
	return all
}

// The commands of docs/deploy.md work as they stand there, on ports that are free.
func TestTheCommandsOfTheDeploymentGuide(t *testing.T) {
	if testing.Short() {
		t.Skip("a cluster of three takes a while")
	}
	if os.Getenv("WAFER_E2E") == "" {
		t.Skip("run by make e2e")
	}
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("the commands need curl")
	}
	g := newGuide(t)
	for _, b := range blocks(t) {
		if b.start {
			g.begin(b)
		} else {
			g.run(b)
		}
	}
	first, err := os.ReadFile(filepath.Join(g.dir, "model.wafer"))
	if err != nil {
		t.Fatal(err)
	}
	if again, err := os.ReadFile(filepath.Join(g.dir, "again.wafer")); err != nil || string(again) != string(first) {
		t.Errorf("the cluster's model has %d bytes (%v), that of one machine %d; expected the same", len(again), err,
			len(first))
	}
}

// guide is a folder in which commands are typed.
type guide struct {
	t     *testing.T
	dir   string
	env   []string
	ports *strings.Replacer
}

func newGuide(t *testing.T) *guide {
	t.Helper()
	program, err := wafer()
	if err != nil {
		t.Fatal(err)
	}
	g := &guide{t: t, dir: t.TempDir()}
	bin := filepath.Join(g.dir, "bin")
	build := exec.Command("go", "build", "-o", filepath.Join(bin, "nats-server"), "github.com/nats-io/nats-server/v2")
	build.Dir = root()
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building nats-server: %v\n%s", err, out)
	}
	for name, to := range map[string]string{"bin/wafer": program, "docs": filepath.Join(root(), "docs")} {
		if err := os.Symlink(to, filepath.Join(g.dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	for name, content := range map[string]string{"d.csv": moodRows(), "recipe.json": moodRecipe} {
		if err := os.WriteFile(filepath.Join(g.dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var pairs []string
	for _, port := range []string{"8080", "8081", "8090", "4221", "4222", "4223", "6221", "6222", "6223"} {
		pairs = append(pairs, ":"+port, fmt.Sprintf(":%d", freePort(t)))
	}
	// nodes are numbered in a loop: their ports have to end in 1, 2, 3
	pairs = append(pairs, "127.0.0.1:422$i", "127.0.0.1:$(eval echo \\$C$i)", "127.0.0.1:622$i",
		"127.0.0.1:$(eval echo \\$R$i)")
	g.ports = strings.NewReplacer(pairs...)
	g.env = append(os.Environ(), "HOME="+g.dir, "XDG_DATA_HOME=", "XDG_CACHE_HOME=", "PATH="+bin+":"+os.Getenv("PATH"),
		"WAFER_ADDR="+g.ports.Replace("127.0.0.1:8080"))
	for i := 1; i <= 3; i++ {
		g.env = append(g.env, fmt.Sprintf("C%d=%s", i, g.ports.Replace(fmt.Sprintf(":422%d", i))[1:]),
			fmt.Sprintf("R%d=%s", i, g.ports.Replace(fmt.Sprintf(":622%d", i))[1:]))
	}
	return g
}

func (g *guide) shell(b block) (*exec.Cmd, *words) {
	said := &words{}
	cmd := exec.Command("sh", "-eu", "-c", g.ports.Replace(b.commands))
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = g.dir, g.env, said, said
	cmd.WaitDelay = time.Second
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return cmd, said
}

func (g *guide) run(b block) {
	g.t.Helper()
	cmd, said := g.shell(b)
	kill := time.AfterFunc(2*time.Minute, func() { syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
	defer kill.Stop()
	if err := cmd.Run(); err != nil {
		g.t.Fatalf("docs/deploy.md, line %d: %v\n%s%s", b.line, err, b.commands, said)
	}
}

// begin starts what runs until it is stopped: at the end of the test, or at once.
func (g *guide) begin(b block) {
	g.t.Helper()
	cmd, said := g.shell(b)
	if err := cmd.Start(); err != nil {
		g.t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { cmd.Wait(); close(ended) }()
	stop := func() {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM)
		select {
		case <-ended:
		case <-time.After(patience):
			syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			<-ended
		}
	}
	if b.stop {
		defer stop()
	} else {
		g.t.Cleanup(func() {
			stop()
			if g.t.Failed() {
				g.t.Logf("docs/deploy.md, line %d says:\n%s", b.line, said)
			}
		})
	}
	for until := time.Now().Add(time.Minute); !strings.Contains(said.String(),
		b.until); time.Sleep(50 * time.Millisecond) {
		select {
		case <-ended:
			g.t.Fatalf("docs/deploy.md, line %d ended at once:\n%s%s", b.line, b.commands, said)
		default:
		}
		if time.Now().After(until) {
			g.t.Fatalf("docs/deploy.md, line %d did not say %q within a minute:\n%s%s", b.line, b.until, b.commands,
				said)
		}
	}
}
