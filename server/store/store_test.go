package store_test

import (
	"crypto/rand"
	"testing"

	"wafer/server/broker/brokertest"
	"wafer/server/store"
	"wafer/server/store/storetest"
)

func TestDir(t *testing.T) {
	storetest.Run(t, func(t *testing.T, o store.Options) (*store.Store, func() *store.Store) {
		folder := t.TempDir()
		open := func() *store.Store {
			s, err := store.Dir(folder, o)
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		return open(), open
	})
}

func TestNATS(t *testing.T) {
	b := brokertest.Embedded(t)
	storetest.Run(t, func(t *testing.T, o store.Options) (*store.Store, func() *store.Store) {
		o.Bucket = rand.Text()
		open := func() *store.Store {
			s, err := store.NATS(t.Context(), b.Conn, o)
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		return open(), open
	})
}
