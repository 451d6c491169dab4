package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"wafer/server/broker"
)

// NATS opens a store in a NATS object store and makes that if there is none. Without o.Replicas it keeps three copies
// where the connection is to a cluster. It tries for o.Patience until the cluster answers.
func NATS(ctx context.Context, c *nats.Conn, o Options) (*Store, error) {
	replicas := 1
	if c.ConnectedClusterName() != "" {
		replicas = 3
	}
	if o.Replicas != 0 {
		replicas = o.Replicas
	}
	o = o.withDefaults()
	js, err := jetstream.New(c)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	b := &bucket{name: o.Bucket, js: js, patience: o.Patience}
	err = broker.Persist(ctx, o.Patience, func(ctx context.Context) error {
		return b.open(ctx, jetstream.ObjectStoreConfig{Bucket: o.Bucket, Storage: jetstream.FileStorage,
			Replicas: replicas, MaxBytes: o.MaxBytes})
	})
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	return newStore(o, b), nil
}

// bucket keeps each object in an object of a NATS object store.
//
// A replica may lag behind the leader for some ten milliseconds. So the bucket's stream answers
// only from its leader (AllowDirect off), and chunks are asked for one by one: a consumer, through which a
// NATS object store reads, may sit on any replica, and waits for what it does not find.
type bucket struct {
	name     string
	patience time.Duration
	js       jetstream.JetStream
	store    jetstream.ObjectStore
	stream   jetstream.Stream
}

const (
	lagTime   = 500 * time.Millisecond // for which a wrong object may be one that is being replaced
	chunkSize = 512 << 10
)

// open makes the object store unless it is there, and changes one that an older program made with AllowDirect. A stream
// that another server made just now may not be known yet: Lagging, which is tried again.
func (b *bucket) open(ctx context.Context, config jetstream.ObjectStoreConfig) error {
	_, err := b.js.CreateObjectStore(ctx, config)
	if err != nil && !errors.Is(err, jetstream.ErrBucketExists) {
		return err
	}
	stream, err := b.js.Stream(ctx, "OBJ_"+config.Bucket)
	if err != nil {
		return broker.Lagging(err)
	}
	if c := stream.CachedInfo().Config; c.AllowDirect {
		c.AllowDirect = false
		if stream, err = b.js.UpdateStream(ctx, c); err != nil {
			return broker.Lagging(err)
		}
	}
	b.stream = stream
	b.store, err = b.js.ObjectStore(ctx, config.Bucket) // anew: it remembers how the stream was
	return broker.Lagging(err)
}

// try does something until it succeeds, fails for good, or patience ends, and says ErrFull and ErrNotFound in this
// package's words. f may run several times.
func (b *bucket) try(ctx context.Context, f func(context.Context) error) error {
	err := broker.Persist(ctx, b.patience, f)
	switch {
	case errors.Is(err, broker.ErrFull):
		return fmt.Errorf("%w: %w", ErrFull, err)
	case errors.Is(err, jetstream.ErrObjectNotFound):
		return ErrNotFound
	}
	return err
}

// put leaves the order to the object store: new chunks, then the message that tells of them, then the old chunks go.
func (b *bucket) put(ctx context.Context, key string, body []byte) error {
	meta := jetstream.ObjectMeta{Name: key, Opts: &jetstream.ObjectMetaOptions{ChunkSize: chunkSize}}
	return b.try(ctx, func(ctx context.Context) error {
		_, err := b.store.Put(ctx, meta, bytes.NewReader(body))
		return err
	})
}

// get reads again while what it finds does not fit together; after lagTime that is ErrCorrupt.
func (b *bucket) get(ctx context.Context, key string) (body []byte, err error) {
	lagging := time.Now().Add(lagTime)
	err = b.try(ctx, func(ctx context.Context) (err error) {
		body, err = b.read(ctx, key)
		if errors.Is(err, broker.ErrAgain) && time.Now().After(lagging) {
			return ErrCorrupt
		}
		return err
	})
	return body, err
}

