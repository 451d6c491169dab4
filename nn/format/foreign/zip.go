package foreign

import (
	"archive/zip"
	"bytes"
)

// Zip packs files into an archive. It has no times, so that the same files give the same bytes.
func Zip(files Files) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range files {
		w, err := z.Create(f.Name)
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(f.Data); err != nil {
			return nil, err
		}
	}
	err := z.Close()
	return b.Bytes(), err
}
