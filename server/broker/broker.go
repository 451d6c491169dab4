// Package broker connects to NATS JetStream, which carries the queue and, in a cluster,
// the blobs: a server inside this process with its data in one folder, or a running
// cluster by its address. Whoever uses the connection sees no difference.
package broker

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// Options say which server to use. Exactly one of Dir and URL is set.
type Options struct {
	Dir         string       // data folder of a server in this process
	URL         string       // of a cluster: "nats://host:4222,nats://other:4222"
	Credentials string       // path of a NATS credentials file, "": none
	MaxStore    int64        // bytes that the server in this process may keep; 0: 4 GiB
	Reserve     int64        // with less free on the disk of Dir, Ready is an error; 0: 64 MiB
	Log         *slog.Logger // nil: no log
}

// Broker is a connection, with the server behind it if that runs in this process.
type Broker struct {
	Conn    *nats.Conn
	Damaged int // places where the data of the server in this process was damaged when it was opened; they were cut out

	options Options
	server  *server.Server // nil: elsewhere
	lock    *os.File
	failed  atomic.Pointer[string] // what the server in this process said when it could no longer write
}

// startTime is how long a server in this process may take to read its data.
const startTime = time.Minute

// Open starts or finds the server. A folder that another process uses is an error.
func Open(o Options) (*Broker, error) {
	if (o.Dir == "") == (o.URL == "") {
		return nil, errors.New("broker: either a data folder or the address of a NATS cluster is needed")
	}
	if o.MaxStore == 0 {
		o.MaxStore = 4 << 30
	}
	if o.Reserve == 0 {
		o.Reserve = 64 << 20
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	b := &Broker{options: o}
	if o.Dir != "" {
		if err := b.start(); err != nil {
			return nil, err
		}
	}
	var err error
	if b.Conn, err = b.Connect(); err != nil {
		b.Close()
		return nil, err
	}
	return b, nil
}

// start runs a server that listens on no port.
func (b *Broker) start() error {
	if err := os.MkdirAll(b.options.Dir, 0o700); err != nil {
		return fmt.Errorf("broker: %w", err)
	}
	var err error
	if b.lock, err = Lock(filepath.Join(b.options.Dir, "lock")); err != nil {
		return err
	}
	if b.Damaged, err = repair(b.options.Dir); err != nil {
		b.unlock()
		return fmt.Errorf("broker: looking for damage: %w", err)
	}
	described, err := keepDescriptions(b.options.Dir)
	if err != nil {
		b.unlock()
		return fmt.Errorf("broker: the descriptions of streams: %w", err)
	}
	b.Damaged += described
	if err := forgetReaders(b.options.Dir); err != nil {
		b.unlock()
		return fmt.Errorf("broker: forgetting who read what: %w", err)
	}
	if b.Damaged > 0 {
		b.options.Log.Error("data of the queue was damaged, and what cannot be read was taken out", "places", b.Damaged,
			"folder", b.options.Dir)
	}
	b.server, err = server.NewServer(&server.Options{
		ServerName: "wafer", DontListen: true, NoSigs: true,
		JetStream: true, StoreDir: b.options.Dir, JetStreamMaxStore: b.options.MaxStore, JetStreamMaxMemory: 64 << 20,
		SyncAlways: true, // what was acknowledged survives a power cut; the rates here are low
	})
	if err != nil {
		b.unlock()
		return fmt.Errorf("broker: %w", err)
	}
	b.server.SetLogger(logger{b.options.Log, &b.failed}, false, false)
	b.server.Start()
	if !b.server.ReadyForConnections(startTime) || !b.server.JetStreamEnabled() {
		b.Close()
		return fmt.Errorf("broker: the server in this process did not start on %s; the log says why", b.options.Dir)
	}
	return nil
}

// Connect opens one more connection, which the caller closes.
func (b *Broker) Connect() (*nats.Conn, error) {
	log := b.options.Log
	options := []nats.Option{
		nats.Name("wafer"), nats.MaxReconnects(-1), nats.ReconnectWait(250 * time.Millisecond),
		nats.ReconnectJitter(100*time.Millisecond, 100*time.Millisecond),
		nats.PingInterval(10 * time.Second), nats.MaxPingsOutstanding(2), nats.Timeout(5 * time.Second),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				log.Warn("connection to NATS lost", "error", err)
			}
		}),
		nats.ReconnectHandler(func(c *nats.Conn) {
			log.Info("connection to NATS is back", "url", c.ConnectedUrlRedacted())
		}),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { log.Debug("NATS", "error", err) }),
	}
	if b.options.Credentials != "" {
		options = append(options, nats.UserCredentials(b.options.Credentials))
	}
	if b.server != nil {
		options = append(options, nats.InProcessServer(b.server))
	}
	c, err := nats.Connect(b.options.URL, options...)
	if err != nil {
		return nil, fmt.Errorf("broker: connecting to NATS: %w", err)
	}
	return c, nil
}

// Ready returns why new work should not be taken: no connection, a disk that is nearly
// full, or a server in this process that stopped since its disk was full and has to be started anew.
func (b *Broker) Ready() error {
	if !b.Conn.IsConnected() {
		return errors.New("there is no connection to NATS")
	}
	if b.server == nil {
		return nil
	}
	if failed := b.failed.Load(); failed != nil || !b.server.JetStreamEnabled() {
		return fmt.Errorf("%w: the server can no longer write; make room and start it anew", ErrFull)
	}
	if free, err := FreeBytes(b.options.Dir); err == nil && free < b.options.Reserve {
		return fmt.Errorf("%w: %d bytes are free, of which %d are kept for running jobs", ErrFull, free,
			b.options.Reserve)
	}
	return nil
}

// Close ends the connection and the server, if that runs in this process.
func (b *Broker) Close() {
	if b.Conn != nil {
		b.Conn.Close()
	}
	if b.server != nil {
		b.server.Shutdown()
		b.server.WaitForShutdown()
		if _, err := keepDescriptions(b.options.Dir); err != nil {
			b.options.Log.Warn("the descriptions of streams could not be copied", "error", err)
		}
	}
	b.unlock()
}

// unlock lets another process have the folder; again does nothing.
func (b *Broker) unlock() {
	if b.lock != nil {
		b.lock.Close()
		b.lock = nil
	}
}

// logger passes the server's words on. What it notices in good order is for debugging. There is
// no other sign of a stream that stopped since a write failed than what it says then.
type logger struct {
	log    *slog.Logger
	failed *atomic.Pointer[string]
}

func (l logger) Noticef(format string, v ...any) {
	l.log.Debug("nats-server: " + fmt.Sprintf(format, v...))
}
func (l logger) Debugf(format string, v ...any) {}
func (l logger) Tracef(format string, v ...any) {}
func (l logger) Warnf(format string, v ...any) {
	l.log.Warn("nats-server: " + fmt.Sprintf(format, v...))
}
func (l logger) Fatalf(format string, v ...any) { l.Errorf(format, v...) }

// Errorf keeps the first critical write error, after which the broker is not ready any more.
func (l logger) Errorf(format string, v ...any) {
	text := fmt.Sprintf(format, v...)
	l.log.Error("nats-server: " + text)
	if strings.Contains(strings.ToLower(text), "critical write error") {
		l.failed.CompareAndSwap(nil, &text)
	}
}
