// Package samples reads and writes the file of labelled samples that goes from a page to a server and back: a zip of
// what the network sees, one folder per class.
package samples

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"wafer/nn/charset"
	"wafer/nn/task"
)

// Limits of a file of samples: what Pack makes and Unpack reads at most.
const (
	maxPacked  = 1 << 30 // bytes
	maxSamples = maxZipEntries
	maxSide    = 1 << 14 // pixels
)

// Pack writes samples into a zip archive, in their order: pixels as PNG, texts as UTF-8, one folder per class, which is
// named by the class' number from 1 and its name as far as every system can make such a folder. A sample of a group has
// the number of the group, from 1 in the order of the samples, behind its own: 000012-3.png. Encoded pictures are
// refused, since no two decoders of JPEG agree to the bit. Names of files do not go along. The same samples give the
// same bytes; nothing is compressed, so that reading needs no more memory than the file.
func Pack(classes []string, labels []int, samples []task.Input) ([]byte, error) {
	if len(labels) != len(samples) {
		return nil, fmt.Errorf("packing: there are %d samples, but %d labels", len(samples), len(labels))
	}
	if len(samples) > maxSamples {
		return nil, fmt.Errorf("packing: there are %d samples, at most %d can be sent", len(samples), maxSamples)
	}
	var z zipWriter
	groups := map[string]int{}
	for i, s := range samples {
		if labels[i] < 0 || labels[i] >= len(classes) {
			return nil, fmt.Errorf("packing: sample %d belongs to class number %d, but there are %d classes", i+1,
				labels[i]+1, len(classes))
		}
		name := fmt.Sprintf("%s/%06d", folderName(labels[i], classes[labels[i]]), i+1)
		if s.Group != "" {
			if groups[s.Group] == 0 {
				groups[s.Group] = len(groups) + 1
			}
			name += "-" + strconv.Itoa(groups[s.Group])
		}
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
		return fmt.Errorf("expected 1 to %d pixels a side and 4 bytes each, found %d × %d with %d bytes", maxSide,
			p.Width, p.Height, len(p.RGBA))
	}
	return nil
}

// File is what a file of samples holds.
type File struct {
	Classes []string // names of the folders, "" for numbers that no sample has
	Labels  []int    // one per sample, index into Classes
	Samples []task.Input
}

// Unpack reads what Pack wrote, and nothing else: every length and checksum is checked before it is used. The error
// says which sample is wrong.
func Unpack(file []byte) (f File, err error) {
	if len(file) > maxPacked {
		return f, fmt.Errorf("samples: the file has %d MB, at most %d MB are read", len(file)>>20, maxPacked>>20)
	}
	entries, err := readZip(file)
	if err != nil {
		return f, fmt.Errorf("samples: %w", err)
	}
	for i, e := range entries {
		err := f.class(e.name)
		if err == nil {
			var in task.Input
			in, err = unpackSample(e)
			f.Samples = append(f.Samples, in)
		}
		if err != nil {
			return File{}, fmt.Errorf("samples: sample %d (%q): %w", i+1, e.name, err)
		}
	}
	return f, nil
}

// class reads the folder that the next sample lies in.
func (f *File) class(path string) error {
	folder, _, _ := strings.Cut(path, "/")
	number, name, _ := strings.Cut(folder, " ")
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > maxSamples {
		return fmt.Errorf("expected a folder with the number of a class and its name, found %q", folder)
	}
	for len(f.Classes) < n {
		f.Classes = append(f.Classes, "")
	}
	if was := f.Classes[n-1]; was != "" && was != name {
		return fmt.Errorf("expected class number %d to be %q as before, found %q", n, was, name)
	}
	f.Classes[n-1] = name
	f.Labels = append(f.Labels, n-1)
	return nil
}

func unpackSample(e zipEntry) (task.Input, error) {
	in := task.Input{Name: e.name[strings.LastIndexByte(e.name, '/')+1:]}
	stem, _, _ := strings.Cut(in.Name, ".")
	_, in.Group, _ = strings.Cut(stem, "-")
	switch {
	case strings.HasSuffix(e.name, ".png"):
		p, err := decodePNG(e.data)
		in.Pixels = p
		return in, err
	case strings.HasSuffix(e.name, ".txt"):
		if at := charset.Invalid(string(e.data)); at >= 0 {
			return in, fmt.Errorf("expected UTF-8, found the byte 0x%02x at %d", e.data[at], at)
		}
		in.Text = string(e.data)
		return in, nil
	}
	return in, errors.New("expected a .png or a .txt")
}
