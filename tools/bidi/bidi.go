// Package bidi drives a Firefox through WebDriver BiDi
// (https://w3c.github.io/webdriver-bidi/), as far as the tests need it: one browser with
// a profile of its own, and in it one tab.
//
//	path, err := bidi.Find()
//	f, err := bidi.Start(ctx, path)
//	defer f.Close()
//	err = f.Navigate(ctx, "http://127.0.0.1:8080/")
//	err = f.Click(ctx, bidi.Named("button", "Train"))
//	title, err := bidi.Evaluate[string](ctx, f, "document.title")
package bidi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"
)

const (
	startLimit = time.Minute // a cold start on a busy machine
	closeLimit = 5 * time.Second
)

// preferences keep a fresh Firefox from asking and from calling home. What automation
// needs besides, Firefox sets itself when it is driven.
const preferences = `user_pref("app.normandy.enabled", false);
user_pref("browser.aboutwelcome.enabled", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("extensions.getAddons.cache.enabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("services.settings.server", "data:,#remote-settings-dummy/v1");
user_pref("toolkit.telemetry.enabled", false);
`

// Find is the path of the Firefox to use: $FIREFOX, else one that is installed.
func Find() (string, error) {
	if name := os.Getenv("FIREFOX"); name != "" {
		path, err := exec.LookPath(name)
		if err != nil {
			return "", fmt.Errorf("FIREFOX: %w", err)
		}
		return path, nil
	}
	for _, name := range []string{"firefox-esr", "firefox"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New(`there is no Firefox: install the package "firefox-esr", or set FIREFOX to the path of one`)
}

// Firefox is a running browser. Its methods may be called from several goroutines.
type Firefox struct {
	cmd     *exec.Cmd
	printed bytes.Buffer // may be read once gone is closed
	profile string
	gone    chan struct{} // closed when the process has ended
	conn    *websocket.Conn
	lost    chan struct{} // closed when the connection has ended
	tab     string        // the browsing context of all commands

	mu       sync.Mutex
	last     int // the latest command's id
	waiting  map[int]chan message
	problems []string
}

// Start starts a headless Firefox. It runs until Close or the end of ctx. Its home
// folder is its profile: as root, Firefox refuses the home of somebody else.
func Start(ctx context.Context, path string) (*Firefox, error) {
	profile, err := os.MkdirTemp("", "firefox-")
	if err != nil {
		return nil, err
	}
	f := &Firefox{profile: profile, gone: make(chan struct{}), lost: make(chan struct{}),
		waiting: map[int]chan message{}}
	f.cmd = exec.CommandContext(ctx, path, "--headless", "--no-remote", "--remote-debugging-port=0", "--profile",
		profile, "about:blank")
	f.cmd.Env = append(os.Environ(), "HOME="+profile, "MOZ_CRASHREPORTER_DISABLE=1")
	f.cmd.Stdout, f.cmd.Stderr = &f.printed, &f.printed
	f.cmd.WaitDelay = closeLimit // its own children may hold the output open
	f.cmd.SysProcAttr = diesWithUs()
	err = os.WriteFile(filepath.Join(profile, "user.js"), []byte(preferences), 0o644)
	if err == nil {
		err = f.cmd.Start()
	}
	if err != nil {
		os.RemoveAll(profile)
		return nil, fmt.Errorf("starting Firefox: %w", err)
	}
	go func() {
		f.cmd.Wait()
		close(f.gone)
	}()
	starting, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	if err := f.connect(starting); err != nil {
		f.Close()
		return nil, fmt.Errorf("starting Firefox %s: %w", path, err)
	}
	return f, nil
}

// connect opens the connection, a session and the tab.
func (f *Firefox) connect(ctx context.Context) error {
	address, err := f.address(ctx)
	if err != nil {
		return err
	}
	if f.conn, _, err = websocket.Dial(ctx, address+"/session", nil); err != nil {
		return err
	}
	f.conn.SetReadLimit(-1) // screenshots are large
	go f.listen()
	if err := f.command(ctx, "session.new", object{"capabilities": object{}}, nil); err != nil {
		return err
	}
	if err := f.command(ctx, "session.subscribe", object{"events": []string{"log.entryAdded"}}, nil); err != nil {
		return err
	}
	var tree struct{ Contexts []struct{ Context string } }
	if err := f.command(ctx, "browsingContext.getTree", object{}, &tree); err != nil {
		return err
	}
	if len(tree.Contexts) == 0 {
		return errors.New("expected a tab, found none")
	}
	f.tab = tree.Contexts[0].Context
	return nil
}

// address waits for the file in which Firefox says where it listens.
func (f *Firefox) address(ctx context.Context) (string, error) {
	for {
		var at struct {
			Host string `json:"ws_host"`
			Port int    `json:"ws_port"`
		}
		b, _ := os.ReadFile(filepath.Join(f.profile, "WebDriverBiDiServer.json")) // absent or half written: look again
		if json.Unmarshal(b, &at) == nil && at.Port != 0 {
			return fmt.Sprintf("ws://%s:%d", at.Host, at.Port), nil
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			return "", fmt.Errorf("it does not listen: %w", ctx.Err())
		case <-f.gone:
			return "", fmt.Errorf("it ended (%v) and printed: %s", f.cmd.ProcessState,
				strings.TrimSpace(f.printed.String()))
		}
	}
}

// Gone is closed when the browser has ended, for whatever reason.
func (f *Firefox) Gone() <-chan struct{} { return f.gone }

// Close ends the browser, by force if it takes long, and removes its profile.
func (f *Firefox) Close() error {
	if f.conn != nil {
		ctx, cancel := context.WithTimeout(context.Background(), closeLimit)
		f.command(ctx, "browser.close", object{}, nil) // the kill below is what counts
		select {
		case <-f.gone:
		case <-ctx.Done():
		}
		cancel()
		f.conn.CloseNow()
	}
	f.cmd.Process.Kill()
	<-f.gone
	return os.RemoveAll(f.profile)
}
