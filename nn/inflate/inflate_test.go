package inflate

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"io"
	"testing"
)

// sample compresses well and is longer than what any stream hands out at once.
func sample() []byte {
	b := make([]byte, 300_000)
	for i := range b {
		b[i] = byte(i * i >> 10)
	}
	return b
}

func pack(t *testing.T, to io.WriteCloser, b []byte) {
	t.Helper()
	if _, err := to.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestWhatWasPackedComesBack(t *testing.T) {
	for _, want := range [][]byte{{}, []byte("one"), sample()} {
		var deflated, gzipped bytes.Buffer
		w, err := flate.NewWriter(&deflated, flate.BestCompression)
		if err != nil {
			t.Fatal(err)
		}
		pack(t, w, want)
		pack(t, gzip.NewWriter(&gzipped), want)
		got, err := io.ReadAll(Deflated(deflated.Bytes()))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("deflated: expected %d bytes, found %d, %v", len(want), len(got), err)
		}
		z, err := Gzip(&gzipped)
		if err != nil {
			t.Fatal(err)
		}
		if got, err = io.ReadAll(z); err != nil || !bytes.Equal(got, want) {
			t.Errorf("gzip: expected %d bytes, found %d, %v", len(want), len(got), err)
		}
	}
}

func TestDamageIsAnError(t *testing.T) {
	var whole bytes.Buffer
	w, err := flate.NewWriter(&whole, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	pack(t, w, sample())
	cut := whole.Bytes()[:whole.Len()/2]
	for name, packed := range map[string][]byte{"cut short": cut, "no deflate": []byte("\xff\xff\xff\xff"),
		"nothing": {}} {
		if b, err := io.ReadAll(Deflated(packed)); err == nil {
			t.Errorf("%s: expected an error, found %d bytes", name, len(b))
		}
	}
}
