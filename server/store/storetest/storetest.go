// Package storetest is the one suite for stores: it runs over a folder, over a server in the
// test's process and over a cluster.
package storetest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"wafer/server/store"
)

// Open opens an empty store; reopen opens the same one as a process that starts anew does.
type Open func(t *testing.T, o store.Options) (s *store.Store, reopen func() *store.Store)

// Run runs the suite. Every test has a store of its own.
func Run(t *testing.T, open Open) {
	for name, test := range map[string]func(*testing.T, Open){
		"content by its hash":               content,
		"an upload goes on where it was":    resume,
		"what has the wrong hash":           mismatch,
		"an upload is its caller's":         ofCaller,
		"ranges":                            ranges,
		"names":                             names,
		"names that are given away at once": namesAtOnce,
		"collection":                        collect,
		"records":                           records,
		"two who upload the same":           together,
		"limits":                            limits,
		"writers, readers and a collection": mixed,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, func(t *testing.T, o store.Options) (*store.Store, func() *store.Store) {
				o.Part = part
				return open(t, o)
			})
		})
	}
}

// part is small, so that content of several parts is quickly written.
const part = 64 << 10

// Bytes makes content that does not compress.
func Bytes(seed uint64, n int) []byte {
	b := make([]byte, n)
	random := rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8)})
	random.Read(b)
	return b
}

// Put stores content.
func Put(t testing.TB, s *store.Store, b []byte) store.Ref {
	t.Helper()
	r := store.RefOf(b)
	if err := s.Put(context.Background(), r, bytes.NewReader(b)); err != nil {
		t.Fatal(err)
	}
	return r
}

// Has checks that content is there whole.
func Has(t testing.TB, s *store.Store, b []byte) {
	t.Helper()
	got, err := s.Get(context.Background(), store.RefOf(b).SHA256, int64(len(b)))
	if err != nil || !bytes.Equal(got, b) {
		t.Errorf("content of %d bytes: got %d, %v", len(b), len(got), err)
	}
}

// Lacks checks that content is not there.
func Lacks(t testing.TB, s *store.Store, r store.Ref) {
	t.Helper()
	_, err := s.Open(context.Background(), r.SHA256)
	fails(t, "opening what is not there", err, store.ErrNotFound)
}

