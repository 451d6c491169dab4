package pull

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"wafer/nn/format/foreign"
)

// maxFile is the most that one file may hold, bytes.
const maxFile = 1 << 30

// Fetcher fetches files into a folder, where a fetch that broke off goes on and what is there is not fetched again.
type Fetcher struct {
	Folder string
	// Mirror takes the place of the hosts: an address, or a folder, to which host and path of a file are joined:
	// huggingface.co/BAAI/…/config.json. "": none.
	Mirror string
	HTTP   *http.Client // nil: one that follows redirections to https only
	// Patience is how long a host may be silent, or fail again and again without one byte more; 0: a minute.
	Patience time.Duration
}

// errGone are answers that do not change by waiting.
var errGone = errors.New("the host refuses")

// Fetch gives all files of a model, checked. progress, if given, is told the bytes of them that are here.
func (f Fetcher) Fetch(ctx context.Context, e Entry, progress func(done int64)) (foreign.Files, error) {
	if progress == nil {
		progress = func(int64) {}
	}
	var all foreign.Files
	var before int64
	for _, file := range e.Files {
		b, err := f.file(ctx, e, file, func(n int64) { progress(before + n) })
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", e.Name, file.Path, err)
		}
		before += int64(len(b))
		all = append(all, foreign.File{Name: file.Path, Data: b})
	}
	return all, nil
}

