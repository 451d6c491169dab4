package store_test

import (
	"bytes"
	"testing"

	"wafer/server/broker/brokertest"
	"wafer/server/store"
	"wafer/server/store/storetest"
)

// Writing and reading 16 MiB, over a folder and over NATS in this process.
func BenchmarkStore(b *testing.B) {
	content := storetest.Bytes(1, 16<<20)
	r := store.RefOf(content)
	dir, err := store.Dir(b.TempDir(), store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	nats, err := store.NATS(b.Context(), brokertest.Embedded(b).Conn, store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	for name, s := range map[string]*store.Store{"dir": dir, "nats": nats} {
		b.Run(name+"/put", func(b *testing.B) {
			b.SetBytes(r.Size)
			for b.Loop() {
				if err := s.Put(b.Context(), r, bytes.NewReader(content)); err != nil {
					b.Fatal(err)
				}
				b.StopTimer()
				if err := s.Remove(b.Context(), r.SHA256); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
			}
		})
		if err := s.Put(b.Context(), r, bytes.NewReader(content)); err != nil {
			b.Fatal(err)
		}
		b.Run(name+"/get", func(b *testing.B) {
			b.SetBytes(r.Size)
			for b.Loop() {
				if err := s.Check(b.Context(), r.SHA256); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
