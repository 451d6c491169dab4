package main

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"time"

	"github.com/chromedp/chromedp"
)

//go:embed page
var page embed.FS

// job is what page/worker.js does at a time.
type job struct {
	Modules []instance `json:"modules"`
	Cases   []call     `json:"cases"`
	Rounds  int        `json:"rounds"`  // each takes one sample of every case
	Seconds float64    `json:"seconds"` // after which no round begins
}

// instance is a module to instantiate, as program of nn/run/run.js wants it.
type instance struct {
	Code    string         `json:"code"` // address
	Data    string         `json:"data"` // address of what Writes copy, one after the other
	Pages   int            `json:"pages"`
	Threads int            `json:"threads"`
	Barrier map[string]int `json:"barrier"`
	Writes  []write        `json:"writes"`
}

// write fills memory; with Rows, the module's put moves it on.
type write struct {
	Offset int `json:"offset"`
	Bytes  int `json:"bytes"`
	Param  int `json:"param"`
	Row    int `json:"row"`
	Rows   int `json:"rows"`
}

// call is what is timed: an export of a module, or without one the step of all threads.
type call struct {
	Module int     `json:"module"`
	Export string  `json:"export"`
	Args   []int   `json:"args"`
	Least  float64 `json:"least"`  // ms that a sample takes
	Offset int     `json:"offset"` // Words of memory that are checked in the end
	Words  int     `json:"words"`
}

// timing is what was measured of a call, in ms.
type timing struct {
	best, median float64
	samples      int
	check        int // sum of the words checked
}

// browser is a tab of Chromium and the server behind it.
type browser struct {
	tab    context.Context
	stop   func()
	served map[string][]byte // by path
	clock  float64           // resolution in ms
}

// openBrowser starts Chromium with a page that is isolated, so that it has threads and a
// clock of 5 µs. root is the repository's.
func openBrowser(root string) (*browser, error) {
	b := &browser{served: map[string][]byte{}}
	script, err := os.ReadFile(root + "/nn/run/run.js")
	if err != nil {
		return nil, err
	}
	b.served["/run.js"] = script
	server := httptest.NewServer(b)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	if path := os.Getenv("CHROME"); path != "" {
		options = append(options, chromedp.ExecPath(path))
	}
	ctx, stopBrowser := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, stopTab := chromedp.NewContext(ctx)
	b.tab, b.stop = ctx, func() {
		stopTab()
		stopBrowser()
		server.Close()
	}
	if err := chromedp.Do(b.tab, chromedp.Navigate(server.URL+"/index.html")); err != nil {
		b.stop()
		return nil, fmt.Errorf("Chromium: %w", err)
	}
	return b, nil
}

// ServeHTTP serves page and what jobs refer to.
func (b *browser) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cross-Origin-Opener-Policy", "same-origin")
	w.Header().Set("Cross-Origin-Embedder-Policy", "require-corp")
	if content, ok := b.served[r.URL.Path]; ok {
		if r.URL.Path == "/run.js" {
			w.Header().Set("Content-Type", "text/javascript")
		}
		w.Write(content)
		return
	}
	files, _ := fs.Sub(page, "page") // it is there
	http.FileServerFS(files).ServeHTTP(w, r)
}

// measure has the modules' calls timed, in rounds that go on for about so many seconds.
func (b *browser) measure(modules []*module, calls []call, rounds int, seconds float64) ([]timing, error) {
	j := job{Cases: calls, Rounds: rounds, Seconds: seconds}
	for i, m := range modules {
		code, data := fmt.Sprintf("/code/%d", i), fmt.Sprintf("/data/%d", i)
		b.served[code], b.served[data] = m.code, m.data
		j.Modules = append(j.Modules, instance{code, data, m.pages, max(m.threads, 1), m.barrier,
			append([]write{}, m.writes...)})
	}
	text, err := json.Marshal(j)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(b.tab, 5*time.Minute)
	defer cancel()
	answer, err := chromedp.Run(ctx, chromedp.Evaluate[struct {
		Samples    [][]float64
		Checks     []int
		Resolution float64
		Error      string
	}]("ask("+string(text)+")", chromedp.EvalAwaitPromise))
	switch {
	case err != nil:
		return nil, fmt.Errorf("Chromium: %w", err)
	case answer.Error != "":
		return nil, errors.New("in Chromium: " + answer.Error)
	case len(answer.Samples) != len(calls):
		return nil, fmt.Errorf("%d calls, but samples of %d", len(calls), len(answer.Samples))
	}
	b.clock = answer.Resolution
	var list []timing
	for i, s := range answer.Samples {
		slices.Sort(s)
		if len(s) == 0 || !(s[0] > 0) {
			return nil, fmt.Errorf("call %+v was too short for the clock: samples %v", calls[i], s)
		}
		list = append(list, timing{s[0], s[len(s)/2], len(s), answer.Checks[i]})
	}
	return list, nil
}
