package recipe

import (
	"slices"
	"strings"
	"testing"
)

// stacked is a recipe with the given list in define.layers.
func stacked(list string) string {
	return strings.Replace(minimal, `"zoo":"digits_cnn"`, `"layers":`+list, 1)
}

func TestAStackOfLayers(t *testing.T) {
	r, err := Parse([]byte(stacked(`[{"zoo":"vgg16","include_top":false,"trainable":false,"weights":"vgg16.wafer"},
	 {"class":"Flatten"},{"class":"Dense","config":{"units":6}}]`)))
	if err != nil {
		t.Fatal(err)
	}
	list := r.Define.Stack()
	if len(list) != 3 || list[0].Top() || !list[0].Frozen() || list[0].Weights != "vgg16.wafer" || list[1].Frozen() ||
		!list[1].Top() {
		t.Errorf("got %+v", list)
	}
	for list, want := range map[string]string{
		`[]`:                                    "define.layers: is an empty list",
		`[{"clas":"Dense"}]`:                    "define.layers[0].clas: unknown key, did you mean class?",
		`[{"name":"x"}]`:                        "must have either class, a layer, or zoo or base, a base",
		`[{"class":"Flatten"},{"zoo":"vgg16"}]`: "define.layers[1]: a base must come first",
		`[{"class":"Dense","include_top":false}]`:     "go with zoo",
		`[{"zoo":"vgg16","weights":"../x"}]`:          "below the data folder",
		`[{"zoo":"vgg16","include_top":0}]`:           "define.layers[0].include_top: must be true or false, found 0",
		`[{"class":"Dense","trainable":"no"}]`:        `define.layers[0].trainable: must be true or false, found "no"`,
		`[{"zoo":"vgg16","config":{"classes":1000}}]`: "a base has options",
		`[7]`: "must be an object, found 7",
	} {
		if _, err := Parse([]byte(stacked(list))); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\n got %v\n want an error with %q", list, err, want)
		}
	}
}

// generated is a recipe with the given arguments of ImageDataGenerator.
func generated(arguments string) string {
	return strings.Replace(minimal, `"channels":1`, `"channels":1,"image_data_generator":{`+arguments+`}`, 1)
}

func TestImageDataGeneratorHasKerasDefaults(t *testing.T) {
	r, err := Parse([]byte(generated("")))
	if err != nil {
		t.Fatal(err)
	}
	g := r.Preprocess.Image.Generator
	if g == nil || g.Changes() || g.FillMode != "nearest" || !slices.Equal(g.ZoomRange, []float64{1, 1}) {
		t.Errorf("got %+v", g)
	}
	for arguments, zoom := range map[string][]float64{
		`"zoom_range":0.2`: {0.8, 1.2}, `"zoom_range":[0.5,1]`: {0.5, 1}, `"horizontal_flip":true`: {1, 1},
		`"brightness_range":[0.5,1.5]`: {1, 1},
	} {
		r, err := Parse([]byte(generated(arguments)))
		if err != nil {
			t.Errorf("%s: %v", arguments, err)
			continue
		}
		if g := r.Preprocess.Image.Generator; !g.Changes() || !slices.Equal(g.ZoomRange, zoom) {
			t.Errorf("%s: got %+v", arguments, g)
		}
		if again, err := Parse(r.Bytes()); err != nil || again.Hash() != r.Hash() {
			t.Errorf("%s: canonical bytes parse to something else: %v", arguments, err)
		}
	}
	for arguments, want := range map[string]string{
		`"rotation_rang":20`:         "unknown key, did you mean rotation_range?",
		`"zoom_range":"big"`:         "zoom_range: must be a number",
		`"zoom_range":[1]`:           "zoom_range: must be a number or a list of two numbers",
		`"zoom_range":[1,"2"]`:       "zoom_range[1]: must be a number",
		`"zoom_range":1`:             "must be two rising numbers from 0.01 to 100, found [0 2]",
		`"zoom_range":[1.2,0.8]`:     "must be two rising numbers",
		`"width_shift_range":1.5`:    "a share from 0 to below 1 or a whole number of pixels",
		`"fill_mode":"mirror"`:       "must be one of nearest, reflect, constant, wrap",
		`"cval":300`:                 "from 0 to 255",
		`"rotation_range":-1`:        "from 0 to 360",
		`"horizontal_flip":1`:        "must be true or false",
		`},"augment":{"rotation":20`: "can have augment or image_data_generator, not both",
	} {
		if _, err := Parse([]byte(generated(arguments))); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\n got %v\n want an error with %q", arguments, err, want)
		}
	}
}
