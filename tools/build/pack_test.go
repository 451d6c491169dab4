package main

import (
	"bytes"
	"context"
	"debug/gosym"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// linked is a small program as Go's linker writes it.
func linked(t *testing.T) []byte {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module small\n",
		"main.go": "package main\n\nfunc main() { defer func() { recover() }(); println(double(len(\"one\"))) }\n\n" +
			"//go:noinline\nfunc double(n int) int { return 2 * n }\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("go", "build", "-ldflags=-s -w", "-o", "small.wasm")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	b, err := os.ReadFile(filepath.Join(dir, "small.wasm"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// split divides a module into the memory that it starts with and everything else.
func split(t *testing.T, module []byte) (image, others []byte) {
	t.Helper()
	others = append(others, module[:8]...)
	r := reader{b: module, at: 8}
	for r.at < len(module) {
		id, body := r.byte(), r.bytes()
		if id != dataSection {
			others = append(append(others, id), body...)
			continue
		}
		var err error
		if image, err = memoryImage(body); err != nil {
			t.Fatal(err)
		}
	}
	if r.failed || image == nil {
		t.Fatal("the module cannot be read")
	}
	return image, others
}

// started is the memory of a module once a runtime has made it, which calls the function at its start and no other.
func started(t *testing.T, module []byte) []byte {
	t.Helper()
	ctx := context.Background()
	r := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter())
	t.Cleanup(func() { r.Close(ctx) })
	code, err := r.CompileModule(ctx, module)
	if err != nil {
		t.Fatal(err)
	}
	host := r.NewHostModuleBuilder("gojs")
	for _, f := range code.ImportedFunctions() {
		_, name, _ := f.Import()
		never := api.GoFunc(func(context.Context, []uint64) { t.Errorf("%s was called", name) })
		host.NewFunctionBuilder().WithGoFunction(never, f.ParamTypes(), f.ResultTypes()).Export(name)
	}
	if _, err := host.Instantiate(ctx); err != nil {
		t.Fatal(err)
	}
	m, err := r.InstantiateModule(ctx, code, wazero.NewModuleConfig().WithStartFunctions())
	if err != nil {
		t.Fatal(err)
	}
	b, _ := m.ExportedMemory("mem").Read(0, m.ExportedMemory("mem").Size())
	return b
}

// functions reads the table of functions as debuggers do.
func functions(t *testing.T, image []byte) *gosym.Table {
	t.Helper()
	table, err := gosym.NewTable(nil, gosym.NewLineTable(image[bytes.Index(image, tableMagic):], 0))
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func TestPackKeepsTheProgramAndDropsLines(t *testing.T) {
	before := linked(t)
	after, err := pack(before)
	if err != nil {
		t.Fatal(err)
	}
	image, others := split(t, before)
	_, othersPacked := split(t, after)
	dropped := idleIn(t, before, after, image)
	if added := len(othersPacked) - len(others) + dropped; added < 50 || added > 800 {
		t.Errorf("packing added %d bytes besides the data, expected a short function", added)
	}
	packed := started(t, after)[:len(image)]
	start := bytes.Index(image, tableMagic)
	table := table{image[start:]}
	last := table.word(64) + table.half(table.word(64)+8*(table.word(8)-1)+4)
	from, to := start+table.word(32), start+last+funcSize+4*(table.half(last+28)+int(table.b[last+43]))
	sameSearch(t, image, packed, start)
	sameTable(t, image, packed)
	if len(image) != len(packed) || !bytes.Equal(image[:from], packed[:from]) || !bytes.Equal(image[to:], packed[to:]) {
		t.Error("packing changed data beyond the table of functions")
	}
	with, without := functions(t, image), functions(t, packed)
	if len(with.Funcs) < 100 || len(with.Funcs) != len(without.Funcs) {
		t.Fatalf("%d functions became %d", len(with.Funcs), len(without.Funcs))
	}
	for i, f := range with.Funcs {
		name, _, _ := strings.Cut(f.Name, ".func")
		if !strings.HasPrefix(name, "main.") {
			name = ""
		}
		if g := without.Funcs[i]; g.Name != name || f.Entry != g.Entry || f.End != g.End {
			t.Errorf("the function %s at %d…%d became %s at %d…%d", f.Name, f.Entry, f.End, g.Name, g.Entry, g.End)
		}
	}
	if with.LookupFunc("main.main.func1") == nil {
		t.Error("the program has no function inside another")
	}
	double := with.LookupFunc("main.double")
	if file, line, _ := with.PCToLine(double.Entry); filepath.Base(file) != "main.go" || line != 6 {
		t.Errorf("main.double stood in %s, line %d", file, line)
	}
	if _, line, _ := without.PCToLine(double.Entry); line > 0 {
		t.Errorf("main.double still has line %d", line)
	}
}

// idleIn checks that packing took the bodies of what only a trace, a profile or a setting calls, and no other, and says
// by how many bytes they became shorter.
func idleIn(t *testing.T, before, after, image []byte) (dropped int) {
	t.Helper()
	was, is, table := bodies(t, before), bodies(t, after), functions(t, image)
	for i, f := range table.Funcs {
		if !idle.MatchString(f.Name) {
			if !bytes.Equal(was[i], is[i]) {
				t.Errorf("packing changed the code of %s", f.Name)
			}
			continue
		}
		if !bytes.Equal(is[i], never) {
			t.Errorf("packing left the code of %s", f.Name)
		}
		dropped += len(leb(was[i])) + len(was[i]) - len(leb(never)) - len(never)
	}
	for _, name := range []string{"runtime.traceLocker.ok", "runtime.traceback2", "runtime.traceAcquire",
		"runtime.main"} {
		if f := table.LookupFunc(name); f == nil || idle.MatchString(name) {
			t.Errorf("%s is not kept", name)
		}
	}
	return dropped
}

func leb(b []byte) []byte { return binary.AppendUvarint(nil, uint64(len(b))) }

// bodies are those of the functions of a module, in order.
func bodies(t *testing.T, module []byte) (list [][]byte) {
	t.Helper()
	sections, err := sectionsOf(module)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range sections {
		if s.id != codeSection {
			continue
		}
		r := reader{b: s.body}
		for n := r.number(); n > 0; n-- {
			list = append(list, r.bytes())
		}
	}
	return list
}

// sameTable checks that what the start function writes is, to the byte, the table that packing took apart.
func sameTable(t *testing.T, image, packed []byte) {
	t.Helper()
	want := bytes.Clone(image)
	n, err := stripLines(want)
	if err != nil {
		t.Fatal(err)
	}
	from, _, err := n.coarse(image)
	if err != nil {
		t.Fatal(err)
	}
	for i := n.at; i < from; i++ {
		if packed[i] != want[i] {
			t.Fatalf("byte %d of the table of functions is %d, expected %d", i-n.at, packed[i], want[i])
		}
	}
}

// sameSearch looks up every function by its buckets, as findfunc of the runtime does, and makes the buckets equal.
func sameSearch(t *testing.T, image, packed []byte, start int) {
	t.Helper()
	head := binary.LittleEndian.AppendUint64(nil, uint64(start))
	at := bytes.Index(packed, binary.LittleEndian.AppendUint64(head, uint64(start+headerSize)))
	from, to := table{packed}.buckets(at)
	if n := (table{image[start:]}).word(8); to-from < 16*(n-1)*bucketSize {
		t.Fatalf("expected 16 buckets for each of %d functions, found %d bytes", n, to-from)
	}
	for b := from; b < to; b += bucketSize {
		was, is := table{image}.half(b), table{packed}.half(b)
		if is > was || was-is >= together || is%together != 0 {
			t.Fatalf("the search for function %d begins at %d", was, is)
		}
	}
	copy(packed[from:to], image[from:to])
}

func TestPackRefusesWhatIsNoProgram(t *testing.T) {
	for name, module := range map[string][]byte{
		"cut":           {0, 'a', 's', 'm', 1, 0, 0, 0, dataSection, 200},
		"no table":      {0, 'a', 's', 'm', 1, 0, 0, 0, dataSection, 7, 1, 0, i32Const, 0, end, 1, 5},
		"passive piece": {0, 'a', 's', 'm', 1, 0, 0, 0, dataSection, 4, 1, 1, 1, 5},
	} {
		if _, err := pack(module); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
