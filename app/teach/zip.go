package teach

import (
	"encoding/binary"

	"wafer/app/browser"
)

// archive is a zip archive of stored entries (APPNOTE.TXT 6.3.10) whose files stay where they are: of pictures the page
// holds only their headers, and the browser puts the parts together.
type archive struct {
	parts     []browser.Buffer
	directory []byte
	entries   int
	size      int64
}

// Limits of an archive without ZIP64.
const (
	mostEntries  = 1<<16 - 2
	largestBytes = 1<<32 - 2
)

// add appends a file of a size and a CRC-32.
func (z *archive) add(name string, b browser.Buffer, size int64, sum uint32) {
	le := binary.LittleEndian
	var same []byte                                           // what stands before the name in both headers
	for _, v := range []uint16{20, 1 << 11, 0, 0, 1<<5 | 1} { // version, UTF-8, stored, 1 January 1980
		same = le.AppendUint16(same, v)
	}
	for _, v := range []uint32{sum, uint32(size), uint32(size)} {
		same = le.AppendUint32(same, v)
	}
	same = le.AppendUint16(le.AppendUint16(same, uint16(len(name))), 0)
	local := append(append([]byte("PK\x03\x04"), same...), name...)
	z.directory = append(le.AppendUint16(append(z.directory, "PK\x01\x02"...), 20), same...)
	z.directory = append(z.directory, make([]byte, 2+2+2+4)...) // comment, disk, attributes
	z.directory = append(le.AppendUint32(z.directory, uint32(z.size)), name...)
	z.parts = append(z.parts, browser.Bytes(local), b)
	z.size += int64(len(local)) + size
	z.entries++
}

// finish returns the parts of the archive in their order.
func (z *archive) finish() []browser.Buffer {
	le := binary.LittleEndian
	b := append(z.directory, "PK\x05\x06\x00\x00\x00\x00"...)
	b = le.AppendUint16(le.AppendUint16(b, uint16(z.entries)), uint16(z.entries))
	b = le.AppendUint32(le.AppendUint32(b, uint32(len(z.directory))), uint32(z.size))
	return append(z.parts, browser.Bytes(le.AppendUint16(b, 0)))
}
