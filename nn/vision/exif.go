package vision

import "encoding/binary"

// exifOrientation finds the tag Orientation (0x0112) in a TIFF structure, as EXIF
// stores it (CIPA DC-008, section 4.6). It is 1 where there is none or where the
// structure is damaged: a wrong tag must not cost the picture.
func exifOrientation(tiff []byte) int {
	const upright, tagOrientation, typeShort = 1, 0x0112, 3
	if len(tiff) < 8 {
		return upright
	}
	var order binary.ByteOrder
	switch string(tiff[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return upright
	}
	at := int64(order.Uint32(tiff[4:])) // of the first directory
	if at+2 > int64(len(tiff)) {
		return upright
	}
	entries := tiff[at+2:]
	for range order.Uint16(tiff[at:]) {
		if len(entries) < 12 {
			return upright
		}
		if order.Uint16(entries) == tagOrientation && order.Uint16(entries[2:]) == typeShort {
			if v := int(order.Uint16(entries[8:])); v >= 1 && v <= 8 {
				return v
			}
			return upright
		}
		entries = entries[12:]
	}
	return upright
}
