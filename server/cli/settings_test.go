package cli

import (
	"bytes"
	"flag"
	"log/slog"
	"strings"
	"testing"
)

func TestSettingsComeFromTheEnvironmentToo(t *testing.T) {
	for _, c := range []struct {
		args, variable, expected string
	}{
		{"", "", "default"},
		{"", "set", "set"},
		{"-some-thing given", "set", "given"},
	} {
		flags := flag.NewFlagSet("wafer serve", flag.ContinueOnError)
		got := flags.String("some-thing", "default", "")
		if c.variable != "" {
			t.Setenv("WAFER_SOME_THING", c.variable)
		}
		if err := parseSettings(flags, strings.Fields(c.args)); err != nil || *got != c.expected {
			t.Errorf("%+v: got %q, %v", c, *got, err)
		}
	}
	flags := flag.NewFlagSet("wafer serve", flag.ContinueOnError)
	flags.Int("number", 1, "")
	t.Setenv("WAFER_NUMBER", "many")
	if err := parseSettings(flags, nil); err == nil || !strings.Contains(err.Error(), `WAFER_NUMBER="many"`) {
		t.Errorf("a variable that cannot be: %v", err)
	}
}

func TestSettingsAreLoggedWithoutPasswords(t *testing.T) {
	flags := flag.NewFlagSet("wafer serve", flag.ContinueOnError)
	flags.String("nats", "nats://anna:secret@a:4222,nats://b:4222,secret@%zz", "")
	flags.String("addr", "127.0.0.1:1", "")
	var out bytes.Buffer
	logSettings(slog.New(slog.NewTextHandler(&out, nil)), flags)
	for _, want := range []string{"nats=nats://a:4222,nats://b:4222,…", "addr=127.0.0.1:1"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in %s", want, out.String())
		}
	}
	if strings.Contains(out.String(), "secret") {
		t.Errorf("a password in %s", out.String())
	}
}
