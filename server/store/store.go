// Package store keeps content by its SHA-256, and names that stand for content. It runs
// over a folder, or over a NATS object store in a cluster; both keep small objects by key, and
// everything else is written once, here:
//
//	part/DIGEST/00000 …   the content in parts of one size; the last may be shorter
//	blob/DIGEST           its index: size and hashes of the parts; written last, and only then there is such content
//	name/NAME             a Manifest
//	record/OWNER/NAME     a document of a caller's own
//
// Each part is checked against its hash before a byte of it is served; index, manifest and record begin with their own
// hash.
package store

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Errors for callers to tell apart.
var (
	ErrNotFound  = errors.New("the server does not have this")
	ErrBadDigest = errors.New("a hash is 64 lower-case hexadecimal digits")
	ErrBadName   = errors.New("a name is 1 to 64 lower-case letters, digits, dots, hyphens and underscores, " +
		"and begins with a letter or digit")
	ErrTooLarge = errors.New("the content is too large")
	ErrTooMany  = errors.New("the server keeps as many names as it may; delete some")
	ErrBusy     = errors.New("too many uploads are under way; try again later")
	ErrShare    = errors.New("as many uploads of this caller are under way as one caller's may be; finish some, or " +
		"try again later")
	ErrFull     = errors.New("the disk space of the server is used up")
	ErrCorrupt  = errors.New("the stored content is damaged; it is not served and has to be uploaded again")
	ErrMismatch = errors.New("what was uploaded does not have the hash that was announced; the upload begins anew")
	ErrSize     = errors.New("the upload that is under way began with another size")
	ErrOther    = errors.New("somebody else is uploading this")
	ErrOffset   = errors.New("the upload goes on at another place")
	ErrShort    = errors.New("a chunk of an upload holds a part (one MiB) or more, unless it is the last")
	ErrChanged  = errors.New("somebody else has given this name away meanwhile; look what it stands for and try again")
	ErrInUse    = errors.New("a name stands for this content")
)

// Options bound what a store keeps. Zero means the default.
type Options struct {
	MaxBlob    int64 // bytes of one content; default 2 GiB
	MaxBytes   int64 // of everything together; default: what the disk has
	Reserve    int64 // bytes of the disk that stay free for others; default 64 MiB; only over a folder
	MaxNames   int   // default 10,000
	MaxMeta    int   // bytes of a manifest; default 8 MiB, more than any description that package names allows
	MaxUploads int   // under way at once, of which one caller may have a quarter; default 64
	// content that is uploaded or named once more counts as written anew when it is older; default 15 min
	Fresh time.Duration
	Part  int          // bytes that are written, checked and held in memory at once; default 1 MiB
	Log   *slog.Logger // of damage; nil: none

	Bucket   string        // over NATS: name of the object store; default "wafer"
	Replicas int           // over NATS: copies; default 3 in a cluster, 1 elsewhere
	Patience time.Duration // over NATS: how long to try when the cluster does not answer; default 45 s
}

// withDefaults has the default of every limit that is zero, but for MaxBytes and Replicas, whose zero has a meaning.
func (o Options) withDefaults() Options {
	o.MaxBlob = cmp.Or(o.MaxBlob, 2<<30)
	o.Reserve = cmp.Or(o.Reserve, 64<<20)
	o.MaxNames = cmp.Or(o.MaxNames, 10_000)
	o.MaxMeta = cmp.Or(o.MaxMeta, 8<<20)
	o.MaxUploads = cmp.Or(o.MaxUploads, 64)
	o.Fresh = cmp.Or(o.Fresh, 15*time.Minute)
	o.Part = cmp.Or(o.Part, 1<<20)
	o.Log = cmp.Or(o.Log, slog.New(slog.DiscardHandler))
	o.Bucket = cmp.Or(o.Bucket, "wafer")
	o.Patience = cmp.Or(o.Patience, 45*time.Second)
	return o
}

// objects is what a store is kept in: bytes by key. Keys are words of letters, digits
// and ._- joined by slashes.
type objects interface {
	// put writes an object. At any moment, and after any crash, either the old or the new one is there.
	put(ctx context.Context, key string, b []byte) error
	// version names the object that is there, "" for none.
	version(ctx context.Context, key string) (string, error)
	// putOver is put where the object is still of a version, and returns the next one; else ErrChanged.
	putOver(ctx context.Context, key string, b []byte, was string) (version string, err error)
	// ErrNotFound; what was damaged, if it says so, is ErrCorrupt
	get(ctx context.Context, key string) ([]byte, error)
	stat(ctx context.Context, key string) (entry, error)   // ErrNotFound
	list(ctx context.Context, dir string) ([]entry, error) // all below dir, in any order
	remove(ctx context.Context, key string) error          // also when there is none
	sweep(ctx context.Context, since time.Time) error      // removes what crashes left before a time
}

