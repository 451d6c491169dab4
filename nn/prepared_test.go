package nn

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"strings"
	"testing"

	"wafer/nn/format/samples"
	"wafer/nn/task"
)

// photo is a JPEG that no two decoders must agree on.
func photo(class, i int) task.Input {
	m := image.NewRGBA(image.Rect(0, 0, 33, 25))
	for y := range 25 {
		for x := range 33 {
			v := byte(30 + (x*7+y*i)%50)
			if (y < 12) == (class == 0) {
				v += 140
			}
			m.Set(x, y, color.RGBA{v, v / 2, byte(x * 5), 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		panic(err)
	}
	return task.Input{Name: fmt.Sprintf("%d.jpg", i), File: b.Bytes()}
}

// A run that began on the samples themselves goes on elsewhere on the packed ones.
func TestARunGoesOnWithPackedSamples(t *testing.T) {
	for _, channels := range []string{"1", "3"} {
		doc := strings.NewReplacer(`"channels":1`, `"channels":`+channels+`,"mode":"fit"`, `[12,12,1]`, `[12,12,`+channels+`]`).Replace(imageRecipe)
		base, _ := fitted(t, doc, corners(), FitOptions{})
		var in []task.Input
		var labels []int
		for i := range 24 {
			in, labels = append(in, photo(i%2, i)), append(labels, i%2)
		}
		req := request(labels)
		req.WholeNetwork, req.Epochs = true, 2
		want, _, err := Teach(context.Background(), base, req, in, TeachOptions{})
		if err != nil {
			t.Fatal(err)
		}
		_, at := stopping(t, base, req, in, nil, func(step int) bool { return step == 3 })
		if _, err := samples.Pack(req.Classes, labels, in); err == nil || !strings.Contains(err.Error(), "sample 1 is an encoded picture") {
			t.Errorf("packing encoded pictures: %v", err)
		}
		for i := range in {
			if in[i], err = base.Prepared(in[i]); err != nil {
				t.Fatal(err)
			}
		}
		file, err := samples.Pack(req.Classes, labels, in)
		if err != nil {
			t.Fatal(err)
		}
		there, err := samples.Unpack(file)
		if err != nil {
			t.Fatal(err)
		}
		got, _, err := Teach(context.Background(), base, req, there.Samples, TeachOptions{Resume: at})
		if err != nil || !bytes.Equal(got.Bytes(), want.Bytes()) {
			t.Errorf("%s channels: the run went on to another file, %v", channels, err)
		}
	}
}
