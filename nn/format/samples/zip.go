package samples

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
)

// Zip archives of stored entries, no more (APPNOTE.TXT 6.3.10): package archive/zip is a twentieth of the
// worker's download, and what is not compressed cannot be a bomb.

const (
	zipLocal, zipCentral, zipEnd                = 0x04034b50, 0x02014b50, 0x06054b50
	zipLocalSize, zipCentralSize, zipEndSize    = 30, 46, 22
	zipVersion, zipUTF8, zipStored, zipFirstDay = 20, 1 << 11, 0, 1<<5 | 1 // 1 January 1980
	maxZipEntries                               = 1<<16 - 2                // more need ZIP64
)

type zipEntry struct {
	name string
	data []byte
}

// zipWriter appends entries to file; finish adds the directory.
type zipWriter struct {
	file, directory []byte
	entries         int
}

func (z *zipWriter) add(name string, data []byte) {
	le := binary.LittleEndian
	var same []byte // what stands before the name in both headers
	for _, v := range []uint16{zipVersion, zipUTF8, zipStored, 0, zipFirstDay} {
		same = le.AppendUint16(same, v)
	}
	for _, v := range []uint32{crc32.ChecksumIEEE(data), uint32(len(data)), uint32(len(data))} {
		same = le.AppendUint32(same, v)
	}
	same = le.AppendUint16(le.AppendUint16(same, uint16(len(name))), 0)
	d := le.AppendUint16(le.AppendUint32(z.directory, zipCentral), zipVersion)
	d = append(d, same...)
	d = append(d, make([]byte, 2+2+2+4)...) // comment, disk, attributes
	z.directory = append(le.AppendUint32(d, uint32(len(z.file))), name...)
	z.file = append(append(le.AppendUint32(z.file, zipLocal), same...), name...)
	z.file = append(z.file, data...)
	z.entries++
}

func (z *zipWriter) finish() []byte {
	le := binary.LittleEndian
	start := len(z.file)
	b := append(z.file, z.directory...)
	b = le.AppendUint32(le.AppendUint32(b, zipEnd), 0)
	b = le.AppendUint16(le.AppendUint16(b, uint16(z.entries)), uint16(z.entries))
	b = le.AppendUint32(le.AppendUint32(b, uint32(len(z.directory))), uint32(start))
	return le.AppendUint16(b, 0)
}

var errNotOurs = errors.New("expected a zip archive made by Wafer")

// readZip reads an archive whose entries are stored one after another in the order of its
// directory. The data are parts of file.
func readZip(file []byte) ([]zipEntry, error) {
	le := binary.LittleEndian
	if len(file) < zipEndSize {
		return nil, fmt.Errorf("%w, found %d bytes", errNotOurs, len(file))
	}
	end := file[len(file)-zipEndSize:]
	n, size, start := int(le.Uint16(end[10:])), int64(le.Uint32(end[12:])), int64(le.Uint32(end[16:]))
	if le.Uint32(end) != zipEnd || n > maxZipEntries || start+size != int64(len(file)-zipEndSize) {
		return nil, fmt.Errorf("%w: its end is damaged or cut short", errNotOurs)
	}
	directory, at := file[start:start+size], int64(0)
	list := make([]zipEntry, 0, min(n, len(directory)/zipCentralSize))
	for i := range n {
		if len(directory) < zipCentralSize {
			return nil, fmt.Errorf("%w: its directory ends before entry %d of %d", errNotOurs, i+1, n)
		}
		length, name := int64(le.Uint32(directory[20:])), int(le.Uint16(directory[28:]))
		next := at + zipLocalSize + int64(name) + length
		if le.Uint32(directory) != zipCentral || int64(le.Uint32(directory[42:])) != at || next > start ||
			len(directory) < zipCentralSize+name {
			return nil, fmt.Errorf("%w: entry %d of %d does not stand where its directory says", errNotOurs, i+1, n)
		}
		e, err := readZipEntry(file[at:next], directory[:zipCentralSize+name])
		if err != nil {
			return nil, fmt.Errorf("entry %d of %d: %w", i+1, n, err)
		}
		list, directory, at = append(list, e), directory[zipCentralSize+name:], next
	}
	if at != start || len(directory) > 0 {
		return nil, fmt.Errorf("%w: something stands between its entries", errNotOurs)
	}
	return list, nil
}

// readZipEntry compares an entry with its line of the directory.
func readZipEntry(local, central []byte) (zipEntry, error) {
	le := binary.LittleEndian
	const shared = zipLocalSize - 4 // bytes of the header that both have
	name := central[zipCentralSize:]
	if le.Uint32(local) != zipLocal || string(local[4:4+shared]) != string(central[6:6+shared]) ||
		string(local[zipLocalSize:][:len(name)]) != string(name) {
		return zipEntry{}, fmt.Errorf("%w: its header is not what the directory says", errNotOurs)
	}
	if method, extra := le.Uint16(local[8:]), le.Uint16(local[28:]); method != zipStored || extra != 0 {
		return zipEntry{}, fmt.Errorf("%w: found one that is compressed or has extra fields", errNotOurs)
	}
	data := local[zipLocalSize+len(name):]
	if le.Uint32(local[14:]) != crc32.ChecksumIEEE(data) || int(le.Uint32(local[18:])) != len(data) {
		return zipEntry{}, errors.New("the content does not match its checksum: the file was damaged")
	}
	return zipEntry{string(name), data}, nil
}
