package json

import (
	"bytes"
	"io"

	"wafer/nn/json/small"
)

// The names of encoding/json that are used.
type (
	RawMessage         = small.RawMessage
	Number             = small.Number
	Delim              = small.Delim
	Token              = small.Token
	Decoder            = small.Decoder
	SyntaxError        = small.SyntaxError
	UnmarshalTypeError = small.UnmarshalTypeError
)

// Marshal writes v without white space.
func Marshal(v any) ([]byte, error) { return small.Marshal(v) }

// MarshalIndent writes v with a line for every part.
func MarshalIndent(v any, prefix, indent string) ([]byte, error) {
	return small.MarshalIndent(v, prefix, indent)
}

// Unmarshal reads a document into what v points to.
func Unmarshal(b []byte, v any) error { return small.Unmarshal(b, v) }

// NewDecoder reads documents from a stream.
func NewDecoder(from io.Reader) *Decoder { return small.NewDecoder(from) }

// Compact appends a document without white space.
func Compact(to *bytes.Buffer, b []byte) error { return small.Compact(to, b) }

// Indent appends a document with a line for every part.
func Indent(to *bytes.Buffer, b []byte, prefix, indent string) error {
	return small.Indent(to, b, prefix, indent)
}

// Valid says whether b is a document.
func Valid(b []byte) bool { return small.Valid(b) }
