//go:build !js

package text

import "golang.org/x/text/unicode/norm"

// NFKC is the text in Unicode's normalisation form KC.
func NFKC(text string) string {
	if isASCII(text) {
		return text
	}
	return norm.NFKC.String(text)
}
