package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// A NATS object store cannot replace an object on a condition. But an object there is a message that tells of it, and
// chunks; this writes both, and the first of them only on top of the one that the caller knows.

// version is the place in the stream of the message that tells of an object, also of one that was deleted.
func (b *bucket) version(ctx context.Context, key string) (version string, err error) {
	err = b.try(ctx, func(ctx context.Context) error {
		m, err := b.stream.GetLastMsgForSubject(ctx, b.subject("M", wordOf(key)))
		switch {
		case errors.Is(err, jetstream.ErrMsgNotFound):
			version = ""
			return nil
		case err == nil:
			version = strconv.FormatUint(m.Sequence, 10)
		}
		return err
	})
	return version, err
}

// putOver is for small objects: at most one chunk (512 KiB), else ErrTooLarge. A word for a version that no version has
// is ErrChanged.
func (b *bucket) putOver(ctx context.Context, key string, body []byte, was string) (string, error) {
	after := uint64(0)
	if was != "" {
		var err error
		if after, err = strconv.ParseUint(was, 10, 64); err != nil {
			return "", ErrChanged
		}
	}
	if len(body) > chunkSize {
		return "", fmt.Errorf("%w: %d bytes in place of others, at most %d are allowed", ErrTooLarge, len(body),
			chunkSize)
	}
	sum := sha256.Sum256(body)
	info := &jetstream.ObjectInfo{Bucket: b.name, NUID: rand.Text(), Size: uint64(len(body)), Chunks: 1,
		Digest:     "SHA-256=" + base64.URLEncoding.EncodeToString(sum[:]),
		ObjectMeta: jetstream.ObjectMeta{Name: key, Opts: &jetstream.ObjectMetaOptions{ChunkSize: chunkSize}}}
	old, err := b.told(ctx, key)
	if err != nil {
		return "", err
	}
	place := uint64(0)
	err = b.try(ctx, func(ctx context.Context) error {
		if _, err := b.js.Publish(ctx, b.chunk(info.NUID), body); err != nil {
			return err
		}
		place, err = b.tell(ctx, key, info, after)
		return err
	})
	switch {
	case errors.Is(err, ErrChanged):
		b.purge(ctx, "C", info.NUID) // else a sweep does it
	case err == nil && old != nil && old.NUID != "":
		b.purge(ctx, "C", old.NUID)
	}
	return strconv.FormatUint(place, 10), err
}

// told is what is known about an object, nil for nothing.
func (b *bucket) told(ctx context.Context, key string) (info *jetstream.ObjectInfo, err error) {
	err = b.try(ctx, func(ctx context.Context) (err error) {
		info, err = b.store.GetInfo(ctx, key)
		return err
	})
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	return info, err
}

// tell writes what is known about an object, on top of a place of the stream; 0: there is nothing. It finds out whether
// an earlier try whose answer was lost did that.
func (b *bucket) tell(ctx context.Context, key string, info *jetstream.ObjectInfo, after uint64) (uint64, error) {
	words, err := json.Marshal(info)
	if err != nil {
		return 0, fmt.Errorf("store: %w", err)
	}
	m := &nats.Msg{Subject: b.subject("M", wordOf(key)), Data: words,
		Header: nats.Header{jetstream.MsgRollup: {jetstream.MsgRollupSubject}}}
	ack, err := b.js.PublishMsg(ctx, m, jetstream.WithExpectLastSequencePerSubject(after))
	var wrong *jetstream.APIError
	switch {
	case err == nil:
		return ack.Sequence, nil
	case !errors.As(err, &wrong) || wrong.ErrorCode != jetstream.JSErrCodeStreamWrongLastSequence:
		return 0, err
	}
	there, err := b.stream.GetLastMsgForSubject(ctx, m.Subject)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return 0, ErrChanged
	}
	var mine jetstream.ObjectInfo
	if err == nil && (json.Unmarshal(there.Data, &mine) != nil || mine.NUID != info.NUID) {
		err = ErrChanged
	}
	if err != nil {
		return 0, err
	}
	return there.Sequence, nil
}
