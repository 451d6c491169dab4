package client

import (
	"net/url"
	"strconv"

	"wafer/server/api"
)

// Server calls the HTTP interface of docs/http-api.md. Its methods block; errors are *Error.
type Server struct{}

// Info says what the server does for this page.
func (Server) Info() (info api.Server, err error) {
	return info, ask("GET", "/api/server", nil, nil, &info)
}

// SignIn makes the browser known to the server until SignOut.
func (Server) SignIn(token string) error {
	return ask("POST", "/api/session", nil, api.Session{Token: token}, nil)
}

// SignOut makes the server forget the browser.
func (Server) SignOut() error { return ask("DELETE", "/api/session", nil, nil, nil) }

// Jobs lists the newest jobs, as many as the server puts on a page, without what only one of them shows.
func (Server) Jobs() (list api.Jobs, err error) {
	return list, ask("GET", "/api/jobs", nil, nil, &list)
}

// Job returns one job.
func (Server) Job(id string) (job api.Job, err error) {
	return job, ask("GET", jobURL(id), nil, nil, &job)
}

// Pulls lists the public models that the server can fetch, and how far each is.
func (Server) Pulls() (list []api.Pull, err error) {
	return list, ask("GET", "/api/pulls", nil, nil, &list)
}

// Pull makes the server fetch a public model; EndPull stops that.
func (Server) Pull(name string) error    { return ask("POST", pullURL(name), nil, nil, nil) }
func (Server) EndPull(name string) error { return ask("DELETE", pullURL(name), nil, nil, nil) }

// Submit makes a job. The same key twice gives the same job.
func (Server) Submit(spec api.Spec, key string) (job api.Job, err error) {
	return job, ask("POST", "/api/jobs", map[string]string{"Idempotency-Key": key}, spec, &job)
}

// Move asks for one of the moves that people may ask for.
func (Server) Move(id string, m api.Move) (job api.Job, err error) {
	return job, ask("POST", jobURL(id)+"/"+string(m), nil, nil, &job)
}

// Delete forgets a job that has ended.
func (Server) Delete(id string) error { return ask("DELETE", jobURL(id), nil, nil, nil) }

// Begin begins an upload or goes on with one: the answer says where.
func (Server) Begin(f api.File) (u api.Upload, err error) {
	return u, ask("POST", fileURL(f.SHA256)+sizeOf(f), nil, nil, &u)
}

// Send sends the next piece of an upload.
func (Server) Send(f api.File, offset int64, piece []byte) (u api.Upload, err error) {
	a, err := call("PATCH", fileURL(f.SHA256)+sizeOf(f),
		map[string]string{"Upload-Offset": strconv.FormatInt(offset, 10),
			"Content-Type": "application/octet-stream"}, piece)
	if err != nil {
		return u, err
	}
	return u, read(a, &u)
}

// Abandon gives up an upload. What is complete stays.
func (Server) Abandon(sha256 string) error { return ask("DELETE", fileURL(sha256), nil, nil, nil) }

// File returns content.
func (Server) File(sha256 string) ([]byte, error) {
	a, err := call("GET", fileURL(sha256), nil, nil)
	return a.body, err
}

func jobURL(id string) string { return "/api/jobs/" + url.PathEscape(id) }

func pullURL(name string) string { return "/api/pulls/" + url.PathEscape(name) }

func fileURL(sha256 string) string { return "/api/files/" + sha256 }

func sizeOf(f api.File) string { return "?size=" + strconv.FormatInt(f.Size, 10) }
