// Package wafer_test checks what may import what: the table of ARCHITECTURE.md.
package wafer_test

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// allowed lists, for every package, which of ours it may import. "nn/*" is every
// package below nn. A package that is missing here fails the test: say what it may
// import when you add it.
var allowed = map[string]string{
	"nn":         "nn/*",
	"nn/tensor":  "",
	"nn/task":    "",
	"nn/fmath":   "",
	"nn/graph":   "nn/tensor",
	"nn/eval":    "nn/graph nn/tensor nn/fmath",
	"nn/grad":    "nn/graph nn/tensor",
	"nn/plan":    "nn/graph nn/tensor nn/order",
	"nn/native":  "nn/plan nn/graph nn/tensor nn/fmath",
	"nn/wasmbin": "",
	"nn/kernel":  "nn/wasmbin nn/order",
	"nn/compile": "nn/plan nn/kernel nn/wasmbin nn/graph nn/tensor nn/order nn/say",
	"nn/run":     "nn/compile nn/plan nn/graph nn/tensor nn/say",
	"nn/layers":  "nn/graph nn/tensor nn/json nn/names",
	"nn/zoo":     "nn/graph nn/layers nn/tensor", // shapes, single ops
	"nn/text":    "nn/recipe nn/fmath nn/charset nn/order nn/say nn/json",
	"nn/tokens":  "nn/charset nn/say nn/json",
	"nn/outside": "nn/fmath nn/order nn/say nn/tensor",
	"nn/solve":   "nn/graph nn/tensor nn/fmath nn/order",
	"nn/vision":  "nn/tensor nn/fmath nn/recipe nn/say wasm/promise", // turning a picture
	"nn/data": "nn/recipe nn/text nn/vision nn/task nn/format/samples nn/charset nn/digest " +
		"nn/inflate nn/order nn/say nn/zipfile nn/json nn/names",
	"nn/recipe":     "nn/task nn/charset nn/digest nn/order nn/say nn/json nn/names",
	"nn/charset":    "nn/say",
	"nn/digest":     "",
	"nn/json":       "nn/json/small",
	"nn/json/small": "",
	"nn/order":      "",
	"nn/context":    "",
	"nn/inflate":    "wasm/promise",
	"nn/zipfile":    "nn/say",
	"nn/say":        "",
	"nn/names":      "nn/say",
	"nn/preprocess": "nn/recipe nn/text nn/tokens nn/vision nn/data nn/train nn/tensor nn/task nn/say " +
		"nn/json",
	"nn/model": "nn/document nn/preprocess nn/recipe nn/data nn/format nn/layers nn/graph nn/plan " +
		"nn/compile nn/native nn/run nn/metrics nn/outside nn/train nn/tensor nn/task nn/order nn/say nn/context " +
		"nn/json nn/names nn/explain nn/fmath nn/text",
	"nn/explain":  "nn/grad nn/graph nn/layers nn/tensor",
	"nn/document": "nn/say nn/format nn/graph nn/layers nn/recipe nn/task nn/tensor nn/json nn/names",
	"nn/fit": "nn/model nn/document nn/preprocess nn/recipe nn/data nn/format nn/layers nn/zoo " +
		"nn/graph nn/metrics nn/outside nn/solve nn/train nn/tensor nn/task nn/text nn/vision nn/digest nn/say " +
		"nn/context nn/json",
	"nn/convert": "nn/document nn/format nn/format/* nn/graph nn/layers nn/order nn/recipe nn/say " +
		"nn/task nn/tensor nn/zoo nn/json nn/names",
	"nn/format":       "nn/tensor nn/digest nn/order nn/say nn/json nn/task",
	"nn/format/numpy": "nn/format/foreign nn/task nn/tensor nn/say",
	"nn/format/torch": "nn/format/foreign nn/task nn/tensor nn/say nn/zipfile",
	"nn/format/statedict": "nn/format/foreign nn/format/torch nn/graph nn/layers nn/recipe nn/tensor nn/zoo " +
		"nn/say",
	"nn/format/foreign": "nn/say nn/task nn/layers nn/graph nn/eval nn/recipe nn/tensor nn/inflate nn/zipfile " +
		"nn/json",
	"nn/format/onnx": "nn/format/foreign nn/task nn/layers nn/graph nn/say nn/tensor nn/json",
	"nn/format/keras": "nn/format/foreign nn/format/hdf5 nn/task nn/layers nn/graph nn/recipe nn/tensor " +
		"nn/say nn/json",
	"nn/format/kerasprogram": "nn/layers nn/recipe nn/say nn/json",
	"nn/format/hdf5":         "nn/tensor nn/say nn/inflate",
	"nn/format/tfjs": "nn/format/foreign nn/format/keras nn/task nn/layers nn/graph nn/recipe nn/tensor " +
		"nn/say nn/json",
	"nn/format/fasttext": "nn/format/foreign nn/format/wordvectors nn/task nn/layers nn/graph nn/recipe " +
		"nn/text nn/tensor nn/say nn/json",
	"nn/format/wordvectors": "nn/format/foreign nn/task nn/layers nn/graph nn/order nn/recipe nn/tensor nn/say " +
		"nn/inflate nn/json",
	"nn/format/huggingface": "nn/format/foreign nn/format/onnx nn/format/safetensors nn/format/torch nn/task " +
		"nn/layers nn/graph " +
		"nn/recipe nn/tokens nn/tensor nn/say nn/json",
	"nn/format/safetensors": "nn/format/foreign nn/task nn/tensor nn/say nn/json",
	"nn/format/torchmodule": "nn/format/foreign nn/format/safetensors nn/graph nn/layers nn/say nn/tensor nn/json",
	"nn/format/tflite":      "nn/format/foreign nn/task nn/layers nn/graph nn/say nn/tensor nn/json",
	"nn/format/samples":     "nn/task nn/charset",
	"nn/train": "nn/graph nn/grad nn/data nn/recipe nn/layers nn/tensor nn/task nn/fmath nn/context " +
		"nn/json nn/order",
	"nn/metrics":    "nn/task nn/order nn/say",
	"nn/sharedtest": "",
	"nn/report":     "nn/metrics nn/order",
	"nn/nntest":     "nn/graph nn/grad nn/tensor nn/eval nn/layers", // the functions that are compositions
	"app":           "app/*",
	"app/view":      "nn/order",
	// of store its types only
	"app/page": "app/view app/words app/browser app/bridge app/state app/teach app/jobs app/store " +
		"nn/metrics nn/task nn/recipe server/api",
	"app/words":           "nn/task nn/order nn/say nn/json nn/names",
	"app/browser":         "wasm/promise nn/say",
	"app/state":           "app/words app/browser app/bridge app/client app/store nn/task server/api nn/order",
	"app/state/statetest": "app/reader app/worker app/browser app/bridge app/client nn/task server/api nn/context",
	"app/jobs":            "app/words app/state app/client nn/task nn/recipe server/api nn/order nn/json",
	"app/teach": "app/words app/browser app/bridge app/client app/store app/state app/jobs nn/metrics nn/task " +
		"nn/recipe server/api nn/order nn/json",
	"app/bridge": "app/browser nn/task nn/say nn/context nn/json",
	"app/store":  "app/browser wasm/promise nn/task nn/order nn/json",
	"app/client": "app/browser server/api nn/say nn/json",
	"app/worker": "app/bridge wasm/promise nn/data nn/document nn/fit nn/format nn/format/samples " +
		"nn/model nn/recipe nn/task nn/digest nn/say nn/context",
	"app/reader": "app/bridge nn/charset nn/context nn/convert nn/data nn/format/foreign nn/recipe " +
		"nn/say nn/task nn/json",
	"wasm/reader":       "app/bridge app/reader",
	"app/writer":        "app/bridge nn/context nn/convert nn/metrics nn/report nn/say nn/task",
	"app/explainer":  "app/bridge nn/context nn/explain nn/model nn/say nn/task",
	"wasm/explainer": "app/bridge app/explainer",
	"wasm/writer":       "app/bridge app/writer",
	"wasm/app":          "app",
	"wasm/worker":       "app/bridge app/worker",
	"wasm/export":       "nn/model nn/say nn/task nn/json",
	"wasm/edge":         "server/edge",
	"wasm/promise":      "",
	"static":            "",
	"server":            "server/cli",
	"server/cli":        "server/* static nn nn/*",
	"server/api":        "nn/task nn/json",
	"server/atomicfile": "",
	"server/auth":       "server/api server/atomicfile",
	"server/fit":        "nn nn/data nn/metrics nn/native nn/recipe nn/report nn/task",
	"server/trainer": "server/api server/atomicfile server/broker server/fit server/models server/queue " +
		"server/store nn nn/recipe nn/task",
	"server/broker":            "server/atomicfile",
	"server/models":            "server/api server/store nn nn/task",
	"server/broker/brokertest": "server/broker",
	"server/queue":             "server/api server/broker server/store nn/task",
	"server/queue/queuetest":   "server/queue server/api server/broker nn/task",
	"server/remote":            "server/api",
	"server/store":             "server/atomicfile server/broker",
	"server/store/storetest":   "server/store",
	"server/pull":              "static nn/convert nn/format/foreign nn/task",
	"server/edge":              "wasm/promise server/api server/web/secure nn/task",
	"server/web": "server/api server/auth server/models server/pull server/queue server/store " +
		"server/broker server/web/secure nn/charset nn/recipe nn/task nn/vision nn/names",
	"server/web/secure": "",

	"e2e":           "",
	"wasm/bench":    "tools/peers nn/plan nn/run nn/tensor",
	"tools/peers":   "nn/*",
	"tools/kernels": "nn/* tools/figures",
	"tools/bench":   "tools/figures",
	"tools/steps":   "nn/native nn/tensor tools/peers",
	"tools/*":       "",
	"tools/quality": "nn/*",
	"tools/outside": "nn/*",

	"tools/pretrained": "nn/model nn/task",

	"tools/edge":     "server/edge server/web server/web/secure server/api static nn/model nn/task",
	"tools/wasmexec": "tools/bidi",

	"nn/format/huggingface/hubtest":   "nn/format/foreign",
	"nn/format/torchmodule/torchtest": "nn/format/foreign",

	"server/trainer/trainertest": "server/api server/fit server/queue server/store nn nn/recipe",
}

