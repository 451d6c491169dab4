package run

import (
	"fmt"
	"strings"
	"syscall/js"
	"testing"
	"time"

	"wafer/nn/compile"
	"wafer/nn/graph"
	"wafer/nn/plan"
	"wafer/nn/tensor"
)

// doubled is y = 2·x on so many elements that several threads share them.
func doubled(size int) *plan.Plan {
	g := graph.New()
	x := g.Input("x", tensor.Float32, size)
	g.Output("y", g.Add(x, x))
	return plan.Build(g)
}

func newProgram(t *testing.T, size, threads int) *Program {
	t.Helper()
	p, err := New(doubled(size), nil, Options{Threads: threads})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// doubles checks a run.
func doubles(t *testing.T, p *Program, size int) {
	t.Helper()
	x := tensor.New(tensor.Float32, size)
	for i := range x.F() {
		x.F()[i] = float32(i)
	}
	out, err := p.Run(map[string]*tensor.Tensor{"x": x})
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range out["y"].F() {
		if v != float32(2*i) {
			t.Fatalf("y[%d] = %v, expected %v", i, v, 2*i)
		}
	}
}

// Steps find their threads awake, asleep and parked; steps of two programs in turn go to the
// same threads.
func TestThreadsWake(t *testing.T) {
	const size = 1 << 16
	a, b := newProgram(t, size, 3), newProgram(t, size+4, 3)
	defer a.Close()
	defer b.Close()
	doubles(t, a, size) // on one thread, perhaps
	waitFor(t, a, 3)
	waitFor(t, b, 3)
	for _, pause := range []time.Duration{0, time.Millisecond, 60 * time.Millisecond, 200 * time.Millisecond} {
		for range 5 {
			time.Sleep(pause)
			doubles(t, a, size)
			doubles(t, b, size+4)
		}
	}
}

// A program that comes while another keeps the threads busy gets them all the same.
func TestThreadsLearnOfProgramsWhileBusy(t *testing.T) {
	const size = 1 << 16
	a := newProgram(t, size, 2)
	defer a.Close()
	waitFor(t, a, 2)
	for range 20 {
		b := newProgram(t, size, 2)
		for end := time.Now().Add(10 * time.Second); b.Threads() < 2; {
			if time.Now().After(end) {
				t.Fatal("the second program did not get its threads in 10 seconds")
			}
			doubles(t, a, size)
			doubles(t, b, size)
		}
		b.Close()
	}
}

// Memory comes back: V8 has addresses for about a hundred memories, this machine bytes for
// some more.
func TestClosedProgramsLeaveNoMemoryBehind(t *testing.T) {
	const size = 2 << 20 // 16 MB of input and result
	for i := range 120 {
		p := newProgram(t, size, 2)
		waitFor(t, p, 2)
		doubles(t, p, size)
		p.Close()
		if _, err := p.Run(map[string]*tensor.Tensor{"x": tensor.New(tensor.Float32, size)}); err == nil {
			t.Fatal("a closed program runs")
		}
		if process := js.Global().Get("process"); i%40 == 39 && process.Get("memoryUsage").Truthy() {
			rss := process.Call("memoryUsage").Get("rss").Int() >> 20
			if t.Logf("after %d programs: %d MB", i+1, rss); rss > 1000 {
				t.Fatal("memory is not given back")
			}
		}
	}
}

// A step that is aborted fails with a sentence and hangs nobody; the next one runs on one thread.
func TestAStepThatFailsOnThreads(t *testing.T) {
	const size = 1 << 16
	p := newProgram(t, size, 3)
	defer p.Close()
	waitFor(t, p, 3)
	words := js.Global().Get("Int32Array").New(p.JS().Get("memory").Get("buffer"))
	js.Global().Get("Atomics").Call("store", words, compile.Abort/4, 1)
	_, err := p.Run(map[string]*tensor.Tensor{"x": tensor.New(tensor.Float32, size)})
	if err == nil || !strings.Contains(err.Error(), "one of the threads") {
		t.Errorf("error %v, expected one that names the threads", err)
	}
	if p.Threads() != 1 {
		t.Errorf("%d threads after a failure, expected 1", p.Threads())
	}
	doubles(t, p, size)
}

// With threads that cannot start, steps run on one; who starts them itself, not through the
// page, notices and asks for no more in later programs.
func TestThreadsThatCannotStart(t *testing.T) {
	global := js.Global()
	kept := global.Get("waferRun")
	defer global.Set("waferRun", kept)
	global.Call("eval", script)
	other := global.Get("waferRun")
	other.Set("url", "/no-such-file.js")
	other.Set("source", "no such program")

	const size = 1 << 16
	m := compile.Compile(doubled(size), compile.Options{Threads: 2, Shared: true})
	p := program(other, m)
	throughPage, end := global.Get("pageStartsThreads").Truthy(), time.Now().Add(10*time.Second)
	for tries := 0; other.Call("threads").Int() > 1 && (!throughPage || tries < 200); tries++ {
		time.Sleep(time.Millisecond)
		if time.Now().After(end) {
			t.Fatal("after 10 seconds nobody has noticed that threads do not start")
		}
		if why := p.Call("step"); !why.IsUndefined() {
			t.Fatal(why)
		}
	}
	if n := p.Call("threads").Int(); n != 1 {
		t.Errorf("%d threads, expected 1", n)
	}
}

// A thread that is gone is missed after a minute.
func TestAThreadThatIsGone(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	global := js.Global()
	kept := global.Get("waferRun")
	defer global.Set("waferRun", kept)
	global.Call("eval", script)
	other := global.Get("waferRun")
	// A thread that says that it is ready and then does nothing.
	const idle = `const serve = (port) => { port.onmessage = ({ data }) => { if (data.add) Atomics.add(data.state, 0, 1); }; };
		if (globalThis.process?.versions?.node) serve(require("worker_threads").parentPort);
		else self.onmessage = ({ ports }) => serve(ports[0]);`
	other.Set("source", idle)
	p := program(other, compile.Compile(doubled(1<<16), compile.Options{Threads: 2, Shared: true}))
	for range 5000 {
		if p.Call("threads").Int() == 2 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	began := time.Now()
	why := p.Call("step")
	if fmt.Sprint(why) != "one of the threads does not answer" || time.Since(began) < 30*time.Second {
		t.Errorf("after %v: %v", time.Since(began), why)
	}
}
