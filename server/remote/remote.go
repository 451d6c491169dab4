// Package remote calls a Wafer server over HTTP, as docs/http-api.md describes. What fails for a moment is tried
// again: uploads, downloads and event streams go on where they stopped.
package remote

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"wafer/server/api"
)

// Error is an answer that is not a success.
type Error struct {
	Status  int
	Text    string   // a sentence
	Missing []string // hashes of files that have to be uploaded first
	wait    time.Duration
}

func (e *Error) Error() string { return "the server says: " + e.Text }

// passing reports whether the same request may succeed later.
func (e *Error) passing() bool {
	switch e.Status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// Client is one server for one caller. Its methods may be called from several goroutines.
type Client struct {
	Patience time.Duration // how long to try when the server does not answer; default two minutes

	url   string
	token string
	http  *http.Client
}

// New makes a client of a server by its address, such as "https://wafer.example.org". The token may be "".
func New(server, token string) (*Client, error) {
	u, err := url.Parse(server)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, fmt.Errorf("the address of a server is such as http://127.0.0.1:8080, found %q", server)
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.ResponseHeaderTimeout = 2 * time.Minute
	return &Client{Patience: 2 * time.Minute, url: strings.TrimRight(server, "/"), token: token,
		http: &http.Client{Transport: transport}}, nil
}

// request asks once. The caller closes the body of an answer.
func (c *Client) request(ctx context.Context, method, path string, body io.Reader, size int64,
	headers ...string) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, method, c.url+path, body)
	if err != nil {
		return nil, err
	}
	if body != nil {
		r.ContentLength = size
		r.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	for i := 0; i < len(headers); i += 2 {
		if headers[i+1] != "" {
			r.Header.Set(headers[i], headers[i+1])
		}
	}
	res, err := c.http.Do(r)
	if err != nil {
		return nil, err
	}
	if res.StatusCode >= 300 {
		defer res.Body.Close()
		return nil, errorOf(res)
	}
	return res, nil
}

func errorOf(res *http.Response) error {
	text, _ := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	var said api.Error
	if json.Unmarshal(text, &said) != nil || said.Error == "" {
		said.Error = res.Status
	}
	seconds, _ := strconv.Atoi(res.Header.Get("Retry-After"))
	return &Error{Status: res.StatusCode, Text: said.Error, Missing: said.Missing,
		wait: time.Duration(seconds) * time.Second}
}

// persist tries until it succeeds, fails for good, or nothing went on for as long as the client's patience. try reports
// whether it got further.
func (c *Client) persist(ctx context.Context, try func() (further bool, err error)) error {
	until, wait := time.Now().Add(c.Patience), 100*time.Millisecond
	for {
		further, err := try()
		if further {
			until, wait = time.Now().Add(c.Patience), 100*time.Millisecond
		}
		if err == nil || ctx.Err() != nil {
			return err
		}
		var said *Error
		if errors.As(err, &said) && !said.passing() {
			return err
		}
		pause := wait
		if said != nil {
			pause = max(pause, said.wait)
		}
		if time.Now().Add(pause).After(until) {
			return err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return ctx.Err()
		}
		wait = min(2*wait, 5*time.Second)
	}
}

// call sends JSON, if any, and reads JSON, if anything is wanted.
func (c *Client) call(ctx context.Context, method, path string, send, want any, headers ...string) error {
	var text []byte
	if send != nil {
		var err error
		if text, err = json.Marshal(send); err != nil {
			return err
		}
	}
	return c.persist(ctx, func() (bool, error) {
		var body io.Reader
		if send != nil {
			body = bytes.NewReader(text)
		}
		res, err := c.request(ctx, method, path, body, int64(len(text)), headers...)
		if err != nil {
			return false, err
		}
		defer res.Body.Close()
		if want == nil {
			return false, nil
		}
		return false, json.NewDecoder(res.Body).Decode(want)
	})
}

// Server says what the server does for this caller.
func (c *Client) Server(ctx context.Context) (s api.Server, err error) {
	err = c.call(ctx, "GET", "/api/server", nil, &s)
	return s, err
}

// Submit puts a job into the queue. The key makes sure that trying again does not make a second one. The error
// for files that are not uploaded is an *Error with Missing.
func (c *Client) Submit(ctx context.Context, spec api.Spec, key string) (j api.Job, err error) {
	err = c.call(ctx, "POST", "/api/jobs", spec, &j, "Idempotency-Key", key)
	return j, err
}

// Jobs are all jobs, newest first, as lists have them, and the IDs of those that the server cannot read.
func (c *Client) Jobs(ctx context.Context) (all []api.Job, damaged []string, err error) {
	for after := ""; ; {
		var page api.Jobs
		if err := c.call(ctx, "GET", "/api/jobs?limit=1000&after="+url.QueryEscape(after), nil, &page); err != nil {
			return nil, nil, err
		}
		all, damaged, after = append(all, page.Jobs...), page.Damaged, page.Next
		if after == "" {
			return all, damaged, nil
		}
	}
}

// Job is one job as it stands.
func (c *Client) Job(ctx context.Context, id string) (j api.Job, err error) {
	err = c.call(ctx, "GET", "/api/jobs/"+url.PathEscape(id), nil, &j)
	return j, err
}

// Move pauses, resumes, cancels or retries a job.
func (c *Client) Move(ctx context.Context, id string, m api.Move) (j api.Job, err error) {
	err = c.call(ctx, "POST", "/api/jobs/"+url.PathEscape(id)+"/"+string(m), nil, &j)
	return j, err
}

// Delete forgets a job that has ended.
func (c *Client) Delete(ctx context.Context, id string) error {
	return c.call(ctx, "DELETE", "/api/jobs/"+url.PathEscape(id), nil, nil)
}