func fails(t testing.TB, what string, err, expected error) {
	t.Helper()
	if !errors.Is(err, expected) {
		t.Errorf("%s: got %v, expected %v", what, err, expected)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func content(t *testing.T, open Open) {
	s, reopen := open(t, store.Options{})
	for i, n := range []int{0, 1, part - 1, part, part + 1, 3*part + 5} {
		b := Bytes(uint64(i), n)
		r := store.RefOf(b)
		Lacks(t, s, r)
		Put(t, s, b)
		Put(t, s, b) // again
		Has(t, s, b)
		if got, err := s.Stat(t.Context(), r.SHA256); err != nil || got != r {
			t.Errorf("stat: got %v, %v", got, err)
		}
		if at, err := s.Begin(t.Context(), r); err != nil || at != r.Size {
			t.Errorf("beginning what is there: at %d, %v", at, err)
		}
		Has(t, reopen(), b)
		must(t, s.Remove(t.Context(), r.SHA256))
		Lacks(t, s, r)
		fails(t, "removing what is not there", s.Remove(t.Context(), r.SHA256), store.ErrNotFound)
	}
	for _, digest := range []string{"", "x", "../../etc/passwd", strings.Repeat("A", 64), strings.Repeat("0", 63)} {
		_, err := s.Stat(t.Context(), digest)
		fails(t, "stat of "+digest, err, store.ErrBadDigest)
		_, err = s.Begin(t.Context(), store.Ref{SHA256: digest, Size: 1})
		fails(t, "upload of "+digest, err, store.ErrBadDigest)
		fails(t, "removing "+digest, s.Remove(t.Context(), digest), store.ErrBadDigest)
	}
}

// breaking gives some bytes and then an error, like a page that goes away.
type breaking struct{ io.Reader }

var errGone = errors.New("the page has gone")

func (b breaking) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err == io.EOF {
		err = errGone
	}
	return n, err
}

func resume(t *testing.T, open Open) {
	s, reopen := open(t, store.Options{})
	b := Bytes(1, 4*part+100)
	r := store.RefOf(b)
	at, err := s.Begin(t.Context(), r)
	if err != nil || at != 0 {
		t.Fatalf("begins at %d, %v", at, err)
	}
	at, err = s.Append(t.Context(), r, 0, breaking{bytes.NewReader(b[:part+part/2])})
	if fails(t, "a page that goes away", err, errGone); at != part {
		t.Errorf("kept %d bytes, expected one part", at)
	}
	Lacks(t, s, r)
	at, err = s.Append(t.Context(), r, 0, bytes.NewReader(b))
	if fails(t, "a chunk for another place", err, store.ErrOffset); at != part {
		t.Errorf("the next place is %d, expected %d", at, part)
	}
	at, err = s.Append(t.Context(), r, at, bytes.NewReader(b[at:at+part-1]))
	if fails(t, "a chunk of less than a part", err, store.ErrShort); at != part {
		t.Errorf("the next place is %d, expected %d", at, part)
	}
	at, err = s.Append(t.Context(), r, at, bytes.NewReader(b[at:at+2*part+1]))
	if must(t, err); at != 3*part {
		t.Errorf("the next place is %d, expected three parts", at)
	}
	s = reopen()
	at, err = s.Begin(t.Context(), r)
	if must(t, err); at != 3*part {
		t.Errorf("after starting anew: at %d, expected three parts", at)
	}
	Lacks(t, s, r)
	at, err = s.Append(t.Context(), r, at, bytes.NewReader(b[at:]))
	if must(t, err); at != r.Size {
		t.Errorf("ends at %d of %d", at, r.Size)
	}
	Has(t, s, b)
	at, err = s.Append(t.Context(), r, 0, bytes.NewReader(b)) // a client that never got the answer
	if must(t, err); at != r.Size {
		t.Errorf("once more: ends at %d of %d", at, r.Size)
	}

	b = Bytes(2, 2*part)
	r = store.RefOf(b)
	_, err = s.Append(t.Context(), r, 0, bytes.NewReader(b[:part]))
	must(t, err)
	must(t, s.Abandon(t.Context(), "", r.SHA256))
	if at, err := s.Begin(t.Context(), r); err != nil || at != 0 {
		t.Errorf("an abandoned upload begins at %d, %v", at, err)
	}
	Put(t, s, b)
	must(t, s.Abandon(t.Context(), "", r.SHA256)) // too late
	Has(t, s, b)
}

// ofCaller: whoever knows the hash of what another uploads can neither end that nor have its parts thrown away.
func ofCaller(t *testing.T, open Open) {
	s, _ := open(t, store.Options{})
	b := Bytes(1, 3*part)
	r := store.RefOf(b)
	at, err := s.AppendBy(t.Context(), "anna", r, 0, bytes.NewReader(b[:2*part]))
	if err != nil || at != 2*part {
		t.Fatalf("two of three parts: %d, %v", at, err)
	}
	for _, size := range []int64{0, part, 2 * part, 4 * part} {
		_, err := s.Begin(t.Context(), store.Ref{SHA256: r.SHA256, Size: size})
		fails(t, fmt.Sprintf("the same with %d bytes", size), err, store.ErrSize)
	}
	fails(t, "another's upload", s.Abandon(t.Context(), "ben", r.SHA256), store.ErrOther)
	_, err = s.Begin(t.Context(), store.Ref{SHA256: store.RefOf(b[1:]).SHA256})
	fails(t, "nothing with the hash of something", err, store.ErrMismatch)
	if at, err = s.AppendBy(t.Context(), "anna", r, at, bytes.NewReader(b[at:])); err != nil || at != r.Size {
		t.Fatalf("the rest: %d, %v", at, err)
	}
	Has(t, s, b)
}

func mismatch(t *testing.T, open Open) {
	s, _ := open(t, store.Options{})
	b := Bytes(1, 2*part+7)
	r := store.RefOf(b)
	wrong := slices.Clone(b)
	wrong[part+3] ^= 1
	at, err := s.Append(t.Context(), r, 0, bytes.NewReader(wrong))
	if fails(t, "a wrong byte", err, store.ErrMismatch); at != 0 {
		t.Errorf("goes on at %d", at)
	}
	Lacks(t, s, r)
	Put(t, s, b)
	Has(t, s, b)
	_, err = s.Begin(t.Context(), store.Ref{SHA256: r.SHA256, Size: r.Size + 1})
	fails(t, "the wrong size", err, store.ErrMismatch)
	_, err = s.Begin(t.Context(), store.Ref{SHA256: strings.Repeat("0", 64), Size: 0})
	fails(t, "a wrong hash of nothing", err, store.ErrMismatch)
	short := store.Ref{SHA256: store.RefOf(Bytes(2, part)).SHA256, Size: part - 1}
	_, err = s.Append(t.Context(), short, 0, bytes.NewReader(Bytes(2, part)))
	fails(t, "less than the hash is of", err, store.ErrMismatch)
}

func ranges(t *testing.T, open Open) {
	s, _ := open(t, store.Options{})
	b := Bytes(1, 2*part+100)
	r := Put(t, s, b)
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		content, err := s.Open(q.Context(), r.SHA256)
		if err != nil {
			t.Error(err)
			return
		}
		http.ServeContent(w, q, "", time.Time{}, content)
	}))
	defer web.Close()
	for _, c := range []struct {
		header   string
		from, to int
	}{
		{"", 0, len(b)}, {"bytes=0-0", 0, 1}, {"bytes=5-", 5, len(b)}, {"bytes=-7", len(b) - 7, len(b)},
		{fmt.Sprintf("bytes=%d-%d", part-2, part+1), part - 2, part + 2},
		{fmt.Sprintf("bytes=%d-%d", 2*part, 9*part), 2 * part, len(b)},
	} {
		q, err := http.NewRequestWithContext(t.Context(), "GET", web.URL, nil)
		must(t, err)
		if c.header != "" {
			q.Header.Set("Range", c.header)
		}
		a, err := http.DefaultClient.Do(q)
		must(t, err)
		got, err := io.ReadAll(a.Body)
		a.Body.Close()
		if err != nil || !bytes.Equal(got, b[c.from:c.to]) {
			t.Errorf("range %q: got %d bytes, %v, expected %d", c.header, len(got), err, c.to-c.from)
		}
	}
	reader, err := s.Open(t.Context(), r.SHA256)
	must(t, err)
	if _, err := reader.Seek(-1, io.SeekStart); err == nil {
		t.Error("a seek before the beginning succeeds")
	}
	if _, err := reader.Seek(10, io.SeekEnd); err != nil {
		t.Error(err)
	}
	if n, err := reader.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		t.Errorf("reading behind the end: %d, %v", n, err)
	}
	_, err = s.Get(t.Context(), r.SHA256, r.Size-1)
	fails(t, "reading more than wanted", err, store.ErrTooLarge)
}

