package vision

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"wafer/nn/say"
)

// sniffJPEG walks the segments up to the first scan (ITU-T T.81, annex B).
func sniffJPEG(file []byte) (Header, error) {
	h := Header{Format: "JPEG"}
	for at := 2; ; {
		for at < len(file) && file[at] == 0xff { // fill bytes
			at++
		}
		if len(file)-at < 3 {
			return h, cutShort(h.Format, fmt.Sprintf("expected the picture after its header, "+
				"found the end of the file after %d bytes", len(file)))
		}
		marker := file[at]
		if marker == 0xd9 {
			return h, say.Errorf("this JPEG picture is damaged: expected a picture, found its end mark")
		}
		if marker == 0x01 || marker >= 0xd0 && marker <= 0xd8 { // no length follows
			if at++; file[at] != 0xff {
				return h, say.Errorf("this JPEG picture is damaged: expected a marker at byte %d, found 0x%02x", at,
					file[at])
			}
			continue
		}
		n := int(binary.BigEndian.Uint16(file[at+1:]))
		data := file[at+1:]
		if n > len(data) || n < 2 {
			return h, cutShort(h.Format, fmt.Sprintf("expected a segment of %d bytes at byte %d, found %d", n, at,
				len(data)))
		}
		if done, err := h.segment(marker, data[2:n]); err != nil {
			return h, err
		} else if done {
			return h, ended(file, at)
		}
		if at += 1 + n; at < len(file) && file[at] != 0xff {
			return h, say.Errorf("this JPEG picture is damaged: expected a marker at byte %d, found 0x%02x", at,
				file[at])
		}
	}
}

// segment reads one segment's content; done says that the scan starts here.
func (h *Header) segment(marker byte, data []byte) (done bool, err error) {
	switch {
	case marker == 0xe1 && bytes.HasPrefix(data, []byte("Exif\x00\x00")) && h.Orientation == 0:
		h.Orientation = exifOrientation(data[6:])
	case marker == 0xda && h.Width == 0:
		return false, say.Errorf("this JPEG picture is damaged: expected its size before the scan, found none")
	case marker == 0xda:
		return true, nil
	case marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc:
		if len(data) < 6 {
			return false, say.Errorf("this JPEG picture is damaged: expected a frame header of at least 6 bytes, "+
				"found %d", len(data))
		}
		if marker > 0xc2 {
			return false, say.Errorf("this JPEG picture cannot be read: expected a baseline or progressive one, "+
				"found an unusual kind (SOF%d)", marker-0xc0)
		}
		h.Height, h.Width = int(binary.BigEndian.Uint16(data[1:])), int(binary.BigEndian.Uint16(data[3:]))
		return false, checkSize("this JPEG picture", h.Width, h.Height)
	}
	return false, nil
}

// ended checks that the end mark follows the scan: decoders in browsers show a picture
// that was cut short with a grey rest and say nothing.
func ended(file []byte, scan int) error {
	if bytes.LastIndex(file, []byte{0xff, 0xd9}) < scan {
		return cutShort("JPEG", fmt.Sprintf("expected an end mark, found the end of the file after %d bytes",
			len(file)))
	}
	return nil
}
