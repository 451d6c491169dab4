package text

import (
	"strings"
	"testing"
)

func TestCheckSaysWhatIsWrong(t *testing.T) {
	for in, want := range map[string]string{
		"fine":                           "",
		"\ufffd is a real character":     "",
		strings.Repeat("x", MaxBytes):    "",
		"":                               "expected at least one word, found nothing",
		" \t\r\n\u3000":                  "found only white space",
		"caf\xe9":                        "found the byte 0xe9 at position 3",
		"cut off \xe4\xb8":               "found the byte 0xe4 at position 8",
		strings.Repeat("x", MaxBytes*10): "expected at most 1 MB, found 10.0 MB",
	} {
		err := Check(in)
		switch {
		case want == "" && err != nil:
			t.Errorf("Check(%.20q…): %v, expected no error", in, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("Check(%.20q…): %v, expected an error with %q", in, err, want)
		}
	}
}
