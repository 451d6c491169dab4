package vision

import (
	"encoding/binary"
	"fmt"

	"wafer/nn/say"
)

// sniffGIF reads the header of a GIF and walks its blocks to the end of the first
// frame (GIF89a specification).
func sniffGIF(file []byte) (Header, error) {
	const extension, frame, trailer = 0x21, 0x2c, 0x3b
	h := Header{Format: "GIF"}
	short := cutShort(h.Format, fmt.Sprintf("expected a whole frame, found the end of the file after %d bytes",
		len(file)))
	if len(file) < 13 {
		return h, short
	}
	h.Width, h.Height = int(binary.LittleEndian.Uint16(file[6:])), int(binary.LittleEndian.Uint16(file[8:]))
	if err := checkSize("this GIF picture", h.Width, h.Height); err != nil {
		return h, err
	}
	for at := 13 + paletteSize(file[10]); at < len(file); {
		switch file[at] {
		case trailer:
			return h, say.Errorf("this GIF picture has no frame: expected at least one, found none")
		case extension:
			if at = skipBlocks(file, at+2); at < 0 {
				return h, short
			}
		case frame:
			if len(file)-at < 11 {
				return h, short
			}
			// Behind the 10 bytes of the descriptor: palette, code size, data blocks.
			if skipBlocks(file, at+10+paletteSize(file[at+9])+1) < 0 {
				return h, short
			}
			return h, nil
		default:
			return h, say.Errorf("this GIF picture is damaged: expected a block at byte %d, found 0x%02x", at, file[at])
		}
	}
	return h, short
}

// paletteSize is the length of the colour table that the flags announce.
func paletteSize(flags byte) int {
	if flags&0x80 == 0 {
		return 0
	}
	return 3 << (flags&7 + 1)
}

// skipBlocks is the position behind a chain of data blocks, −1 if the file ends first.
func skipBlocks(file []byte, at int) int {
	for at < len(file) {
		n := int(file[at])
		at += 1 + n
		if n == 0 {
			return at
		}
	}
	return -1
}
