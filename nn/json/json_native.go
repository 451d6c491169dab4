//go:build !js

package json

import (
	"bytes"
	"encoding/json"
	"io"
)

// The names of encoding/json that are used.
type (
	RawMessage         = json.RawMessage
	Number             = json.Number
	Delim              = json.Delim
	Token              = json.Token
	Decoder            = json.Decoder
	SyntaxError        = json.SyntaxError
	UnmarshalTypeError = json.UnmarshalTypeError
)

// Marshal writes v without white space.
func Marshal(v any) ([]byte, error) { return json.Marshal(v) }

// MarshalIndent writes v with a line for every part.
func MarshalIndent(v any, prefix, indent string) ([]byte, error) {
	return json.MarshalIndent(v, prefix, indent)
}

// Unmarshal reads a document into what v points to.
func Unmarshal(b []byte, v any) error { return json.Unmarshal(b, v) }

// NewDecoder reads documents from a stream.
func NewDecoder(from io.Reader) *Decoder { return json.NewDecoder(from) }

// Compact appends a document without white space.
func Compact(to *bytes.Buffer, b []byte) error { return json.Compact(to, b) }

// Indent appends a document with a line for every part.
func Indent(to *bytes.Buffer, b []byte, prefix, indent string) error {
	return json.Indent(to, b, prefix, indent)
}

// Valid says whether b is a document.
func Valid(b []byte) bool { return json.Valid(b) }
