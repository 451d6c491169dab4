package vision

import (
	"wafer/nn/say"
)

// Browser decodes a picture file to upright, not premultiplied RGBA bytes at full size. The
// browser's build leaves Go's decoders out; its worker sets this to the browser's own.
var Browser func(file []byte) (width, height int, rgba []byte, err error)

// Decode looks at the header first, as elsewhere, and then asks Browser. Transparent
// pixels are laid on the background. The picture has three channels.
func Decode(file []byte, under Background) (*Image, error) {
	h, err := Sniff(file)
	if err != nil {
		return nil, err
	}
	if Browser == nil {
		return nil, say.New("picture files are decoded by the browser here: expected pixels, found a file")
	}
	width, height, rgba, err := Browser(file)
	if err != nil {
		return nil, say.Errorf("this %s picture of %d × %d pixels is damaged: the browser says: %w", h.Format, h.Width, h.Height, err)
	}
	return FromRGBA(width, height, rgba, under)
}
