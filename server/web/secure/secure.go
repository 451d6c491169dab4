// Package secure has the headers that protect the page, for whatever serves it.
package secure

import "net/http"

// Headers go with every answer. The first three isolate the page from other
// origins, which shared memory between workers needs. The policy lets the page
// talk to nobody but the server that it came from.
var Headers = map[string]string{
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Embedder-Policy": "require-corp",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Content-Security-Policy": "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; " +
		"style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; worker-src 'self'; " +
		"object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
	"X-Content-Type-Options": "nosniff",
	"Referrer-Policy":        "no-referrer",
}

// Set puts all of them into the header of an answer.
func Set(h http.Header) {
	for name, value := range Headers {
		h.Set(name, value)
	}
}
