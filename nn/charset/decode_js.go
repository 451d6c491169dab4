package charset

import (
	"strings"
	"syscall/js"

	"wafer/nn/say"
)

// decode asks the browser's TextDecoder, which has the same tables as package golang.org/x/text.
func decode(b []byte, name string) (text string, err error) {
	known := false
	for _, n := range Names() {
		known = known || n == name
	}
	if !known {
		return "", say.Errorf("expected an encoding among %s, found %s", strings.Join(Names(), ", "), name)
	}
	view := js.Global().Get("Uint8Array").New(len(b))
	js.CopyBytesToJS(view, b)
	options := map[string]any{"ignoreBOM": true}
	return js.Global().Get("TextDecoder").New(name, options).Call("decode", view).String(), nil
}

// NFC composes letters and their marks, as most keyboards write them (Unicode Standard Annex 15).
func NFC(s string) string { return normal(s, "NFC") }

// NFKC is NFC after what is written in another form for old standards only: ligatures, narrow and wide letters.
func NFKC(s string) string { return normal(s, "NFKC") }

// NFD takes letters and their marks apart.
func NFD(s string) string { return normal(s, "NFD") }

// NFKD is NFD after what NFKC replaces.
func NFKD(s string) string { return normal(s, "NFKD") }

func normal(s, form string) string {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return js.Global().Get("String").Get("prototype").Get("normalize").Call("call", s, form).String()
		}
	}
	return s
}