// browser are the packages that may use syscall/js, in files that end in _js.go.
var browser = []string{"nn/run", "nn/charset", "nn/inflate", "nn/vision", "app/bridge", "app/browser", "app/store",
	"app/worker", "server/edge", "wasm/app", "wasm/bench", "wasm/export", "wasm/promise", "wasm/worker"}

type listed struct {
	ImportPath, Dir string
	GoFiles         []string
	IgnoredGoFiles  []string
	Imports         []string
	TestImports     []string
	Standard        bool
}

// list asks go list, for the browser or for this machine.
func list(t *testing.T, js bool, args ...string) []listed {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-json=ImportPath,Dir,GoFiles,IgnoredGoFiles,Imports,Standard"},
		args...)...)
	cmd.Env = os.Environ()
	if js {
		cmd.Env = append(cmd.Env, "GOOS=js", "GOARCH=wasm")
	}
	var complaint strings.Builder
	cmd.Stderr = &complaint
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var all []listed
	for decoder := json.NewDecoder(out); ; {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("go list: %v\n%s", err, &complaint)
		}
		all = append(all, p)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatalf("go list %v: %v\n%s", args, err, &complaint)
	}
	return all
}

// ours is a package's path below the module, "" for the packages of others.
func ours(path string) string {
	name, _ := strings.CutPrefix(path, "wafer/")
	if name == path {
		return ""
	}
	return name
}

