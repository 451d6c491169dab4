package convert

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"wafer/nn/format/foreign"
)

// hostile is a file, or files, that a reader must survive, made by a generator.
type hostile struct {
	name  string // the kind of file, then what is wrong with it
	files foreign.Files
	says  string // a part of the error
	reads bool   // what is wrong is weights or arithmetic only: it may be inspected
}

// Limits of what a hostile file may take.
const (
	hostileTime   = 3 * time.Second // of the processor; a second where these tests run in a second
	hostileMemory = 4               // times the file
	hostileRoom   = 1 << 20         // and this on top, for a small file's own
)

// Every hostile file is refused with one sentence, in short time of the processor and in at most four times its size
// in memory, where it is converted and where it is inspected.
func TestHostileFilesAreRefused(t *testing.T) {
	var list []hostile
	for _, of := range []func(*testing.T) []hostile{hostileSafetensors, hostileHDF5, hostileKeras, hostileONNX,
		hostileTFJS, hostileArchives, hostileOthers, hostileFolders, hostileBinaries} {
		list = append(list, of(t)...)
	}
	seen := map[string]bool{}
	for _, h := range list {
		if seen[h.name] {
			t.Errorf("%s: is there twice", h.name)
		}
		seen[h.name] = true
		t.Run(h.name, func(t *testing.T) {
			refused(t, "convert", h, h.says, func() error { _, err := Model(h.files, Options{}); return err })
			says := h.says
			if h.reads {
				says = ""
			}
			refused(t, "inspect", h, says, func() error { _, err := Inspect(h.files); return err })
		})
	}
	if len(list) < 50 {
		t.Errorf("%d hostile files, expected 50 or more", len(list))
	}
}

// refused runs a reader and compares what it takes; says "" allows it to succeed.
func refused(t *testing.T, door string, h hostile, says string, read func() error) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	start := processor()
	err := read()
	took := processor() - start
	runtime.ReadMemStats(&after)
	if took > hostileTime {
		t.Errorf("%s: took %v of the processor, at most %v is allowed", door, took, hostileTime)
	}
	if used, most := after.TotalAlloc-before.TotalAlloc, uint64(hostileMemory*h.files.Size()+hostileRoom); used > most {
		t.Errorf("%s: took %d bytes of memory in all for files of %d, at most %d are allowed", door, used,
			h.files.Size(), most)
	}
	switch {
	case err == nil && says != "":
		t.Errorf("%s: the file is read, expected an error that says %q", door, says)
	case err != nil && says != "" && !strings.Contains(err.Error(), says):
		t.Errorf("%s: the error is %q, expected one that says %q", door, err, says)
	case err != nil:
		if bad := notASentence(err.Error()); bad != "" {
			t.Errorf("%s: the error %.500q %s", door, err, bad)
		}
	}
}

// notASentence is what is wrong with an error as one sentence for people, "" where nothing is.
func notASentence(s string) string {
	switch {
	case len(s) > 600:
		return fmt.Sprintf("has %d bytes, expected 600 at most", len(s))
	case !utf8.ValidString(s):
		return "is no text"
	case strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)
	}):
		return "has control characters"
	case strings.Contains(s, "runtime error") || strings.Contains(s, "goroutine"):
		return "speaks of the program"
	}
	return ""
}
