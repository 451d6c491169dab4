package foreign

import "wafer/nn/zipfile"

// Zip packs files into an archive. The same files give the same bytes.
func Zip(files Files) ([]byte, error) {
	var w zipfile.Writer
	for _, f := range files {
		if err := w.Add(f.Name, f.Data); err != nil {
			return nil, err
		}
	}
	return w.Bytes(), nil
}
