package vision

import (
	"errors"
	"fmt"
)

// Browser decodes a picture file to upright, not premultiplied RGBA bytes with the
// browser's own decoder. Whoever may talk to the browser sets it (app/worker); this
// package may not.
var Browser func(file []byte) (width, height int, rgba []byte, err error)

// Decode reads a picture file through Browser: Go's decoders are left out of the
// browser's build. It refuses what Sniff refuses before the browser sees it.
func Decode(file []byte, under Background) (*Image, error) {
	h, err := Sniff(file)
	if err != nil {
		return nil, err
	}
	if Browser == nil {
		return nil, errors.New("picture files are decoded by the browser here: expected pixels, found a file")
	}
	width, height, rgba, err := Browser(file)
	if err != nil {
		return nil, fmt.Errorf("this %s picture of %d × %d pixels is damaged or cut short: %w", h.Format, h.Width, h.Height, err)
	}
	return FromRGBA(width, height, rgba, under)
}
