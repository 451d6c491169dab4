package cli

import (
	"context"
	"errors"
	"flag"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"wafer/server/pull"
	"wafer/server/web"
	"wafer/static"
)

// Limits of the server. Model files are large and readers may be slow, so writing
// has a generous one.
// Reading and writing have times of their own where a body, a download or an event stream may take longer, see package
// web.
const (
	headerTimeout = 5 * time.Second
	readTimeout   = 30 * time.Second
	writeTimeout  = 5 * time.Minute
	idleTimeout   = 2 * time.Minute
	maxHeader     = 64 << 10
	shutdownGrace = 10 * time.Second
)

// cmdServe serves the page, and jobs and models unless it is told not to, until it is interrupted.
func cmdServe(args []string) error {
	flags := flag.NewFlagSet("wafer serve", flag.ContinueOnError)
	addr := flags.String("addr", "127.0.0.1:8080",
		"address to listen on; port 0 takes any free one; beyond this machine callers need a token")
	format := flags.String("log", "text", "form of the log: text or json")
	data := flags.String("data", dataFolder(),
		"folder for jobs, files and models, unless -nats says where they are; \"\" for a server of the page only")
	mirror := flags.String("mirror", "", "of public models: "+mirrorUsage)
	where, how, who := addBackendFlags(flags), addTrainerFlags(flags, -1, ""), addAccessFlags(flags)
	flags.Lookup("slots").Usage = "jobs at once (default 1, none with -nats)"
	flags.Lookup("cache").Usage = "folder for the data of jobs (default: one in -data)"
	if err := parseSettings(flags, args); err != nil {
		return err
	}
	log, err := logger(*format)
	if err != nil {
		return err
	}
	options := web.Options{Files: static.Files, Log: log}
	if err := who.grant(&options, *addr, *data); err != nil {
		return err
	}
	if *where.nats != "" {
		*data = "" // its default
	}
	how = how.beside(*data)
	logSettings(log, flags)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	options.Stop = ctx.Done()
	if *data != "" || *where.nats != "" {
		b, err := where.open(ctx, *data, log)
		if err != nil {
			return err
		}
		defer b.close()
		end, err := b.start(ctx, how, log)
		if err != nil {
			return err
		}
		defer end()
		options.Queue, options.Store, options.Ready = b.queue, b.store, b.ready
		options.Limits.MaxSeconds = *how.maxSeconds
		if *how.cache != "" {
			options.Pull = &pull.Fetcher{Folder: *how.cache + "-pull", Mirror: *mirror}
		}
	}
	handler, err := web.New(options)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", *addr)
	if err != nil {
		return err
	}
	return serve(ctx, listener, handler, log)
}

// serve answers requests until ctx ends, then lets those under way finish.
func serve(ctx context.Context, listener net.Listener, handler http.Handler, log *slog.Logger) error {
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout,
		IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	log.Info("serving", "url", "http://"+listener.Addr().String())
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	log.Info("stopping")
	grace, cancel := context.WithTimeout(context.Background(), shutdownGrace)
	defer cancel()
	if err := server.Shutdown(grace); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return server.Close()
}
