package torch

import (
	"bytes"
	"hash/crc32"
	"strings"

	"wafer/nn/format/foreign"
	"wafer/nn/say"
	"wafer/nn/zipfile"
)

const maxEntries = 1 << 16

// pickleIn is the name of the pickle in an archive, "resnet18/data.pkl"; ok is false where there is none.
func pickleIn(file []byte) (name string, ok bool) {
	if !foreign.IsZip(file) {
		return "", false
	}
	entries, err := zipfile.Directory(file, maxEntries)
	if err != nil {
		return "", false
	}
	for _, e := range entries {
		if bytes.HasSuffix(e.Name, []byte("/data.pkl")) && (name == "" || len(e.Name) < len(name)) {
			name = string(e.Name)
		}
	}
	return name, name != ""
}

// zipped opens the zip form: data.pkl and the storages data/0, data/1, …, below one folder. Entries are stored, not
// packed, and used where they stand.
func (f *File) zipped(file []byte) error {
	pickle, ok := pickleIn(file)
	if !ok {
		return say.New("is a zip archive without data.pkl")
	}
	folder := strings.TrimSuffix(pickle, "data.pkl")
	list, err := zipfile.Directory(file, maxEntries)
	if err != nil {
		return err
	}
	entries := map[string][]byte{}
	f.form = "PyTorch"
	for _, e := range list {
		name, inside := strings.CutPrefix(string(e.Name), folder)
		if !inside || !(name == "data.pkl" || name == "byteorder" || strings.HasPrefix(name, "data/")) {
			if strings.HasPrefix(name, "code/") {
				f.form = "TorchScript"
			}
			continue
		}
		if entries[name] != nil {
			return say.Errorf("has its part %.80q twice", name)
		}
		if entries[name], err = stored(file, e); err != nil {
			return say.Errorf("part %.80q: %w", name, err)
		}
	}
	if string(entries["byteorder"]) == "big" {
		return errBigEndian
	}
	root, p, err := unpickle(entries["data.pkl"], 4*len(file)+fixed)
	if err != nil {
		return err
	}
	f.root = root
	for _, key := range sorted(p.storages) {
		s, data := p.storages[key], entries["data/"+key]
		if data == nil || int64(len(data)) < s.bytes() {
			return say.Errorf("has %d bytes of storage %.40q, its tensors need %d", len(data), key, s.bytes())
		}
		f.storages[key] = data
	}
	return nil
}

// stored is an entry where it stands in the file, never nil. What the archive says of it at its own place and in its
// directory must agree, and its checksum must be right.
func stored(file []byte, e zipfile.Entry) ([]byte, error) {
	_, b, ok := e.Local(file)
	switch {
	case e.Method != zipfile.Stored || e.Flags&zipfile.Encrypted != 0:
		return nil, say.New("is packed or encrypted, which PyTorch's files are not")
	case !ok || b == nil || e.Size != e.Packed:
		return nil, say.Errorf("claims %d bytes, more than the archive holds", e.Size)
	case !e.Agrees(file):
		return nil, say.New("has another name or size at its place than in the archive's directory")
	case crc32.ChecksumIEEE(b) != e.Sum:
		return nil, say.New("is damaged: its checksum is wrong")
	}
	return b, nil
}
