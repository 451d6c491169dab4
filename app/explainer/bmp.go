package explainer

// bmp is a picture of RGBA bytes as a file without alpha: the header of Windows 3, then rows of blue, green, red from
// the lowest up, each filled to a multiple of four bytes.
func bmp(rgba []byte, width, height int) []byte {
	const header = 54
	row := (3*width + 3) &^ 3
	file := make([]byte, header+row*height)
	put := func(at, v int) {
		file[at], file[at+1], file[at+2], file[at+3] = byte(v), byte(v>>8), byte(v>>16), byte(v>>24)
	}
	file[0], file[1] = 'B', 'M'
	put(2, len(file))
	put(10, header)
	put(14, 40) // bytes of what follows
	put(18, width)
	put(22, height)
	put(26, 1|24<<16) // planes, bits of a pixel
	for y := range height {
		to, from := file[header+(height-1-y)*row:], rgba[4*y*width:]
		for x := range width {
			to[3*x], to[3*x+1], to[3*x+2] = from[4*x+2], from[4*x+1], from[4*x]
		}
	}
	return file
}
