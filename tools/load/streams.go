package main

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// followers are clients of event streams.
type followers struct {
	failure
	group  sync.WaitGroup
	begun  atomic.Int64 // that have their first event
	events int64
}

var streaming = &http.Client{Transport: &http.Transport{
	DialContext: (&net.Dialer{Timeout: 5 * time.Second}).DialContext}}

// start follows one stream until ctx ends. A stream that ends before, or has a gap, is an error.
func (f *followers) start(ctx context.Context, url string) {
	f.group.Go(func() {
		err := f.follow(ctx, url)
		if ctx.Err() == nil {
			f.add(fmt.Errorf("a stream ended early: %w", err))
		}
	})
}

// follow reads a stream and checks that its events are numbered without a gap. It always returns an error: a stream has
// no good end here.
func (f *followers) follow(ctx context.Context, url string) error {
	r, err := http.NewRequestWithContext(ctx, "GET", url, nil)
	if err != nil {
		return err
	}
	res, err := streaming.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", url, res.Status)
	}
	lines, last := bufio.NewScanner(res.Body), 0
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		id, is := strings.CutPrefix(lines.Text(), "id: ")
		if !is {
			continue
		}
		if id != fmt.Sprint(last+1) {
			f.add(fmt.Errorf("event %s follows event %d", id, last))
		}
		if last++; last == 1 {
			f.begun.Add(1)
		}
		atomic.AddInt64(&f.events, 1)
	}
	if err := lines.Err(); err != nil {
		return err
	}
	return fmt.Errorf("no more events of %s after %d", url, last)
}

// wait waits until all streams have begun.
func (f *followers) wait(n int) error {
	for range 200 {
		if f.begun.Load() == int64(n) {
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return fmt.Errorf("%d of %d streams have begun after 20 s: %w", f.begun.Load(), n, f.err)
}
