package broker

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/minio/highwayhash"

	"wafer/server/atomicfile"
)

// A block is a file of messages of a stream, as nats-server writes it (filestore.go, writeMsgRecord), little endian:
//
//	uint32  length of the record; the highest bit says that the message has headers
//	uint64  sequence; the highest two bits mark what was removed
//	int64   time
//	uint16  length of the subject
//	        subject, headers with their length before them, message
//	uint64  HighwayHash of all but the lengths, by a key that follows from stream and block
//
// nats-server looks at a hash only when a message is asked for. Starting on a damaged sequence it may take all memory,
// it cannot remove a damaged message, and without its index it forgets what comes after one. So damage is cut out
// before it starts.
const (
	recordHead  = 22
	recordHash  = 8
	largestEver = 1 << 20 // bytes of a record; those of the queue have less
	headersBit  = 1 << 31
	removedBits = 3 << 62
	farthest    = 1 << 24 // a next sequence lies no farther: what was removed in between leaves a gap
)

// repair cuts damaged records out of all blocks below a folder and returns how many there were. The index of a stream
// that was repaired is removed: the server makes another.
func repair(dir string) (damaged int, err error) {
	blocks, err := filepath.Glob(filepath.Join(dir, "jetstream", "*", "streams", "*", "msgs", "*.blk"))
	if err != nil {
		return 0, err
	}
	for _, path := range blocks {
		b, err := os.ReadFile(path)
		if err != nil {
			return damaged, err
		}
		check, err := recordHashOf(path)
		if err != nil {
			return damaged, err
		}
		good, n := goodRecords(b, check)
		if n == 0 {
			continue
		}
		damaged += n
		if err := atomicfile.Write(path, good, 0o640); err != nil {
			return damaged, err
		}
		if err := os.Remove(filepath.Join(filepath.Dir(path), "index.db")); err != nil &&
			!errors.Is(err, fs.ErrNotExist) {
			return damaged, err
		}
	}
	return damaged, nil
}

// forgetReaders removes what nats-server knows of consumers. All who read in this process are gone when it starts; what
// it remembers of them names moments by the clock, which may have been set back, and a damaged file of it keeps a
// stream from being used.
func forgetReaders(dir string) error {
	all, err := filepath.Glob(filepath.Join(dir, "jetstream", "*", "streams", "*", "obs"))
	for _, path := range all {
		err = errors.Join(err, os.RemoveAll(path))
	}
	return err
}

// recordHashOf is the keyed hash of the records of the block at .../STREAM/msgs/NUMBER.blk.
func recordHashOf(path string) (hash.Hash64, error) {
	stream := filepath.Base(filepath.Dir(filepath.Dir(path)))
	key := sha256.Sum256(fmt.Appendf(nil, "%s-%s", stream, strings.TrimSuffix(filepath.Base(path), ".blk")))
	return highwayhash.New64(key[:])
}

// goodRecords returns the records of a block without those that are damaged, and how many places with damage there are.
// A last record that a crash left half-written is one of them.
func goodRecords(b []byte, check hash.Hash64) (good []byte, damaged int) {
	last := uint64(0)
	for at := 0; at < len(b); {
		n := goodRecord(b[at:], last, check)
		if n == 0 {
			damaged++
			for at++; at < len(b) && goodRecord(b[at:], last, check) == 0; at++ {
			}
			continue
		}
		if seq := sequence(b[at:]); seq&removedBits == 0 {
			last = seq
		}
		good = append(good, b[at:at+n]...)
		at += n
	}
	return good, damaged
}

// sequence is the number of a message in its stream, bits for removed ones included; record has 12 bytes or more.
func sequence(record []byte) uint64 { return binary.LittleEndian.Uint64(record[4:]) }

// goodRecord returns the length of the record at the beginning of b, 0 if there is none that is as it was written.
func goodRecord(b []byte, last uint64, check hash.Hash64) int {
	if len(b) < recordHead+recordHash {
		return 0
	}
	head := binary.LittleEndian.Uint32(b)
	size, subject, seq := int(head&^headersBit), int(binary.LittleEndian.Uint16(b[20:])), sequence(b)
	begin := recordHead + subject // of what is hashed behind the subject
	if head&headersBit != 0 {
		begin += 4
	}
	if size > len(b) || size > largestEver || begin > size-recordHash || last > 0 && seq&removedBits == 0 &&
		seq > last+farthest {
		return 0
	}
	check.Reset()
	check.Write(b[4:20])
	check.Write(b[recordHead : recordHead+subject])
	check.Write(b[begin : size-recordHash])
	if !bytes.Equal(check.Sum(nil), b[size-recordHash:size]) {
		return 0
	}
	if head&headersBit != 0 && !goodHeaders(b[begin:size-recordHash], int(binary.LittleEndian.Uint32(b[begin-4:]))) {
		return 0
	}
	return size
}

// goodHeaders reports whether headers of a length stand at the beginning of b: the hash leaves the length out.
func goodHeaders(b []byte, length int) bool {
	return length >= 0 && length <= len(b) && bytes.HasPrefix(b, []byte("NATS/1.0")) &&
		bytes.HasSuffix(b[:length], []byte("\r\n\r\n"))
}