func names(t *testing.T, open Open) {
	s, reopen := open(t, store.Options{MaxNames: 3, MaxMeta: 1000})
	first, second := Put(t, s, []byte("first")), Put(t, s, []byte("second"))
	m := store.Manifest{Name: "digits", File: first, More: map[string]store.Ref{"recipe": second}, License: "CC0-1.0",
		Meta: json.RawMessage(`{"labels":["a"]}`), Created: time.Unix(1000, 0).UTC()}
	must(t, s.SetName(t.Context(), m, store.Any))
	for _, s := range []*store.Store{s, reopen()} {
		got, err := s.Name(t.Context(), "digits")
		if err != nil || got.File != first || got.More["recipe"] != second || got.License != "CC0-1.0" ||
			string(got.Meta) != `{"labels":["a"]}` || !got.Created.Equal(m.Created) {
			t.Errorf("got %+v, %v", got, err)
		}
	}
	fails(t, "removing what a name stands for", s.Remove(t.Context(), second.SHA256), store.ErrInUse)
	m.File, m.More = second, nil
	must(t, s.SetName(t.Context(), m, store.Any))
	must(t, s.Remove(t.Context(), first.SHA256))
	fails(t, "a name for nothing", s.SetName(t.Context(), store.Manifest{Name: "x", File: first}, store.Any),
		store.ErrNotFound)
	for _, name := range []string{"", ".", "..", "a/b", "../x", "A", "é", "-a", strings.Repeat("a", 65), "a\x00"} {
		fails(t, "setting "+name, s.SetName(t.Context(), store.Manifest{Name: name, File: second}, store.Any),
			store.ErrBadName)
		_, err := s.Name(t.Context(), name)
		fails(t, "reading "+name, err, store.ErrBadName)
	}
	m.Meta = json.RawMessage(`"` + strings.Repeat("x", 1000) + `"`)
	fails(t, "a large manifest", s.SetName(t.Context(), m, store.Any), store.ErrTooLarge)
	for _, name := range []string{"a", "z.1_b-c"} {
		must(t, s.SetName(t.Context(), store.Manifest{Name: name, File: second}, store.Any))
	}
	fails(t, "one name too many", s.SetName(t.Context(), store.Manifest{Name: "b", File: second}, store.Any),
		store.ErrTooMany)
	must(t, s.Unname(t.Context(), "a"))
	fails(t, "forgetting twice", s.Unname(t.Context(), "a"), store.ErrNotFound)
	_, err := s.Name(t.Context(), "a")
	fails(t, "a forgotten name", err, store.ErrNotFound)
	all, err := s.Names(t.Context())
	if err != nil || len(all) != 2 || all[0].Name != "digits" || all[1].Name != "z.1_b-c" {
		t.Errorf("all: %+v, %v", all, err)
	}
	Has(t, s, []byte("second"))
}

