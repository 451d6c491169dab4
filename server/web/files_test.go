package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"wafer/server/api"
	"wafer/server/store"
)

// content is bytes that differ from part to part.
func content(n int) []byte {
	b := make([]byte, n)
	r := rand.NewChaCha8([32]byte{byte(n)})
	r.Read(b)
	return b
}

func TestAnUploadGoesOnWhereItStopped(t *testing.T) {
	x := start(t)
	whole := content(3<<20 + 100)
	ref := store.RefOf(whole)
	path := fmt.Sprintf("/api/files/%s?size=%d", ref.SHA256, ref.Size)
	x.want(x.ask("GET", "/api/files/"+ref.SHA256, nil), 404, "does not have")
	if u := into[api.Upload](x, x.ask("POST", path, nil)); u != (api.Upload{SHA256: ref.SHA256, Size: ref.Size}) {
		t.Errorf("a new upload: got %+v", u)
	}
	if u := into[api.Upload](x, x.ask("PATCH", path, whole[:1<<20+10], "Upload-Offset", "0")); u.Offset != 1<<20 {
		t.Errorf("after a part and a bit: got offset %d", u.Offset)
	}
	x.want(x.ask("PATCH", path, whole[:1<<20], "Upload-Offset", "0"), 409, "another place")
	x.want(x.ask("PATCH", path, whole[1<<20:1<<20+5], "Upload-Offset", "1048576"), 400, "a part")
	x.want(x.ask("GET", "/api/files/"+ref.SHA256, nil), 404, "does not have")
	if u := into[api.Upload](x, x.ask("POST", path, nil)); u.Offset != 1<<20 {
		t.Errorf("asked where to go on: got %d", u.Offset)
	}
	if u := into[api.Upload](x, x.ask("PATCH", path, whole[1<<20:], "Upload-Offset", "1048576")); u.Offset != ref.Size {
		t.Errorf("at the end: got %d", u.Offset)
	}
	got := x.ask("GET", "/api/files/"+ref.SHA256, nil)
	if got.status != 200 || !bytes.Equal(got.body, whole) || got.header.Get("ETag") != `"`+ref.SHA256+`"` {
		t.Errorf("got %d, %d bytes, %v", got.status, len(got.body), got.header)
	}
	x.want(x.ask("DELETE", "/api/files/"+ref.SHA256, nil), 204, "")
	if got := x.ask("HEAD", "/api/files/"+ref.SHA256, nil); got.status != 200 ||
		got.header.Get("Content-Length") != fmt.Sprint(ref.Size) {
		t.Errorf("complete content did not survive that its upload was abandoned: %d %v", got.status, got.header)
	}
}

func TestPartsOfAFile(t *testing.T) {
	x := start(t)
	whole := content(2<<20 + 7)
	path := "/api/files/" + x.upload(whole).SHA256
	for _, c := range []struct {
		ask      string
		from, to int
		status   int
	}{
		{"bytes=0-9", 0, 10, 206}, {"bytes=1048570-1048580", 1048570, 1048581, 206},
		{"bytes=-7", 2 << 20, 2<<20 + 7, 206},
		{"bytes=2097152-", 2 << 20, 2<<20 + 7, 206}, {"bytes=0-0,9-9", 0, len(whole), 200}, {"nonsense", 0, 0, 416},
	} {
		got := x.ask("GET", path, nil, "Range", c.ask)
		if got.status != c.status || c.status < 300 && !bytes.Equal(got.body, whole[c.from:c.to]) {
			t.Errorf("Range %s: got %d with %d bytes", c.ask, got.status, len(got.body))
		}
	}
	if got := x.ask("GET", path, nil, "If-None-Match", `"`+filepath.Base(path)+`"`); got.status != 304 {
		t.Errorf("unchanged content: got %d", got.status)
	}
}

func TestUploadsThatLie(t *testing.T) {
	x := start(t)
	ref := store.RefOf([]byte("hello"))
	path := fmt.Sprintf("/api/files/%s?size=5", ref.SHA256)
	into[api.Upload](x, x.ask("POST", path, nil))
	x.want(x.ask("PATCH", path, "world", "Upload-Offset", "0"), 422, "hash that was announced")
	x.want(x.ask("PATCH", path, "hello", "Upload-Offset", "0"), 200, `"offset":5`)
	x.want(x.ask("POST", fmt.Sprintf("/api/files/%s?size=6", ref.SHA256), nil), 422, "not 6")
}

// Damage is told as an error when nothing was sent yet, and else by a connection that breaks; then the content is
// withdrawn.
func TestDamagedContentIsNeverServed(t *testing.T) {
	for name, c := range map[string]struct{ part, parts int }{"first part": {0, 1}, "later part": {2, 3}} {
		t.Run(name, func(t *testing.T) {
			x := start(t)
			whole := content(c.parts << 20)
			f := x.upload(whole)
			part := filepath.Join(x.folder, "part", f.SHA256, fmt.Sprintf("%05d", c.part))
			if err := os.WriteFile(part, content(1 << 20)[1:], 0o600); err != nil {
				t.Fatal(err)
			}
			if c.part == 0 {
				got := x.want(x.ask("GET", "/api/files/"+f.SHA256, nil), 410, "damaged")
				if got.header.Get("ETag") != "" || got.header.Get("Cache-Control") != "no-store" {
					t.Errorf("an error can be cached: %v", got.header)
				}
			} else {
				res, err := http.Get(x.url + "/api/files/" + f.SHA256)
				if err != nil {
					t.Fatal(err)
				}
				defer res.Body.Close()
				got, err := io.ReadAll(res.Body)
				if err == nil || len(got) > c.part<<20 || !bytes.Equal(got, whole[:len(got)]) {
					t.Errorf("got %d bytes and %v, expected a connection that breaks before the damage", len(got), err)
				}
			}
			x.want(x.ask("GET", "/api/files/"+f.SHA256, nil), 404, "does not have")
			x.upload(whole)
			if got := x.ask("GET", "/api/files/"+f.SHA256, nil); !bytes.Equal(got.body, whole) {
				t.Error("uploaded once more, the content is not there")
			}
		})
	}
}