// entry is what is known of an object without reading it.
type entry struct {
	key  string
	size int64
	time time.Time // of the last put
}

// Store is one view of what is kept. Its methods may be called from several goroutines.
type Store struct {
	o       Options
	objects objects

	mu      sync.Mutex
	uploads map[string]*upload
	// by digest: held shared while content is said to be there or appears, and alone while it goes
	lives [64]sync.RWMutex
}

// life guards that content is there, see Store.lives.
func (s *Store) life(digest string) *sync.RWMutex {
	n, _ := strconv.ParseUint(digest[:2], 16, 8)
	return &s.lives[n%uint64(len(s.lives))]
}

// newStore is a store over a backend. The options must have their defaults.
func newStore(o Options, backend objects) *Store {
	return &Store{o: o, objects: backend, uploads: map[string]*upload{}}
}

// Ref names content.
type Ref struct {
	SHA256 string `json:"sha256"` // hex
	Size   int64  `json:"size"`   // bytes
}

// RefOf names bytes.
func RefOf(b []byte) Ref { return Ref{SHA256: digestOf(b), Size: int64(len(b))} }

// digestOf is the SHA-256 in lower-case hex, 64 letters.
func digestOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// CheckDigest returns ErrBadDigest for what is not a SHA-256 in lower-case hex.
func CheckDigest(digest string) error {
	if len(digest) != 2*sha256.Size || strings.Trim(digest, "0123456789abcdef") != "" {
		return ErrBadDigest
	}
	return nil
}

// The keys of the objects, as the package's comment lists them. Digests and names must have been checked.
func blobKey(digest string) string        { return "blob/" + digest }
func partDir(digest string) string        { return "part/" + digest }
func partKey(digest string, n int) string { return fmt.Sprintf("part/%s/%05d", digest, n) }
func nameKey(name string) string          { return "name/" + name }

// index says what content consists of.
type index struct {
	Size  int64    `json:"size"`
	Part  int      `json:"part"`  // bytes of a part; the last may have less
	Parts []string `json:"parts"` // SHA-256, hex
}

// parts is how many there are of content of a size.
func parts(size int64, part int) int { return int((size + int64(part) - 1) / int64(part)) }

// length of part n.
func length(size int64, part, n int) int { return int(min(int64(part), size-int64(n)*int64(part))) }

// index reads the index of content.
func (s *Store) index(ctx context.Context, digest string) (*index, error) {
	if err := CheckDigest(digest); err != nil {
		return nil, err
	}
	x := &index{}
	err := s.getDocument(ctx, blobKey(digest), x)
	if err == nil && (x.Size < 0 || x.Part <= 0 || len(x.Parts) != parts(x.Size, x.Part)) {
		err = ErrCorrupt
	}
	return x, err
}

// Stat returns the size of content, or ErrNotFound.
func (s *Store) Stat(ctx context.Context, digest string) (Ref, error) {
	x, err := s.index(ctx, digest)
	if err != nil {
		return Ref{}, err
	}
	return Ref{SHA256: digest, Size: x.Size}, nil
}

// document is JSON with its hash before it.
func document(v any) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	return append([]byte(digestOf(b)+"\n"), b...), nil
}

// putDocument writes v as JSON with its hash in place of what was there.
func (s *Store) putDocument(ctx context.Context, key string, v any) error {
	b, err := document(v)
	if err != nil {
		return err
	}
	return s.objects.put(ctx, key, b)
}

// getDocument reads JSON into v once its hash was checked. A wrong hash, or JSON that does not fit, is ErrCorrupt and
// stands in the log.
func (s *Store) getDocument(ctx context.Context, key string, v any) error {
	b, err := s.objects.get(ctx, key)
	if err != nil {
		return err
	}
	digest, body, found := bytes.Cut(b, []byte("\n"))
	if !found || digestOf(body) != string(digest) || json.Unmarshal(body, v) != nil {
		s.o.Log.Error("a stored document is damaged", "key", key)
		return ErrCorrupt
	}
	return nil
}
