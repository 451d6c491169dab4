package broker

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"

	"github.com/minio/highwayhash"

	"wafer/server/atomicfile"
)

// A stream's description is meta.inf, with the HighwayHash of it in meta.sum (jetstream.go, recoverStream). Where they
// do not fit, nats-server passes the stream over with all its messages. So a copy is kept beside, as of the start or
// the end of the process before.

// description is meta.inf and meta.sum of a stream.
type description struct{ meta, sum []byte }

// readDescription reads those in a folder; false unless they are as they were written.
func readDescription(dir, stream string) (d description, sound bool) {
	var err, err2 error
	d.meta, err = os.ReadFile(filepath.Join(dir, "meta.inf"))
	d.sum, err2 = os.ReadFile(filepath.Join(dir, "meta.sum"))
	key := sha256.Sum256([]byte(stream))
	hash, err3 := highwayhash.New64(key[:])
	if errors.Join(err, err2, err3) != nil || len(d.meta) == 0 {
		return d, false
	}
	hash.Write(d.meta)
	return d, hex.EncodeToString(hash.Sum(nil)) == string(d.sum)
}

// write puts the description of a stream and its checksum into a folder, each whole.
func (d description) write(dir string) error {
	err := os.MkdirAll(dir, 0o700)
	if err == nil {
		err = atomicfile.Write(filepath.Join(dir, "meta.inf"), d.meta, 0o640)
	}
	if err == nil {
		err = atomicfile.Write(filepath.Join(dir, "meta.sum"), d.sum, 0o640)
	}
	return err
}

// keepDescriptions copies the descriptions of all streams below a folder, and puts the copies of damaged ones in their
// place, of which it returns the number.
func keepDescriptions(dir string) (damaged int, err error) {
	streams, err := filepath.Glob(filepath.Join(dir, "jetstream", "*", "streams", "*"))
	for _, path := range streams {
		name := filepath.Base(path)
		beside := filepath.Join(dir, "descriptions", name)
		now, sound := readDescription(path, name)
		kept, known := readDescription(beside, name)
		switch {
		case sound && known && bytes.Equal(now.meta, kept.meta):
		case sound:
			err = errors.Join(err, now.write(beside))
		case known:
			damaged++
			err = errors.Join(err, kept.write(path))
		}
	}
	return damaged, err
}
