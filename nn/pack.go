package nn

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"wafer/nn/task"
	"wafer/nn/text"
)

// Limits of a file of samples: what PackSamples makes and UnpackSamples reads at most.
const (
	maxPacked  = 1 << 30 // bytes
	maxSamples = maxZipEntries
	maxSide    = 1 << 14 // pixels
)

// Prepared is a sample as the model sees it: a picture at the size and with the channels of the
// model's input, a text as it is. The model and all that is taught from it compute the same bits of it as of
// the sample, and it no longer depends on whose decoder reads it.
func (m *Model) Prepared(in task.Input) (task.Input, error) {
	e, ok := m.encode.(*imageEncoder)
	if !ok {
		return in, nil
	}
	p, err := e.picture(in)
	if err != nil {
		return in, err
	}
	rgba := make([]byte, 0, 4*p.Width*p.Height)
	for v := range slices.Chunk(p.Pix, p.Channels) {
		rgba = append(rgba, v[0], v[len(v)/2], v[len(v)-1], 255)
	}
	return task.Input{Name: in.Name, Pixels: &task.Pixels{Width: p.Width, Height: p.Height, RGBA: rgba}}, nil
}

// PackSamples writes samples into a zip archive, in their order: pixels as PNG, texts as UTF-8, one folder per
// class. Encoded pictures are refused, since no two decoders of JPEG agree to the bit: see Prepared. Names of files
// do not go along. The same samples give the same bytes; nothing is compressed, so that reading needs no more
// memory than the file.
func PackSamples(classes []string, labels []int, samples []task.Input) ([]byte, error) {
	if len(labels) != len(samples) {
		return nil, fmt.Errorf("packing: there are %d samples, but %d labels", len(samples), len(labels))
	}
	if len(samples) > maxSamples {
		return nil, fmt.Errorf("packing: there are %d samples, at most %d can be sent", len(samples), maxSamples)
	}
	var z zipWriter
	for i, s := range samples {
		if labels[i] < 0 || labels[i] >= len(classes) {
			return nil, fmt.Errorf("packing: sample %d belongs to class number %d, but there are %d classes", i+1, labels[i]+1, len(classes))
		}
		name := fmt.Sprintf("%s/%06d", folderName(labels[i], classes[labels[i]]), i+1)
		switch {
		case s.Pixels != nil:
			if err := checkPixels(s.Pixels); err != nil {
				return nil, fmt.Errorf("packing: sample %d: %w", i+1, err)
			}
			z.add(name+".png", encodePNG(s.Pixels))
		case s.File != nil:
			return nil, fmt.Errorf("packing: sample %d is an encoded picture; expected pixels or a text", i+1)
		default:
			z.add(name+".txt", []byte(s.Text))
		}
		if len(z.file) > maxPacked {
			return nil, fmt.Errorf("packing: the samples are larger than %d MB together", maxPacked>>20)
		}
	}
	return z.finish(), nil
}

// folderName is a class as a folder that every system can make.
func folderName(i int, class string) string {
	clean := strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || strings.ContainsRune(`/\:*?"<>|.`, r) {
			return '_'
		}
		return r
	}, strings.ToValidUTF8(class, "_"))
	if r := []rune(clean); len(r) > 40 {
		clean = string(r[:40])
	}
	return strconv.Itoa(i+1) + " " + clean
}

func checkPixels(p *task.Pixels) error {
	if p.Width <= 0 || p.Height <= 0 || p.Width > maxSide || p.Height > maxSide || len(p.RGBA) != 4*p.Width*p.Height {
		return fmt.Errorf("expected 1 to %d pixels a side and 4 bytes each, found %d × %d with %d bytes", maxSide, p.Width, p.Height, len(p.RGBA))
	}
	return nil
}

// UnpackSamples reads what PackSamples wrote, and nothing else: every length and checksum is checked before it is
// used. The error says which sample is wrong.
func UnpackSamples(file []byte) ([]task.Input, error) {
	if len(file) > maxPacked {
		return nil, fmt.Errorf("samples: the file has %d MB, at most %d MB are read", len(file)>>20, maxPacked>>20)
	}
	entries, err := readZip(file)
	if err != nil {
		return nil, fmt.Errorf("samples: %w", err)
	}
	out := make([]task.Input, len(entries))
	for i, e := range entries {
		if out[i], err = unpackSample(e); err != nil {
			return nil, fmt.Errorf("samples: sample %d (%q): %w", i+1, e.name, err)
		}
	}
	return out, nil
}

func unpackSample(e zipEntry) (task.Input, error) {
	in := task.Input{Name: e.name[strings.LastIndexByte(e.name, '/')+1:]}
	switch {
	case strings.HasSuffix(e.name, ".png"):
		p, err := decodePNG(e.data)
		in.Pixels = p
		return in, err
	case strings.HasSuffix(e.name, ".txt"):
		if at := text.Invalid(string(e.data)); at >= 0 {
			return in, fmt.Errorf("expected UTF-8, found the byte 0x%02x at %d", e.data[at], at)
		}
		in.Text = string(e.data)
		return in, nil
	}
	return in, errors.New("expected a .png or a .txt")
}
