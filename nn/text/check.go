package text

import (
	"strings"
	"unicode/utf8"

	"wafer/nn/charset"
	"wafer/nn/say"
)

// MaxBytes is the length of the longest text that is taken.
const MaxBytes = 1 << 20

// Check says in a sentence why a text cannot be used: it is empty, longer than
// MaxBytes, or not UTF-8.
func Check(text string) error {
	switch {
	case len(text) > MaxBytes:
		return say.Errorf("the text is too long: expected at most %.0f MB, found %.1f MB", float64(MaxBytes)/(1<<20),
			float64(len(text))/(1<<20))
	case !utf8.ValidString(text):
		at := charset.Invalid(text)
		return say.Errorf("the text is not UTF-8: expected Unicode characters, found the byte 0x%02x at position %d",
			text[at], at)
	case text == "":
		return say.Errorf("the text is empty: expected at least one word, found nothing")
	case strings.TrimSpace(text) == "":
		return say.Errorf("the text is empty: expected at least one word, found only white space")
	}
	return nil
}