func TestImportsFollowTheTable(t *testing.T) {
	for _, js := range []bool{false, true} {
		for _, p := range list(t, js, "./...") {
			name := ours(p.ImportPath)
			if name == "" {
				continue
			}
			may, known := allowed[name]
			if !known {
				may, known = allowed[name[:strings.LastIndex(name, "/")+1]+"*"]
			}
			if !known {
				t.Errorf("%s is not in the table of deps_test.go", name)
			}
			for _, path := range p.Imports {
				if other := ours(path); other != "" && !permits(may, other) {
					t.Errorf("%s imports %s; it may import only: %s", name, other, may)
				}
			}
		}
	}
}

// An arrow that nobody draws would let a dependency in unseen: each of the table is used, in one
// of the programs at least.
func TestEveryArrowIsDrawn(t *testing.T) {
	drawn := map[string][]string{}
	for _, p := range slices.Concat(list(t, false, "./..."), list(t, true, "./...")) {
		for _, path := range p.Imports {
			drawn[ours(p.ImportPath)] = append(drawn[ours(p.ImportPath)], ours(path))
		}
	}
	for name, may := range allowed {
		for _, arrow := range strings.Fields(may) {
			if !slices.ContainsFunc(drawn[name], func(other string) bool { return permits(arrow, other) }) {
				t.Errorf("%s may import %s, but does not: take the arrow out of the table", name, arrow)
			}
		}
	}
}