// A page that goes away in the middle of a chunk loses less than a part, and the next one goes on.
func TestAPageThatGoesAwayDuringAnUpload(t *testing.T) {
	x := start(t)
	whole := content(4 << 20)
	ref := store.RefOf(whole)
	path := fmt.Sprintf("/api/files/%s?size=%d", ref.SHA256, ref.Size)
	ctx, leave := context.WithCancel(t.Context())
	from, to := io.Pipe()
	r, _ := http.NewRequestWithContext(ctx, "PATCH", x.url+path, from)
	r.Header.Set("Upload-Offset", "0")
	r.ContentLength = ref.Size
	ended := make(chan error, 1)
	go func() {
		res, err := http.DefaultTransport.RoundTrip(r)
		if err == nil {
			res.Body.Close()
		}
		ended <- err
	}()
	if _, err := to.Write(whole[:2<<20+64<<10]); err != nil {
		t.Fatal(err)
	}
	standing := func() int64 { return into[api.Upload](x, x.ask("POST", path, nil)).Offset }
	for ; standing() < 2<<20; time.Sleep(time.Millisecond) { // until the server has what was sent
	}
	leave()
	to.CloseWithError(context.Canceled)
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the request ended with %v", err)
	}
	for ; x.transfers.count() > 0; time.Sleep(time.Millisecond) { // until it has noticed
	}
	if at := standing(); at != 2<<20 {
		t.Errorf("the upload goes on at %d, expected %d", at, 2<<20)
	}
	x.upload(whole)
	if got := x.ask("GET", "/api/files/"+ref.SHA256, nil); !bytes.Equal(got.body, whole) {
		t.Error("the content is not what was sent")
	}
}

// A body that comes slowly, a stream and a download that take long outlast the server's limits for requests.
func TestSlowIsNotTooSlow(t *testing.T) {
	x := start(t)
	const limit = 100 * time.Millisecond
	srv := httptest.NewUnstartedServer(x.handler())
	srv.Config.ReadTimeout, srv.Config.WriteTimeout = limit, limit
	srv.Start()
	t.Cleanup(srv.Close)
	x.url = srv.URL
	j := x.submitted()
	began, ended := time.Now(), make(chan uint64)
	go func() {
		var last uint64
		x.listen(j.ID, "", func(e sent) bool { last = e.data.Seq; return true })
		ended <- last
	}()
	whole := content(5 << 20)
	ref := store.RefOf(whole)
	path := fmt.Sprintf("/api/files/%s?size=%d", ref.SHA256, ref.Size)
	got := x.ask("PATCH", path, &slow{from: bytes.NewReader(whole), every: 1 << 20, pause: limit}, "Upload-Offset", "0")
	if u := into[api.Upload](x, got); u.Offset != ref.Size {
		t.Errorf("the upload stands at %d", u.Offset)
	}
	res, err := http.Get(x.url + "/api/files/" + ref.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if b, err := io.ReadAll(&slow{from: res.Body, every: 1 << 20, pause: limit}); err != nil || !bytes.Equal(b, whole) {
		t.Errorf("the download: %d bytes, %v", len(b), err)
	}
	x.want(x.ask("POST", "/api/jobs/"+j.ID+"/cancel", nil), 200, "")
	if last := <-ended; last != 2 || time.Since(began) < 5*limit {
		t.Errorf("the stream ended with event %d after %v", last, time.Since(began))
	}
}

// slow reads with pauses.
type slow struct {
	from        io.Reader
	every, left int
	pause       time.Duration
}

func (s *slow) Read(b []byte) (int, error) {
	if s.left <= 0 {
		s.left = s.every
		time.Sleep(s.pause)
	}
	n, err := s.from.Read(b)
	s.left -= n
	return n, err
}

// Uploads that are begun and left keep nobody out: asking takes no place, and one caller's uploads leave places to
// others.
func TestUploadsBegunAndLeft(t *testing.T) {
	x := startClosed(t)
	as := func(role api.Role) []string { return []string{"Authorization", "Bearer " + x.tokens[role]} }
	half := func(i int) (address string, part []byte) {
		b := bytes.Repeat(fmt.Appendf(nil, "%08d", i), 2*MinChunk/8)
		return fmt.Sprintf("/api/files/%s?size=%d", store.RefOf(b).SHA256, len(b)), b[:MinChunk]
	}
	for i := range 100 {
		address, _ := half(i)
		x.want(x.ask("POST", address, nil, as(api.Submitter)...), 200, `"offset":0`)
	}
	for i := range 17 {
		address, part := half(i)
		got := x.ask("PATCH", address, part, append(as(api.Submitter), "Upload-Offset", "0")...)
		if i < 16 {
			x.want(got, 200, fmt.Sprintf(`"offset":%d`, MinChunk))
		} else {
			x.want(got, 429, "one caller's")
		}
	}
	x.upload([]byte("another caller's"), as(api.Admin)...)
	address, _ := half(3)
	x.want(x.ask("DELETE", address, nil, as(api.Submitter)...), 204, "")
	address, part := half(16)
	x.want(x.ask("PATCH", address, part, append(as(api.Submitter), "Upload-Offset", "0")...), 200, "")
}
