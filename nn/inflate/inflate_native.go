//go:build !js

package inflate

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"io"
)

// Deflated reads what these bytes, packed as RFC 1951 has it, unpack to.
func Deflated(packed []byte) io.Reader { return flate.NewReader(bytes.NewReader(packed)) }

// Gzip reads what a gzip file (RFC 1952) unpacks to; a header that is none is an error.
func Gzip(packed io.Reader) (io.Reader, error) { return gzip.NewReader(packed) }

// Zlib reads what a zlib stream (RFC 1950) unpacks to; a header that is none is an error.
func Zlib(packed []byte) (io.Reader, error) { return zlib.NewReader(bytes.NewReader(packed)) }