// read reads an object once. What is wrong with it is ErrAgain, since it may just be being replaced.
func (b *bucket) read(ctx context.Context, key string) ([]byte, error) {
	info, err := b.store.GetInfo(ctx, key)
	if err != nil {
		return nil, err
	}
	body := make([]byte, 0, info.Size)
	for n, next := uint32(0), uint64(0); n < info.Chunks; n++ {
		m, err := b.stream.GetMsg(ctx, next, jetstream.WithGetMsgSubject(b.chunk(info.NUID)))
		var api *jetstream.APIError
		if errors.Is(err, jetstream.ErrMsgNotFound) || errors.As(err, &api) && !broker.Passing(err) {
			return nil, broker.ErrAgain
		}
		if err != nil {
			return nil, err
		}
		body, next = append(body, m.Data...), m.Sequence+1
	}
	digest, err := jetstream.DecodeObjectDigest(info.Digest)
	if sum := sha256.Sum256(body); err != nil || !bytes.Equal(sum[:], digest) {
		return nil, broker.ErrAgain
	}
	return body, nil
}

// subject is where messages of a kind lie: M for what is known about an object, C for its chunks.
func (b *bucket) subject(kind, word string) string { return "$O." + b.name + "." + kind + "." + word }

// chunk is the subject of an object's chunks.
func (b *bucket) chunk(nuid string) string { return b.subject("C", nuid) }

// wordOf is the last word of the subject of what is known about an object.
func wordOf(key string) string { return base64.URLEncoding.EncodeToString([]byte(key)) }

// stat asks for the message that tells of an object, not for its chunks.
func (b *bucket) stat(ctx context.Context, key string) (e entry, err error) {
	err = b.try(ctx, func(ctx context.Context) error {
		info, err := b.store.GetInfo(ctx, key)
		if err == nil {
			e = entry{key: key, size: int64(info.Size), time: info.ModTime}
		}
		return err
	})
	return e, err
}

// list asks the leader for the subjects, which spell the keys, and for each object: the
// object store's own list comes from any replica.
func (b *bucket) list(ctx context.Context, dir string) (all []entry, err error) {
	subjects, err := b.subjects(ctx, "M")
	for subject := range subjects {
		key, err := base64.URLEncoding.DecodeString(subject)
		if err != nil || !strings.HasPrefix(string(key), dir+"/") {
			continue
		}
		e, err := b.stat(ctx, string(key))
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	return all, err
}

// subjects lists the last words of the subjects of a kind.
func (b *bucket) subjects(ctx context.Context, kind string) (map[string]bool, error) {
	prefix := b.subject(kind, "")
	words := map[string]bool{}
	err := b.try(ctx, func(ctx context.Context) error {
		info, err := b.stream.Info(ctx, jetstream.WithSubjectFilter(prefix+">"))
		if err != nil {
			return err
		}
		for subject := range info.State.Subjects {
			words[strings.TrimPrefix(subject, prefix)] = true
		}
		return nil
	})
	return words, err
}

// remove takes the mark away, too, which a NATS object store leaves behind for every name
// that it ever had.
func (b *bucket) remove(ctx context.Context, key string) error {
	err := b.try(ctx, func(ctx context.Context) error {
		if err := b.store.Delete(ctx, key); err != nil {
			return err
		}
		return b.purge(ctx, "M", wordOf(key))
	})
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// purge removes the messages of a kind and word, marks of deletion too.
func (b *bucket) purge(ctx context.Context, kind, word string) error {
	return b.stream.Purge(ctx, jetstream.WithPurgeSubject(b.subject(kind, word)))
}

// sweep removes chunks of which no object knows: what a process left that died while
// it wrote. Chunks written since may still be on their way.
func (b *bucket) sweep(ctx context.Context, since time.Time) error {
	chunks, err := b.subjects(ctx, "C") // before the objects: whatever is finished meanwhile is found below
	if err != nil {
		return err
	}
	objects, err := b.subjects(ctx, "M")
	if err != nil {
		return err
	}
	for subject := range objects {
		key, err := base64.URLEncoding.DecodeString(subject)
		if err != nil {
			continue
		}
		err = b.try(ctx, func(ctx context.Context) error {
			info, err := b.store.GetInfo(ctx, string(key))
			if err == nil {
				delete(chunks, info.NUID)
			}
			return err
		})
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
	}
	for chunk := range chunks {
		err := b.try(ctx, func(ctx context.Context) error {
			m, err := b.stream.GetLastMsgForSubject(ctx, b.chunk(chunk))
			if errors.Is(err, jetstream.ErrMsgNotFound) || err == nil && m.Time.After(since) {
				return nil
			}
			if err != nil {
				return err
			}
			return b.purge(ctx, "C", chunk)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