func permits(may, name string) bool {
	for _, m := range strings.Fields(may) {
		prefix, tree := strings.CutSuffix(m, "*")
		if m == name || tree && strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// syscall/js stands only in the packages that talk to the browser, and there only in
// files whose names say so.
func TestOnlyTheBrowsersFilesUseSyscallJS(t *testing.T) {
	for _, p := range list(t, true, "./...") {
		if !slices.Contains(p.Imports, "syscall/js") {
			continue
		}
		if !slices.Contains(browser, ours(p.ImportPath)) {
			t.Errorf("%s imports syscall/js; only these may: %v", p.ImportPath, browser)
		}
		for _, file := range p.GoFiles {
			b, err := os.ReadFile(p.Dir + "/" + file)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(b), `"syscall/js"`) && !strings.HasSuffix(file, "_js.go") {
				t.Errorf("%s/%s imports syscall/js, but its name does not end in _js.go", ours(p.ImportPath), file)
			}
		}
	}
}

// The programs of the browser stay small and apart: no HTTP in either, no
// computation in the page.
func TestWhatTheBrowsersProgramsHold(t *testing.T) {
	trim := exec.Command("go", "run", "./tools/build", "-trim")
	if out, err := trim.CombinedOutput(); err != nil {
		t.Fatalf("trimming go-app: %v\n%s", err, out)
	}
	page := list(t, true, "-deps", "-modfile=build/go.wasm.mod", "./wasm/app")
	for _, p := range page {
		if name := ours(p.ImportPath); strings.HasPrefix(name, "nn") &&
			!slices.Contains([]string{"nn/task", "nn/recipe", "nn/charset", "nn/context", "nn/digest", "nn/json",
				"nn/json/small", "nn/metrics", "nn/names", "nn/order", "nn/say"}, name) {
			t.Errorf("the page's program holds %s", name)
		}
	}
	for program, deps := range map[string][]listed{"page": page, "worker": list(t, true, "-deps", "./wasm/worker")} {
		if len(deps) < 50 {
			t.Errorf("the %s has %d packages, which cannot be", program, len(deps))
		}
		for _, p := range deps {
			if strings.HasPrefix(p.ImportPath, "crypto/") ||
				slices.Contains([]string{"net/http", "net", "regexp", "text/template", "image/png", "encoding/json"},
					p.ImportPath) {
				t.Errorf("the program of the %s holds %s", program, p.ImportPath)
			}
		}
	}
	for _, p := range list(t, true, "-deps", "./wasm/worker") {
		if strings.Contains(p.ImportPath, "go-app") || strings.HasPrefix(ours(p.ImportPath), "server") {
			t.Errorf("the worker's program holds %s", p.ImportPath)
		}
		if name := ours(p.ImportPath); name == "nn/convert" || strings.HasPrefix(name, "nn/format/") &&
			name != "nn/format/samples" {
			t.Errorf("the worker's program holds %s, which reads files of other tools", name)
		}
		if ours(p.ImportPath) == "nn/native" {
			t.Error("the worker's program holds nn/native, and in a browser compiled modules compute")
		}
	}
}

// The worker of the edge holds what it answers with, and no server, queue or network of its own.
func TestTheEdgeHoldsNoServer(t *testing.T) {
	for _, p := range list(t, true, "-deps", "./wasm/edge") {
		switch name := ours(p.ImportPath); {
		case name == "server/edge", name == "server/api", name == "server/web/secure", name == "nn/task",
			name == "nn/recipe", name == "nn/json", name == "nn/json/small":
		case strings.HasPrefix(name, "server"), strings.HasPrefix(name, "app"), strings.HasPrefix(name, "nn"),
			strings.HasPrefix(name, "static"), strings.Contains(p.ImportPath, "nats"):
			t.Errorf("the worker of the edge holds %s", p.ImportPath)
		}
	}
}

// The server must not hold the page's code: it serves what was built from it.
func TestTheServerHoldsNoPage(t *testing.T) {
	for _, p := range list(t, false, "-deps", "./server") {
		if strings.Contains(p.ImportPath, "go-app") || strings.HasPrefix(ours(p.ImportPath), "app") {
			t.Errorf("the server holds %s", p.ImportPath)
		}
	}
}
