package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"

	"github.com/andybalholm/brotli"
)

// hashOf is the start of the SHA-256 of b in hex: short enough for a file name.
func hashOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])[:12]
}

// brotliOf compresses b with brotli at a quality of 0…11. Results are kept in
// build/cache, since quality 11 takes seconds.
func brotliOf(b []byte, quality int) ([]byte, error) {
	return cached(b, fmt.Sprintf("q%d.br", quality), func(out *bytes.Buffer) error {
		w := brotli.NewWriterOptions(out, brotli.WriterOptions{Quality: quality, LGWin: 24})
		if _, err := w.Write(b); err != nil {
			return err
		}
		return w.Close()
	})
}

// gzipOf compresses b with gzip, for clients that know no brotli.
func gzipOf(b []byte) ([]byte, error) {
	return cached(b, "gz", func(out *bytes.Buffer) error {
		w, err := gzip.NewWriterLevel(out, gzip.BestCompression)
		if err != nil {
			return err
		}
		if _, err := w.Write(b); err != nil {
			return err
		}
		return w.Close()
	})
}

func cached(b []byte, form string, compress func(*bytes.Buffer) error) ([]byte, error) {
	name := filepath.Join("build/cache", hashOf(b)+"."+form)
	if kept, err := os.ReadFile(name); err == nil {
		return kept, nil
	}
	var out bytes.Buffer
	if err := compress(&out); err != nil {
		return nil, err
	}
	return out.Bytes(), writeFile(name, out.Bytes())
}