// namesAtOnce: of those who saw the same and set a name, one succeeds and the others hear of it; nothing is lost
// silently, and of nothing that was replaced anything is left.
func namesAtOnce(t *testing.T, open Open) {
	const callers, rounds = 4, 5
	s, _ := open(t, store.Options{})
	var files []store.Ref
	for i := range callers {
		files = append(files, Put(t, s, Bytes(uint64(i), 100)))
	}
	for round := range rounds {
		seen, err := s.Version(t.Context(), "m")
		must(t, err)
		var all sync.WaitGroup
		errs := make([]error, callers)
		for i := range callers {
			all.Go(func() {
				m := store.Manifest{Name: "m", File: files[i], Created: time.Unix(int64(round), 0).UTC()}
				errs[i] = s.SetName(t.Context(), m, seen)
			})
		}
		all.Wait()
		winner := slices.Index(errs, nil)
		for i, err := range errs {
			if i != winner {
				fails(t, fmt.Sprintf("round %d, caller %d", round, i), err, store.ErrChanged)
			}
		}
		m, err := s.Name(t.Context(), "m")
		if winner < 0 || err != nil || m.File != files[winner] {
			t.Fatalf("round %d: %v; the name stands for %v, %v", round, errs, m.File, err)
		}
		if round == rounds/2 { // what was removed is as if it had never been
			must(t, s.Unname(t.Context(), "m"))
			if seen, err := s.Version(t.Context(), "m"); seen != "" || err != nil {
				t.Errorf("a name that is gone has version %q, %v", seen, err)
			}
			fails(t, "over what is gone", s.SetName(t.Context(), m, "1"), store.ErrChanged)
		}
	}
}

func none(context.Context) (map[string]bool, error) { return nil, nil }

func collect(t *testing.T, open Open) {
	s, reopen := open(t, store.Options{Fresh: time.Millisecond})
	begin := time.Now()
	named, job, lost, touched := Bytes(1, 100), Bytes(2, part+1), Bytes(3, 2*part), Bytes(4, 10)
	must(t, s.SetName(t.Context(), store.Manifest{Name: "m", File: Put(t, s, named)}, store.Any))
	Put(t, s, job)
	gone := Put(t, s, lost)
	Put(t, s, touched)
	half := Bytes(5, 2*part)
	_, err := s.Append(t.Context(), store.RefOf(half), 0, bytes.NewReader(half[:part]))
	must(t, err)
	jobs := func(context.Context) (map[string]bool, error) {
		return map[string]bool{store.RefOf(job).SHA256: true}, nil
	}

	c, err := s.Collect(t.Context(), begin, jobs)
	if err != nil || c.Removed != 0 || c.Kept != 5 {
		t.Errorf("while all is young: %+v, %v", c, err)
	}
	time.Sleep(100 * time.Millisecond)
	since := time.Now()
	time.Sleep(100 * time.Millisecond)
	Put(t, s, touched) // sends nothing, but keeps it
	broken := errors.New("the queue does not answer")
	_, err = s.Collect(t.Context(), since, func(context.Context) (map[string]bool, error) { return nil, broken })
	fails(t, "while the jobs are not known", err, broken)
	Has(t, s, lost)
	c, err = reopen().Collect(t.Context(), since, jobs)
	if err != nil || c.Removed != 2 || c.Kept != 3 || c.Bytes < 3*part {
		t.Errorf("collected %+v, %v", c, err)
	}
	s = reopen()
	Lacks(t, s, gone)
	for _, b := range [][]byte{named, job, touched} {
		Has(t, s, b)
	}
	if at, err := s.Begin(t.Context(), store.RefOf(half)); err != nil || at != 0 {
		t.Errorf("a forgotten upload goes on at %d, %v", at, err)
	}
}

