package main

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestOnlyThisMachineMayConnect(t *testing.T) {
	for _, addr := range []string{"127.0.0.1:8080", "localhost:0", "[::1]:80", "127.9.9.9:1"} {
		if err := checkLoopback(addr); err != nil {
			t.Errorf("%s: %v", addr, err)
		}
	}
	for _, addr := range []string{"0.0.0.0:8080", ":8080", "192.168.1.2:80", "[::]:80", "example.com:80", "8080", ""} {
		if err := checkLoopback(addr); err == nil || !strings.Contains(err.Error(), "127.0.0.1:8080") {
			t.Errorf("%q: got %v, expected an error that says what to use", addr, err)
		}
	}
}

func TestServeRefusesWrongArguments(t *testing.T) {
	for _, args := range [][]string{{"-log", "xml"}, {"-addr", "0.0.0.0:1"}, {"extra"}, {"-nonsense"}} {
		if err := cmdServe(args); err == nil {
			t.Errorf("serve %v: no error", args)
		}
	}
}

// A request that is under way when the server is told to stop still gets its answer.
func TestShutdownLetsRequestsFinish(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	entered, release := make(chan bool), make(chan bool)
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(entered)
		<-release
		io.WriteString(w, "done")
	})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- serve(ctx, listener, handler, slog.New(slog.DiscardHandler)) }()
	answer := make(chan string, 1)
	go func() {
		res, err := http.Get("http://" + listener.Addr().String())
		if err != nil {
			answer <- err.Error()
			return
		}
		defer res.Body.Close()
		b, _ := io.ReadAll(res.Body)
		answer <- string(b)
	}()
	<-entered
	stop()
	select {
	case <-ended:
		t.Fatal("the server stopped while a request was under way")
	case <-time.After(50 * time.Millisecond):
	}
	close(release)
	if got := <-answer; got != "done" {
		t.Errorf("the request under way got %q, expected %q", got, "done")
	}
	if err := <-ended; err != nil {
		t.Errorf("serve ended with %v", err)
	}
}
