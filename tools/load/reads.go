package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// kind is one sort of request.
type kind struct {
	name, method, url, body string
	weight                  int // of a hundred
	times                   []time.Duration
}

// kinds are the requests by their share of a hundred: what a page of jobs asks, and now and then a file and a
// prediction.
func kinds(url string, jobs []string) []*kind {
	file := ""
	if text, err := get(url + "/api/models"); err == nil {
		_, file, _ = strings.Cut(text, `"sha256":"`)
		file, _, _ = strings.Cut(file, `"`)
	}
	return []*kind{
		{name: "one job", method: "GET", url: url + "/api/jobs/" + jobs[0], weight: 35},
		{name: "all jobs", method: "GET", url: url + "/api/jobs", weight: 15},
		{name: "models", method: "GET", url: url + "/api/models", weight: 15},
		{name: "about the server", method: "GET", url: url + "/api/server", weight: 10},
		{name: "a style sheet", method: "GET", url: url + "/static/css/app.css", weight: 10},
		{name: "a file", method: "GET", url: url + "/weights/" + file, weight: 10},
		{name: "a prediction", method: "POST", url: url + "/api/models/sentiment/predict",
			body: `{"text":"what a lovely day"}`, weight: 5},
	}
}

// reads asks at a steady rate. A time counts from when a request was due, so that one that waits for those before it
// counts as slow.
type reads struct {
	failure
	kinds []*kind
}

var reading = &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 256,
	DialContext: (&net.Dialer{Timeout: 5 * time.Second}).DialContext}}

// run sends a request when it is due, also while earlier ones wait, until ctx ends. The kinds are mixed by steps of 37
// through a list of a hundred, which meets each.
func (r *reads) run(ctx context.Context, rate int) {
	var plan []*kind // a hundred requests, mixed
	for _, k := range r.kinds {
		plan = append(plan, slices.Repeat([]*kind{k}, k.weight)...)
	}
	var group sync.WaitGroup
	began := time.Now()
	for i := 0; ; i++ {
		due := began.Add(time.Duration(i) * time.Second / time.Duration(rate))
		select {
		case <-ctx.Done():
			group.Wait()
			return
		case <-time.After(time.Until(due)):
		}
		k := plan[i*37%len(plan)]
		group.Go(func() {
			if err := k.ask(); err != nil {
				r.add(err)
			}
			r.mu.Lock()
			k.times = append(k.times, time.Since(due))
			r.mu.Unlock()
		})
	}
}

// ask sends one request and reads the answer.
func (k *kind) ask() error {
	q, err := http.NewRequest(k.method, k.url, strings.NewReader(k.body))
	if err != nil {
		return err
	}
	res, err := reading.Do(q)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s %s: %s: %.200s", k.method, k.url, res.Status, text)
	}
	return err
}

// count is how many requests were answered.
func (r *reads) count() (n int) {
	for _, k := range r.kinds {
		n += len(k.times)
	}
	return n
}

// print writes percentiles in ms of every kind and of all: what half, 95 and 99 of a hundred stayed below, and the
// slowest.
func (r *reads) print(w io.Writer) {
	var all []time.Duration
	fmt.Fprintf(w, "%-18s %7s %9s %9s %9s %9s\n", "ms", "reads", "p50", "p95", "p99", "most")
	row := func(name string, times []time.Duration) {
		if len(times) == 0 {
			return
		}
		slices.Sort(times)
		at := func(share float64) float64 {
			return float64(times[int(share*float64(len(times)-1))].Microseconds()) / 1000
		}
		fmt.Fprintf(w, "%-18s %7d %9.1f %9.1f %9.1f %9.1f\n", name, len(times), at(.5), at(.95), at(.99), at(1))
	}
	for _, k := range r.kinds {
		row(k.name, k.times)
		all = append(all, k.times...)
	}
	row("together", all)
}
