package fit

import (
	"strings"
	"unicode"

	"wafer/nn/data"
	"wafer/nn/digest"
	"wafer/nn/task"
	"wafer/nn/vision"
)

// mostPrints is how many pictures are compared each with each; of more, only equal ones are found.
const mostPrints = 5000

// mostCopies is how many pairs of copies in different classes are told.
const mostCopies = 20

// trace is what samples are compared by.
type trace struct {
	content string
	print   vision.Print // of pixels
}

// alike lists pairs of samples of the same content or nearly: texts up to their case, width, spaces and
// punctuation, files byte for byte, pictures whose prints are near. The first of a pair comes first. A cache keeps what
// pictures are compared by; nil: none.
func (c *Cache) alike(samples []data.Sample) (pairs [][2]int) {
	traces := map[*task.Pixels]trace{}
	first := map[string]int{}
	var prints []vision.Print
	var number []int // of the sample of each print
	for i, s := range samples {
		p := s.Input.Pixels
		t := c.trace(s.Input)
		if p != nil {
			traces[p] = t
		}
		if j, known := first[t.content]; known {
			pairs = append(pairs, [2]int{j, i})
			continue
		}
		first[t.content] = i
		if print := t.print; p != nil && len(samples) <= mostPrints {
			for k, other := range prints {
				if print.Near(other) {
					pairs = append(pairs, [2]int{number[k], i})
				}
			}
			prints, number = append(prints, print), append(number, i)
		}
	}
	if c != nil {
		c.traces = traces
	}
	return pairs
}

// trace is that of an input, kept or made.
func (c *Cache) trace(in task.Input) trace {
	if in.Pixels == nil {
		return trace{content: contentKey(in)}
	}
	if c != nil {
		if t, known := c.traces[in.Pixels]; known {
			return t
		}
	}
	return trace{contentKey(in), printOf(in.Pixels)}
}

func printOf(p *task.Pixels) vision.Print {
	if p.Grey != nil {
		return vision.NewPrint(p.Width, p.Height, 1, p.Grey)
	}
	return vision.NewPrint(p.Width, p.Height, 4, p.RGBA)
}

func contentKey(in task.Input) string {
	h := digest.New()
	switch {
	case in.File != nil:
		h.Write(in.File)
	case in.Pixels != nil && in.Pixels.Grey != nil:
		h.Write(in.Pixels.Grey)
	case in.Pixels != nil:
		h.Write(in.Pixels.RGBA)
	default:
		h.Write([]byte(plainText(in.Text)))
	}
	return string(h.Sum(nil))
}

// plainText is a text in lower case and one width without spaces and punctuation; one that is nothing else stays as it
// is.
func plainText(text string) string {
	plain := strings.Map(func(r rune) rune {
		if r >= 0xff01 && r <= 0xff5e { // full width
			r -= 0xfee0
		}
		if unicode.IsSpace(r) || unicode.IsPunct(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, text)
	if plain == "" {
		return text
	}
	return plain
}

// copies are the pairs of samples that are alike but stand in different classes: one of the two is likely wrong.
func copies(samples []data.Sample, alike [][2]int) (pairs [][2]int) {
	for _, p := range alike {
		if samples[p[0]].Label != samples[p[1]].Label && len(pairs) < mostCopies {
			pairs = append(pairs, p)
		}
	}
	return pairs
}
