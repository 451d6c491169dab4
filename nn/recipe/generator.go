package recipe

import (
	"bytes"
	"math"
	"reflect"
	"strconv"

	"wafer/nn/json"
)

// ImageDataGenerator are the arguments of Keras' class of that name that change training
// pictures at random; rescale is Image.Normalisation.
type ImageDataGenerator struct {
	RotationRange float64 `json:"rotation_range"` // degrees either way
	// below 1: share of the side either way; a whole number n: up to n−1 pixels
	WidthShiftRange   float64 `json:"width_shift_range"`
	HeightShiftRange  float64 `json:"height_shift_range"` //
	BrightnessRange   Range   `json:"brightness_range,omitempty"`
	ShearRange        float64 `json:"shear_range"` // degrees either way
	ZoomRange         Range   `json:"zoom_range"`  // z is [1−z, 1+z]
	ChannelShiftRange float64 `json:"channel_shift_range"`
	FillMode          string  `json:"fill_mode"` // "nearest", "reflect", "constant", "wrap"
	CVal              float64 `json:"cval"`      // level 0…255 of fill_mode constant
	HorizontalFlip    bool    `json:"horizontal_flip"`
	VerticalFlip      bool    `json:"vertical_flip"`
}

// DefaultImageDataGenerator has Keras' defaults: no change.
func DefaultImageDataGenerator() *ImageDataGenerator {
	return &ImageDataGenerator{ZoomRange: Range{1, 1}, FillMode: "nearest"}
}

// Changes reports whether any picture can come out changed.
func (g *ImageDataGenerator) Changes() bool {
	still := *g
	still.FillMode, still.CVal = "nearest", 0
	mine, _ := json.Marshal(&still) // numbers and words only: no error
	none, _ := json.Marshal(DefaultImageDataGenerator())
	return !bytes.Equal(mine, none)
}

// Range is [lower, upper]; in JSON also one number z for [1−z, 1+z], as Keras' zoom_range.
type Range []float64

// UnmarshalJSON reads both forms.
func (r *Range) UnmarshalJSON(b []byte) error {
	var z float64
	if json.Unmarshal(b, &z) == nil {
		*r = Range{1 - z, 1 + z}
		return nil
	}
	return json.Unmarshal(b, (*[]float64)(r))
}

var rangeType = reflect.TypeOf(Range{})

// span checks the JSON form of a Range.
func (p *problems) span(path string, v any) {
	list, ok := v.([]any)
	if !ok {
		p.scalar(path, v, rangeType.Elem())
		return
	}
	if len(list) != 2 {
		p.wrong(path, "a number or a list of two numbers", v)
	}
	for i, e := range list {
		p.scalar(path+"["+itoa(i)+"]", e, rangeType.Elem())
	}
}

func itoa(i int) string { return strconv.Itoa(i) }

func (p *problems) generator(path string, g *ImageDataGenerator) {
	p.between(path+"rotation_range", g.RotationRange, 0, 360)
	p.between(path+"shear_range", g.ShearRange, 0, 89)
	p.between(path+"channel_shift_range", g.ChannelShiftRange, 0, 255)
	p.between(path+"cval", g.CVal, 0, 255)
	for name, v := range map[string]float64{"width_shift_range": g.WidthShiftRange,
		"height_shift_range": g.HeightShiftRange} {
		p.require(v >= 0 && v <= 1024 && (v < 1 || v == math.Trunc(v)), path+name,
			"must be a share from 0 to below 1 or a whole number of pixels up to 1024, found %v", v)
	}
	p.oneOf(path+"fill_mode", g.FillMode, "nearest", "reflect", "constant", "wrap")
	p.limits(path+"zoom_range", g.ZoomRange, 0.01, 100)
	if g.BrightnessRange != nil {
		p.limits(path+"brightness_range", g.BrightnessRange, 0, 255)
	}
}

func (p *problems) limits(path string, r Range, lo, hi float64) {
	ok := len(r) == 2 && r[0] >= lo && r[0] <= r[1] && r[1] <= hi
	p.require(ok, path, "must be two rising numbers from %v to %v, found %v", lo, hi, []float64(r))
}
