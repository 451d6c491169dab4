package text

import "syscall/js"

// NFKC is the text in Unicode's normalisation form KC, by the browser, whose tables need no download.
func NFKC(text string) string {
	if isASCII(text) {
		return text
	}
	return js.ValueOf(text).Call("normalize", "NFKC").String()
}
