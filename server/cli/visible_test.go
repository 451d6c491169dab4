package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// orders would clear the screen, set the window's title, and turn a name around.
const orders = "a\x1b[2J\x1b]0;mine\x07\r\u009b31m\u202ecod.exe\u2066\x7f z"

func TestNamesGiveTerminalsNoOrders(t *testing.T) {
	for in, want := range map[string]string{
		orders:                   `a\u001b[2J\u001b]0;mine\u0007\u000d\u009b31m\u202ecod.exe\u2066\u007f z`,
		"a\tb\nc é 中文 👩‍🔬\u00a0": "a\tb\nc é 中文 👩‍🔬\u00a0",
		"a\x9b31m":               "a\ufffd31m",
	} {
		for step := 1; step < 4; step++ { // as it is written in pieces
			var got bytes.Buffer
			v := &visible{to: &got}
			for rest := []byte(in); len(rest) > 0; rest = rest[min(step, len(rest)):] {
				if n, err := v.Write(rest[:min(step, len(rest))]); err != nil || n != min(step, len(rest)) {
					t.Fatalf("wrote %d, %v", n, err)
				}
			}
			if got.String() != want {
				t.Errorf("%q is printed as %q, expected %q", in, got.String(), want)
			}
		}
	}
}

// Whatever is printed as JSON says the same as before.
func TestJSONStaysTheSame(t *testing.T) {
	var plain, seen bytes.Buffer
	value := map[string]string{orders: orders}
	json.NewEncoder(&plain).Encode(value)
	json.NewEncoder(&visible{to: &seen}).Encode(value)
	var back map[string]string
	if err := json.Unmarshal(seen.Bytes(), &back); err != nil || fmt.Sprint(back) != fmt.Sprint(value) {
		t.Errorf("%s is read as %q, %v", seen.Bytes(), back, err)
	}
	if bytes.Equal(plain.Bytes(), seen.Bytes()) || bytes.ContainsAny(seen.Bytes(), "\x7f\u202e\u009b") {
		t.Errorf("%q is printed, expected no character that a terminal obeys", seen.Bytes())
	}
}

// Names come from files, of models and of pictures, and from servers.
func TestCommandsPrintNoOrders(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x\x1b[2J\u202e.png")
	b, err := os.ReadFile("../../static/samples/digits/0.png")
	if err == nil {
		err = os.WriteFile(name, b, 0o600)
	}
	if err != nil {
		t.Skipf("no such name here: %v", err)
	}
	model := "../../static/models/digits.wafer"
	for _, args := range [][]string{{"predict", model, name}, {"predict", model, name, "--json"},
		{"predict", name, name}, {"predict", model, name + ".none"}, {orders}, {"inspect", name}, {"train", name},
		{"eval", model, name}, {"submit", name}} {
		out, err := runWafer(t, args...)
		if said := fmt.Sprint(out, err); strings.ContainsAny(said, "\x1b\u202e") || !strings.Contains(said, `\u001b`) &&
			!strings.Contains(said, `\x1b`) {
			t.Errorf("%.20q prints %q, expected \\u001b", args, said)
		}
	}
	var out bytes.Buffer
	line := progressLine{to: &visible{to: &out}, what: "uploading", total: 10}
	if line.at(orders, 5); strings.Count(out.String(), "\x1b") != 1 {
		t.Errorf("the line of an upload is %q, expected one order, that begins it anew", out.String())
	}
}
