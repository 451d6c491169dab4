package torch

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"strings"

	"wafer/nn/format/foreign"
	"wafer/nn/say"
)

const maxEntries = 1 << 16

// pickleIn is the name of the pickle in an archive, "resnet18/data.pkl"; ok is false where there is none.
func pickleIn(file []byte) (name string, ok bool) {
	if !foreign.IsZip(file) {
		return "", false
	}
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil || len(z.File) > maxEntries {
		return "", false
	}
	for _, e := range z.File {
		if strings.HasSuffix(e.Name, "/data.pkl") && (name == "" || len(e.Name) < len(name)) {
			name = e.Name
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
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return err
	}
	entries := map[string][]byte{}
	f.form = "PyTorch"
	for _, e := range z.File {
		name, inside := strings.CutPrefix(e.Name, folder)
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
func stored(file []byte, e *zip.File) ([]byte, error) {
	if e.Method != zip.Store || e.Flags&1 != 0 {
		return nil, say.New("is packed or encrypted, which PyTorch's files are not")
	}
	at, err := e.DataOffset()
	if err != nil {
		return nil, err
	}
	size := int64(len(file))
	if at < 0 || at > size || e.UncompressedSize64 != e.CompressedSize64 || e.UncompressedSize64 > uint64(size-at) {
		return nil, say.Errorf("claims %d bytes, more than the archive holds", e.UncompressedSize64)
	}
	if !agrees(file[:at], e) {
		return nil, say.New("has another name or size at its place than in the archive's directory")
	}
	b := file[at : at+int64(e.UncompressedSize64) : at+int64(e.UncompressedSize64)]
	if crc32.ChecksumIEEE(b) != e.CRC32 {
		return nil, say.New("is damaged: its checksum is wrong")
	}
	return b, nil
}

// agrees compares the header before an entry, at the end of head, with the directory's (APPNOTE.TXT, 4.3.7).
func agrees(head []byte, e *zip.File) bool {
	const signature, length = "PK\x03\x04", 30
	head = head[max(0, len(head)-length-2*(1<<16-1)):]
	for at := len(head); ; {
		if at = bytes.LastIndex(head[:at], []byte(signature)); at < 0 {
			return false
		}
		h := head[at:]
		if len(h) < length {
			continue
		}
		name, extra := int(binary.LittleEndian.Uint16(h[26:])), int(binary.LittleEndian.Uint16(h[28:]))
		if length+name+extra != len(h) { // the signature within a name or a field
			continue
		}
		size := binary.LittleEndian.Uint32(h[22:])
		later := e.Flags&8 != 0 || size == 1<<32-1 // the size stands elsewhere
		return string(h[length:length+name]) == e.Name && (later || uint64(size) == e.UncompressedSize64)
	}
}