// Forget removes what Fetch has left of a model.
func (f Fetcher) Forget(e Entry) error {
	var errs []error
	for _, file := range e.Files {
		if err := os.Remove(f.name(e, file)); !errors.Is(err, os.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// name is of a file that is whole and right.
func (f Fetcher) name(e Entry, file File) string {
	return filepath.Join(f.Folder, e.Name+"-"+strings.ReplaceAll(file.Path, "/", "-"))
}

// file is a file that is here, or comes.
func (f Fetcher) file(ctx context.Context, e Entry, file File, progress func(int64)) ([]byte, error) {
	if err := os.MkdirAll(f.Folder, 0o755); err != nil {
		return nil, err
	}
	name := f.name(e, file)
	if b, err := os.ReadFile(name); err == nil && file.matches(b) == nil {
		progress(int64(len(b)))
		return b, nil
	}
	part := name + ".part"
	if err := f.persist(ctx, file, part, progress); err != nil {
		return nil, err
	}
	b, err := os.ReadFile(part)
	if err != nil {
		return nil, err
	}
	if err := file.matches(b); err != nil {
		return nil, errors.Join(err, os.Remove(part))
	}
	return b, os.Rename(part, name)
}

// matches holds content against what the catalogue says.
func (f File) matches(b []byte) error {
	sum := sha256.Sum256(b)
	if got := hex.EncodeToString(sum[:]); !strings.HasPrefix(got, f.SHA256) {
		return fmt.Errorf("expected content whose SHA-256 begins with %.12s, found %.12s: it is not the published file",
			f.SHA256, got)
	}
	return nil
}

// persist fetches until all is here, the host refuses, or nothing more comes for as long as the fetcher's patience.
func (f Fetcher) persist(ctx context.Context, file File, part string, progress func(int64)) error {
	patience := f.Patience
	if patience == 0 {
		patience = time.Minute
	}
	last, until, wait := int64(-1), time.Now().Add(patience), 100*time.Millisecond
	for {
		n, err := f.attempt(ctx, file, part, patience, progress)
		if err == nil || ctx.Err() != nil || errors.Is(err, errGone) {
			return errors.Join(ctx.Err(), err)
		}
		if n > last {
			last, until, wait = n, time.Now().Add(patience), 100*time.Millisecond
		}
		if time.Now().Add(wait).After(until) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
		wait = min(2*wait, 5*time.Second)
	}
}

// attempt asks once for what is missing of a file, and returns how much of it is there.
func (f Fetcher) attempt(ctx context.Context, file File, part string, patience time.Duration,
	progress func(int64)) (n int64, err error) {
	out, err := os.OpenFile(part, os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return 0, fmt.Errorf("%w: %w", errGone, err)
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	have, err := out.Seek(0, io.SeekEnd)
	if err != nil {
		return 0, fmt.Errorf("%w: %w", errGone, err)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	body, start, total, err := f.open(ctx, file, have)
	if err != nil {
		return have, err
	}
	defer body.Close()
	if total > maxFile || file.Size > 0 && total >= 0 && total != file.Size {
		return have, fmt.Errorf("%w: it has %d bytes, expected %s", errGone, total, file.expected())
	}
	if _, err := out.Seek(start, io.SeekStart); err != nil {
		return have, err
	}
	if err := out.Truncate(start); err != nil {
		return have, err
	}
	silent := time.AfterFunc(patience, cancel)
	defer silent.Stop()
	return pour(out, body, start, total, func(n int64) {
		silent.Reset(patience)
		progress(n)
	})
}

// pour writes a file's bytes from n on, of total, -1 if that is not known, and returns how many are there then. came is
// told after every piece.
func pour(out io.Writer, body io.Reader, n, total int64, came func(n int64)) (int64, error) {
	in := io.LimitReader(body, maxFile+1-n)
	for chunk := make([]byte, 256<<10); ; {
		k, err := in.Read(chunk)
		if k > 0 {
			if _, err := out.Write(chunk[:k]); err != nil {
				return n, fmt.Errorf("%w: %w", errGone, err) // the disk is full
			}
			n += int64(k)
			came(n)
		}
		switch {
		case n > maxFile:
			return n, fmt.Errorf("%w: it has more than %d bytes", errGone, int64(maxFile))
		case err == io.EOF && total >= 0 && n < total:
			return n, fmt.Errorf("the connection broke after %d of %d bytes", n, total)
		case err == io.EOF:
			return n, nil
		case err != nil:
			return n, err
		}
	}
}

func (f File) expected() string {
	if f.Size > 0 {
		return fmt.Sprint(f.Size)
	}
	return fmt.Sprintf("at most %d", int64(maxFile))
}

// open gives a file's bytes from start on, which is have where the host can, else 0, and how many it has in all, -1 if
// that is not said.
func (f Fetcher) open(ctx context.Context, file File, have int64) (body io.ReadCloser, start, total int64, err error) {
	address, folder, err := f.address(file)
	if err != nil {
		return nil, 0, 0, fmt.Errorf("%w: %w", errGone, err)
	}
	if folder {
		return openLocal(address, have)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, 0, 0, fmt.Errorf("%w: %w", errGone, err)
	}
	if have > 0 {
		r.Header.Set("Range", fmt.Sprintf("bytes=%d-", have))
	}
	res, err := f.client().Do(r)
	if err != nil {
		return nil, 0, 0, err
	}
	return answered(res, have)
}

// answered reads the status of an answer to a request for what comes after have bytes.
func answered(res *http.Response, have int64) (body io.ReadCloser, start, total int64, err error) {
	switch s := res.StatusCode; {
	case s == http.StatusOK:
		return res.Body, 0, res.ContentLength, nil
	case s == http.StatusPartialContent:
		var to int64
		if _, err := fmt.Sscanf(res.Header.Get("Content-Range"), "bytes %d-%d/%d", &start, &to, &total); err == nil &&
			start == have {
			return res.Body, start, total, nil
		}
	case s == http.StatusRequestedRangeNotSatisfiable: // all is here already, or it is something else: the hash tells
		res.Body.Close()
		return io.NopCloser(strings.NewReader("")), have, -1, nil
	case s == http.StatusTooManyRequests || s >= 500:
		res.Body.Close()
		return nil, 0, 0, fmt.Errorf("the host answers %s", res.Status)
	}
	res.Body.Close()
	return nil, 0, 0, fmt.Errorf("%w: it answers %s", errGone, res.Status)
}

func openLocal(name string, have int64) (body io.ReadCloser, start, total int64, err error) {
	in, err := os.Open(name)
	if err != nil {
		return nil, 0, 0, fmt.Errorf("%w: %w", errGone, err)
	}
	info, err := in.Stat()
	if err == nil && have <= info.Size() {
		start = have
		_, err = in.Seek(start, io.SeekStart)
	}
	if err != nil {
		return nil, 0, 0, fmt.Errorf("%w: %w", errGone, errors.Join(err, in.Close()))
	}
	return in, start, info.Size(), nil
}

// address is where a file is fetched from, with the mirror in place of its host.
func (f Fetcher) address(file File) (address string, folder bool, err error) {
	if f.Mirror == "" {
		return file.URL, false, nil
	}
	u, err := url.Parse(file.URL)
	if err != nil {
		return "", false, err
	}
	if strings.HasPrefix(f.Mirror, "http://") || strings.HasPrefix(f.Mirror, "https://") {
		return strings.TrimRight(f.Mirror, "/") + "/" + u.Host + u.EscapedPath(), false, nil
	}
	return filepath.Join(f.Mirror, u.Host, filepath.FromSlash(u.Path)), true, nil
}

func (f Fetcher) client() *http.Client {
	if f.HTTP != nil {
		return f.HTTP
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.ResponseHeaderTimeout = 30 * time.Second
	plain := strings.HasPrefix(f.Mirror, "http://")
	return &http.Client{Transport: transport, CheckRedirect: func(r *http.Request, via []*http.Request) error {
		if len(via) >= 5 || r.URL.Scheme != "https" && !plain {
			return fmt.Errorf("%w: it leads to %s", errGone, r.URL)
		}
		return nil
	}}
}
