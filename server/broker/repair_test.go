package broker

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"github.com/nats-io/nats.go/jetstream"
)

// blockOf is a block as nats-server writes it: messages with headers and without, of which some were purged. It returns
// its path.
func blockOf(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	b, err := Open(Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	js, err := jetstream.New(b.Conn)
	if err != nil {
		t.Fatal(err)
	}
	s, err := js.CreateStream(t.Context(), jetstream.StreamConfig{Name: "s", Subjects: []string{"s.*"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, subject := range []string{"s.a", "s.b", "s.a", "s.c", "s.b"} {
		for _, options := range [][]jetstream.PublishOpt{nil, {jetstream.WithMsgID(subject)}} {
			if _, err := js.Publish(t.Context(), subject, []byte("what "+subject+" says"), options...); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := s.Purge(t.Context(), jetstream.WithPurgeSubject("s.c")); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "jetstream", "$G", "streams", "s", "msgs", "1.blk")
}

// Nothing that nats-server wrote is taken for damage; a changed byte costs the record that it is in, wherever it is.
func TestDamageIsCutOut(t *testing.T) {
	path := blockOf(t)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	check, err := recordHashOf(path)
	if err != nil {
		t.Fatal(err)
	}
	if good, damaged := goodRecords(b, check); damaged != 0 || !bytes.Equal(good, b) {
		t.Fatalf("a sound block of %d bytes has %d damaged places, and %d good bytes", len(b), damaged, len(good))
	}
	for at := 0; at < len(b); {
		n := int(binary.LittleEndian.Uint32(b[at:]) &^ headersBit)
		want := append(bytes.Clone(b[:at]), b[at+n:]...)
		for i := at + 4; i < at+n; i += 3 { // behind the length
			if hit := i - at; hit == 20 || hit == 21 {
				continue // the length of the subject decides what is hashed, and is not hashed itself
			}
			bad := bytes.Clone(b)
			bad[i] ^= 0x10
			if good, damaged := goodRecords(bad, check); damaged != 1 || !bytes.Equal(good, want) {
				t.Fatalf("byte %d of the record at %d is another: %d damaged places, %d good bytes, expected 1 and %d",
					i-at, at, damaged, len(good), len(want))
			}
		}
		at += n
	}
}

func FuzzGoodRecords(f *testing.F) {
	path := blockOf(f)
	b, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add(b[:len(b)/2])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		check, err := recordHashOf(path)
		if err != nil {
			t.Fatal(err)
		}
		good, _ := goodRecords(b, check)
		if again, damaged := goodRecords(good, check); damaged != 0 || !bytes.Equal(again, good) {
			t.Errorf("what is left of %d bytes has %d more damaged places", len(b), damaged)
		}
	})
}
