package e2e

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"wafer/nn"
	"wafer/nn/task"
	"wafer/nn/vision"
)

// caller is the program below a heading of docs/wasm-export.md, as printed there.
func caller(t *testing.T, heading string) string {
	t.Helper()
	doc, err := os.ReadFile(filepath.Join(root(), "docs/wasm-export.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(doc), "\n### "+heading+"\n")
	_, rest, _ = strings.Cut(rest, "\n```")
	_, rest, _ = strings.Cut(rest, "\n")
	program, _, found := strings.Cut(rest, "\n```")
	if !found {
		t.Fatalf("docs/wasm-export.md has no program below %q", heading)
	}
	return program + "\n"
}

// said is "label: probability" of the network's own output.
func said(t *testing.T, m *nn.Model, in task.Input) (label string, p float32) {
	t.Helper()
	x, _, err := m.Encode(in)
	if err != nil {
		t.Fatal(err)
	}
	y, err := m.Predict(x)
	if err != nil {
		t.Fatal(err)
	}
	best := 0
	for i, v := range y.F() {
		if v > y.F()[best] {
			best = i
		}
	}
	return m.Info().Labels[best], y.F()[best]
}

// checkSaid compares what a program printed with what the model says, to the last bit.
func checkSaid(t *testing.T, got, label string, p float32) {
	t.Helper()
	name, number, _ := strings.Cut(strings.TrimSpace(got), ": ")
	if v, err := strconv.ParseFloat(number, 64); err != nil || name != label || float32(v) != p {
		t.Errorf("the program says %q, expected %s: %v", got, label, p)
	}
}

// three is a digit in the network's size, as a file and as an input.
func three(t *testing.T) (string, task.Input) {
	t.Helper()
	file, err := os.ReadFile(filepath.Join(root(), "static/samples/digits/3.png"))
	if err != nil {
		t.Fatal(err)
	}
	m, err := vision.Decode(file, vision.Black)
	if err != nil {
		t.Fatal(err)
	}
	m = m.Convert(1).Resize(28, 28, vision.Bilinear)
	var b bytes.Buffer
	if err := png.Encode(&b, &image.Gray{Pix: m.Pix, Stride: 28, Rect: image.Rect(0, 0, 28, 28)}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "three.png")
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return path, task.Input{File: b.Bytes()}
}

func TestDocumentedCallerInABrowser(t *testing.T) {
	module, _ := compiled(t, "digits", "")
	path, in := three(t)
	program := caller(t, "In a browser")
	if n := strings.Count(program, "\n"); n > 32 {
		t.Errorf("the program has %d lines", n)
	}
	files := http.NewServeMux()
	files.HandleFunc("/model.wasm", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/wasm")
		http.ServeFile(w, r, module)
	})
	files.HandleFunc("/3.png", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, path) })
	files.HandleFunc("/favicon.ico", func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusNoContent)
	})
	files.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `<!doctype html><canvas width="28" height="28"></canvas><output></output><script type="module">
			const image = new Image();
			image.src = "/3.png";
			await image.decode();
			document.querySelector("canvas").getContext("2d").drawImage(image, 0, 0);
			%s</script>`, program)
	})
	s := httptest.NewServer(files)
	defer s.Close()
	p := open(t, &server{url: s.URL}, "/")
	p.waitFor("an answer", `document.querySelector("output").textContent`)
	label, probability := said(t, shipped(t, "digits"), in)
	checkSaid(t, eval[string](p, `document.querySelector("output").textContent`), label, probability)
}

func TestDocumentedCallerInNode(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("there is no Node here")
	}
	module, _ := compiled(t, "sentiment-lstm", "")
	program := filepath.Join(t.TempDir(), "classify.mjs")
	if err := os.WriteFile(program, []byte(caller(t, "Node")), 0o644); err != nil {
		t.Fatal(err)
	}
	const text = "What a LOVELY surprise, thank you so much!"
	out, err := exec.Command(node, program, module, text).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	m := shipped(t, "sentiment-lstm")
	_, p := said(t, m, task.Input{Text: text})
	line, _, _ := strings.Cut(string(out), "\n")
	checkSaid(t, line, m.Info().Labels[1], p)
}

func TestDocumentedCallerInGo(t *testing.T) {
	module, _ := compiled(t, "digits", "")
	path, in := three(t)
	program := filepath.Join(t.TempDir(), "classify.go")
	if err := os.WriteFile(program, []byte(caller(t, "Go with wazero")), 0o644); err != nil {
		t.Fatal(err)
	}
	run := exec.Command("go", "run", program, module, path)
	run.Dir = root()
	out, err := run.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	label, p := said(t, shipped(t, "digits"), in)
	checkSaid(t, string(out), label, p)
}