// together: all send the same content at once, over one store and over two.
func together(t *testing.T, open Open) {
	s, reopen := open(t, store.Options{})
	other := reopen()
	b := Bytes(1, 3*part+1)
	r := store.RefOf(b)
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			s := []*store.Store{s, other}[i%2]
			for deadline := time.Now().Add(20 * time.Second); ; {
				at, err := s.Begin(t.Context(), r)
				if err == nil && at == r.Size {
					return
				}
				if err == nil {
					_, err = s.Append(t.Context(), r, at, bytes.NewReader(b[at:]))
				}
				if err != nil && !errors.Is(err, store.ErrOffset) || time.Now().After(deadline) {
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	Has(t, s, b)
	Has(t, other, b)
}

func limits(t *testing.T, open Open) {
	s, _ := open(t, store.Options{MaxBlob: 3 * part, MaxBytes: 4*part - 1, MaxUploads: 2})
	_, err := s.Begin(t.Context(), store.RefOf(Bytes(1, 3*part+1)))
	fails(t, "large content", err, store.ErrTooLarge)
	_, err = s.Begin(t.Context(), store.Ref{SHA256: strings.Repeat("0", 64), Size: -1})
	fails(t, "a negative size", err, store.ErrTooLarge)
	first := Bytes(1, 2*part)
	_, err = s.Append(t.Context(), store.RefOf(first), 0, bytes.NewReader(first[:part]))
	must(t, err)
	second := Bytes(2, 3*part)
	at, err := s.Append(t.Context(), store.RefOf(second), 0, bytes.NewReader(second))
	if fails(t, "more than there is room for", err, store.ErrFull); at > 2*part {
		t.Errorf("kept %d bytes", at)
	}
	third := Bytes(3, 5)
	at, err = s.Begin(t.Context(), store.RefOf(third)) // asking takes no place
	if err != nil || at != 0 {
		t.Errorf("at %d, %v", at, err)
	}
	_, err = s.Append(t.Context(), store.RefOf(third), 0, bytes.NewReader(nil))
	fails(t, "an upload without a byte", err, store.ErrShort)
	_, err = s.Append(t.Context(), store.RefOf(third), 0, bytes.NewReader(third))
	fails(t, "a third upload", err, store.ErrBusy)
	must(t, s.Abandon(t.Context(), "", store.RefOf(second).SHA256))
	at, err = s.Append(t.Context(), store.RefOf(first), part, bytes.NewReader(first[part:])) // there is room again
	if err != nil || at != 2*part {
		t.Errorf("at %d, %v", at, err)
	}
	Has(t, s, first)
	Lacks(t, s, store.RefOf(second))
}

// mixed: while some write, name and forget, others read, and a collection runs; whoever
// reads gets the right bytes or hears that they are not there.
func mixed(t *testing.T, open Open) {
	s, _ := open(t, store.Options{Fresh: 25 * time.Millisecond})
	ctx, stop := context.WithTimeout(t.Context(), 1500*time.Millisecond)
	defer stop()
	contents := [][]byte{Bytes(1, 10), Bytes(2, part/2), Bytes(3, part+10)}
	var all sync.WaitGroup
	for i, b := range contents {
		r, name := store.RefOf(b), fmt.Sprint("m", i)
		all.Go(func() {
			for ctx.Err() == nil {
				if err := s.Put(t.Context(), r, bytes.NewReader(b)); err != nil {
					t.Error("put: ", err)
				}
				err := s.SetName(t.Context(), store.Manifest{Name: name, File: r}, store.Any)
				if err != nil && !errors.Is(err, store.ErrNotFound) {
					t.Error("name: ", err)
				}
				there := func() { // while named, it must be there
					got, e := s.Get(t.Context(), r.SHA256, r.Size)
					if err == nil && (e != nil || !bytes.Equal(got, b)) {
						t.Errorf("%s is named, but reading gives %d bytes, %v", name, len(got), e)
					}
				}
				there()
				time.Sleep(150 * time.Millisecond)
				there()
				if err := s.Unname(t.Context(), name); err != nil && !errors.Is(err, store.ErrNotFound) {
					t.Error("unname: ", err)
				}
				time.Sleep(250 * time.Millisecond)
			}
		})
		all.Go(func() {
			for ctx.Err() == nil {
				got, err := s.Get(t.Context(), r.SHA256, r.Size)
				if err == nil && !bytes.Equal(got, b) || err != nil && !errors.Is(err, store.ErrNotFound) {
					t.Errorf("reading gives %d bytes, %v", len(got), err)
				}
				time.Sleep(5 * time.Millisecond)
			}
		})
	}
	removed := 0
	for ctx.Err() == nil {
		c, err := s.Collect(t.Context(), time.Now().Add(-100*time.Millisecond), none)
		if err != nil {
			t.Error("collect: ", err)
		}
		removed += c.Removed
		time.Sleep(10 * time.Millisecond)
	}
	all.Wait()
	t.Logf("%d collected", removed)
}
