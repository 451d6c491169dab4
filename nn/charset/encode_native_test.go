//go:build !js

package charset

import (
	"encoding/json"
	"flag"
	"os"
	"testing"

	"golang.org/x/text/encoding/charmap"
)

var update = flag.Bool("update", false, "write testdata/encoded.json anew")

// The browser's decoders are tested with what golang.org/x/text encodes here.
func TestEncodedTextsAreThoseOfTheLibrary(t *testing.T) {
	all := map[string][]byte{}
	for _, c := range texts {
		if c.encoding == UTF8 {
			continue
		}
		e := encodings[c.encoding]
		if c.encoding == Windows1252 {
			e = charmap.Windows1252
		}
		b, err := e.NewEncoder().Bytes([]byte(c.text))
		if err != nil {
			t.Fatalf("%q has no bytes in %s: %v", c.text, c.encoding, err)
		}
		all[c.encoding+" "+c.text] = b
	}
	want, err := json.MarshalIndent(all, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("testdata/encoded.json", want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile("testdata/encoded.json"); err != nil || string(got) != string(want) {
		t.Errorf("testdata/encoded.json (%v) is not what the library encodes; run the test with -update", err)
	}
}
