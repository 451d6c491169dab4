package cli

import (
	"bytes"
	"context"
	"flag"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"wafer/server/api"
	"wafer/server/web"
)

// Beyond this machine a server needs a token, and then takes nobody for an admin.
func TestOtherMachinesNeedAToken(t *testing.T) {
	data := t.TempDir()
	grant := func(addr string) (web.Options, error) {
		flags := flag.NewFlagSet("", flag.ContinueOnError)
		who := addAccessFlags(flags)
		var o web.Options
		err := who.grant(&o, addr, data)
		return o, err
	}
	local := []string{"127.0.0.1:8080", "localhost:0", "[::1]:80", "127.9.9.9:1"}
	other := []string{"0.0.0.0:8080", ":8080", "192.168.1.2:80", "[::]:80", "example.com:80"}
	for _, addr := range local {
		if o, err := grant(addr); err != nil || !o.Open {
			t.Errorf("%s: %v, %v", addr, o.Open, err)
		}
	}
	for _, addr := range append(other, "8080", "") {
		if _, err := grant(addr); err == nil || !strings.Contains(err.Error(), "127.0.0.1:8080") {
			t.Errorf("%q: got %v, expected an error that says what to use", addr, err)
		}
	}
	var out bytes.Buffer
	if err := token([]string{"add", "laptop", "--role", "read", "--data", data}, &out); err != nil {
		t.Fatal(err)
	}
	secret := strings.TrimSpace(out.String())
	for _, addr := range other {
		o, err := grant(addr)
		if err != nil || o.Open {
			t.Errorf("%s with a token: open %v, %v", addr, o.Open, err)
			continue
		}
		if k, ok, err := o.Tokens.Check(secret); !ok || err != nil || k.Role != api.Reader {
			t.Errorf("%s: the token is %+v, %v, %v", addr, k, ok, err)
		}
	}
	out.Reset()
	if err := token([]string{"list", "--data", data}, &out); err != nil ||
		!strings.Contains(out.String(), "laptop  read") {
		t.Errorf("the list is %q, %v", &out, err)
	}
	if err := token([]string{"remove", "laptop", "--data", data}, &out); err == nil ||
		!strings.Contains(err.Error(), "--yes") {
		t.Errorf("removing the last token: %v, expected that it wants --yes", err)
	}
	if err := token([]string{"open", "--yes", "--data", data}, &out); err == nil ||
		!strings.Contains(err.Error(), "there are tokens") {
		t.Errorf("opening a server with a token: %v", err)
	}
	if err := token([]string{"remove", "laptop", "--yes", "--data", data}, &out); err != nil {
		t.Error(err)
	}
	if _, err := grant(other[0]); err == nil {
		t.Error("a server without tokens listens for other machines")
	}
	for _, open := range []bool{false, true} {
		o, err := grant("127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		if closed, err := o.Tokens.Closed(); err != nil || closed == open {
			t.Errorf("a server that had a token asks for one: %v (%v), expected %v", closed, err, !open)
		}
		if err := token([]string{"open", "--yes", "--data", data}, &out); err != nil {
			t.Error(err)
		}
	}
	for _, args := range [][]string{{}, {"add"}, {"list", "x"}, {"add", "a b"}, {"add", "x", "--role", "root"},
		{"remove", "nobody"}, {"open"}} {
		if err := token(append(args, "--data", data), &out); err == nil {
			t.Errorf("token %v: no error", args)
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
