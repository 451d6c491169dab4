package queue_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"wafer/server/api"
)

// Whatever file of the queue is damaged, in whatever way and place: the server starts, and no job is lost or run again.
func TestAnyDamageIsHealed(t *testing.T) {
	const n = 4
	base := jobsOf(t, n)
	for seed := range uint64(24) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			k := &kept{T: t, dir: t.TempDir()}
			if err := os.CopyFS(k.dir, os.DirFS(base.dir)); err != nil {
				t.Fatal(err)
			}
			t.Log(damage(t, rand.New(rand.NewPCG(seed, 5)), filepath.Join(k.dir, "nats")))
			k.open()
			if h, err := k.q.Heal(t.Context()); err != nil || len(h.Lost) > 0 {
				t.Fatalf("healed %+v, %v", h, err)
			}
			k.whole(n)
		})
	}
}

// The queue's description is kept twice: whatever is damaged of one, no job loses its curve.
func TestADamagedDescriptionOfTheQueueCostsNothing(t *testing.T) {
	base := jobsOf(t, 2)
	stream, copied := filepath.Join("nats", "jetstream", "$G", "streams", "wafer_jobs"),
		filepath.Join("nats", "descriptions", "wafer_jobs")
	for name, hurt := range map[string]func(path string, b []byte) error{
		"a bit":   func(path string, b []byte) error { b[len(b)/2] ^= 4; return os.WriteFile(path, b, 0o600) },
		"cut":     func(path string, b []byte) error { return os.WriteFile(path, b[:len(b)/2], 0o600) },
		"emptied": func(path string, b []byte) error { return os.WriteFile(path, nil, 0o600) },
		"removed": func(path string, b []byte) error { return os.Remove(path) },
	} {
		for _, path := range []string{filepath.Join(stream, "meta.inf"), filepath.Join(stream, "meta.sum"),
			filepath.Join(copied, "meta.inf"), filepath.Join(copied, "meta.sum")} {
			k := &kept{T: t, dir: t.TempDir()}
			err := os.CopyFS(k.dir, os.DirFS(base.dir))
			b, err2 := os.ReadFile(filepath.Join(k.dir, path))
			if err := errors.Join(err, err2, hurt(filepath.Join(k.dir, path), b)); err != nil {
				t.Fatal(err)
			}
			k.open()
			if h, err := k.q.Heal(t.Context()); err != nil || len(h.Lost) > 0 || len(h.Restored) > 0 {
				t.Errorf("%s, %s: healed %+v, %v; expected that nothing has to be", path, name, h, err)
			}
			for e, err := range k.q.Watch(t.Context(), "job00", 0) {
				if err != nil || e.Kind == api.Missing || e.Kind == api.Restored {
					t.Fatalf("%s, %s: event %d is %q, %v; expected every one as it was", path, name, e.Seq, e.Kind, err)
				}
				if e.Status.State.Final() {
					break
				}
			}
			k.b.Close()
		}
	}
}

// damage changes one file below a folder, and says how.
func damage(t *testing.T, random *rand.Rand, dir string) (what string) {
	t.Helper()
	var files []string
	err := filepath.WalkDir(dir, func(path string, f fs.DirEntry, err error) error {
		if err == nil && f.Type().IsRegular() {
			if info, err := f.Info(); err == nil && info.Size() > 0 {
				files = append(files, path)
			}
		}
		return err
	})
	if err != nil || len(files) < 6 {
		t.Fatalf("%d files of a queue, %v", len(files), err)
	}
	path := files[random.IntN(len(files))]
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := random.IntN(len(b))
	what = fmt.Sprintf("%s of %d bytes, at %d: ", path, len(b), at)
	switch random.IntN(4) {
	case 0:
		b[at] ^= 1 << random.IntN(8)
		what += "a bit"
	case 1:
		b = b[:at]
		what += "cut"
	case 2:
		for i := at; i < min(at+64, len(b)); i++ {
			b[i] = byte(random.Uint32())
		}
		what += "64 bytes of noise"
	case 3:
		b = append(b[:at:at], append(bytes.Repeat([]byte{0}, 512), b[at:]...)...)
		what += "512 zeros between"
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return what
}
