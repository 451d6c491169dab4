package cli

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"sync"
	"unicode"
	"unicode/utf8"
)

// What commands print may hold names that others chose: of jobs, labels, files, layers. To a terminal some characters
// are orders, and some change the order of the letters around them.
var (
	stdout io.Writer = &visible{to: os.Stdout}
	stderr io.Writer = &visible{to: os.Stderr}
)

// visible writes text with \u001b and its like in place of characters that a terminal obeys. In JSON, where these only
// stand inside strings, it is another way to write the same. It waits for the rest of a character that was cut.
type visible struct {
	to io.Writer

	mu   sync.Mutex
	rest []byte
}

// Write reports all of b as written also where it keeps some bytes back.
func (v *visible) Write(b []byte) (int, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	all, out := append(v.rest, b...), bytes.Buffer{}
	for len(all) > 0 && utf8.FullRune(all) {
		r, n := utf8.DecodeRune(all)
		if isOrder(r) {
			fmt.Fprintf(&out, `\u%04x`, r)
		} else {
			out.WriteRune(r)
		}
		all = all[n:]
	}
	v.rest = bytes.Clone(all)
	if _, err := v.to.Write(out.Bytes()); err != nil {
		return 0, err
	}
	return len(b), nil
}

// anew begins the line of a terminal again.
func anew(w io.Writer) {
	if v, ok := w.(*visible); ok {
		w = v.to
	}
	io.WriteString(w, "\r\x1b[K")
}

// isOrder reports whether a terminal obeys a character rather than showing it: control characters, but for the ends of
// lines and tabs, and those that turn the direction of what follows (Unicode, UAX 9, 2.1 to 2.6).
func isOrder(r rune) bool {
	return unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.Is(unicode.Bidi_Control, r)
}
