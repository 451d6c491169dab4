package broker

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

var (
	// ErrFull is the error of a server that has no room left.
	ErrFull = errors.New("the disk space of the server is used up")
	// ErrAgain marks what a replica answered that lags behind the leader: a moment later it is right.
	ErrAgain = errors.New("the server has not caught up yet")
)

const (
	tryTime  = 5 * time.Second // one request; a leader that is being elected does not answer
	tryLeast = 100 * time.Millisecond
	waitMin  = 10 * time.Millisecond
	waitMost = 500 * time.Millisecond
)

// Persist calls try until it succeeds or fails for good, at most for the given time,
// since a cluster that loses a node does not answer for some seconds. Each call gets a
// context of its own, which ends early enough for another. What an unanswered request did is not known: try
// must be something that may happen twice.
func Persist(ctx context.Context, patience time.Duration, try func(context.Context) error) error {
	until := time.Now().Add(patience)
	for wait := waitMin; ; wait = min(2*wait, waitMost) {
		once, cancel := context.WithTimeout(ctx, min(tryTime, max(time.Until(until), tryLeast)))
		err := try(once)
		cancel()
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case isFull(err):
			return fmt.Errorf("%w: %w", ErrFull, err)
		case !Passing(err) || time.Now().Add(wait).After(until):
			return err
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Passing reports whether an error may go away by itself: no answer, no leader, no
// connection.
func Passing(err error) bool {
	for _, e := range []error{ErrAgain, context.DeadlineExceeded, nats.ErrTimeout, nats.ErrNoResponders,
		jetstream.ErrNoStreamResponse,
		nats.ErrDisconnected, nats.ErrConnectionReconnecting, nats.ErrStaleConnection,
		jetstream.ErrNoHeartbeat, jetstream.ErrConsumerLeadershipChanged, jetstream.ErrServerShutdown} {
		if errors.Is(err, e) {
			return true
		}
	}
	var api *jetstream.APIError
	if !errors.As(err, &api) {
		return false
	}
	switch api.ErrorCode {
	case jetstream.JSErrCodeJetStreamNotEnabled, jetstream.JSErrCodeJetStreamNotEnabledForAccount:
		return false
	case noPeers, notAssigned, notLeader, offline, jetstream.JSErrCodeStreamWrongLastSequenceConstant:
		return true
	}
	return api.Code == 503
}

// Lagging marks the error of a node that does not know a stream yet, which was just made.
func Lagging(err error) error {
	if errors.Is(err, jetstream.ErrStreamNotFound) || errors.Is(err, jetstream.ErrBucketNotFound) {
		return fmt.Errorf("%w: %w", ErrAgain, err)
	}
	return err
}

// Error codes of JetStream that its client has no names for.
const (
	noPeers           jetstream.ErrorCode = 10005 // while a cluster forms
	notAssigned       jetstream.ErrorCode = 10007
	notLeader         jetstream.ErrorCode = 10009
	resourcesExceeded jetstream.ErrorCode = 10002
	storageExceeded   jetstream.ErrorCode = 10047
	storeFailed       jetstream.ErrorCode = 10077
	offline           jetstream.ErrorCode = 10118
)

// isFull tells JetStream's errors for no room: by code, and where one code stands for many, by its words.
func isFull(err error) bool {
	var api *jetstream.APIError
	if !errors.As(err, &api) {
		return false
	}
	switch api.ErrorCode {
	case resourcesExceeded, storageExceeded:
		return true
	case storeFailed:
		return strings.Contains(api.Description, "maximum") || strings.Contains(api.Description, "no space")
	}
	return false
}
