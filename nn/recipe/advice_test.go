package recipe

import (
	"slices"
	"testing"
)

// rules are the names of what is advised.
func rules(r *Recipe, c Counts) (names []string) {
	for _, a := range r.Advise(c) {
		names = append(names, a.Rule)
	}
	return names
}

const adviceText = `{"name":"t","preprocess":{"kind":"text","data":{"train":[{"form":"table","path":"t.csv"}]},
 "text":{"tokenizer":{"num_words":100},"pad_sequences":{"maxlen":8}}},
 "define":{"layers":[{"class":"Embedding","config":{"input_dim":100,"output_dim":4}},{"class":"Flatten"},
  {"class":"Dense","config":{"units":1,"activation":"softmax"}}]},
 "loss":{"name":"binary_crossentropy"},"optimizer":{"name":"adam"},"train":{"epochs":10}}`

const advicePicture = `{"name":"p","preprocess":{"kind":"image","data":{"train":[{"form":"folder","path":"p"}]},
 "image":{"height":64,"width":64,"channels":3}},
 "define":{"layers":[{"zoo":"vgg16","include_top":false,"weights":"vgg16.wafer"},{"class":"Flatten"},
  {"class":"Dense","config":{"units":3}}]},
 "loss":{"name":"binary_crossentropy"},"optimizer":{"name":"adam"},"train":{"epochs":10},
 "validate":{"validation_split":0.2}}`

// Every rule is broken by a recipe, and holds after its fix.
func TestAdvice(t *testing.T) {
	for _, c := range []struct {
		doc    string
		counts Counts
		want   []string
	}{
		{adviceText, Counts{}, []string{NoUnknownToken, OneUnitSoftmax, NothingHeldBack}},
		{advicePicture, Counts{Train: []int{10, 40, 20}, Validation: 18},
			[]string{ScaleOfPretrained, LossOfLastLayer, UnfrozenOnFew, Imbalance, FewForValidation, KeepsLastEpoch}},
	} {
		r, err := Parse([]byte(c.doc))
		if err != nil {
			t.Fatal(err)
		}
		if got := rules(r, c.counts); !slices.Equal(got, c.want) {
			t.Errorf("%s: advised %v, expected %v", r.Name, got, c.want)
		}
		for _, a := range r.Advise(c.counts) {
			if a.Fix == nil {
				t.Errorf("%s: %s has no fix", r.Name, a.Rule)
				continue
			}
			a.Fix(r)
			after := c.counts
			if a.Rule == FewForValidation {
				after.Validation = 31
			}
			if slices.Contains(rules(r, after), a.Rule) {
				t.Errorf("%s: %s is broken after its fix: %s", r.Name, a.Rule, r.Bytes())
			}
		}
		if again, err := Parse(r.Bytes()); err != nil || again.Hash() != r.Hash() {
			t.Errorf("%s: the mended recipe is read as another: %v", r.Name, err)
		}
	}
}

// A recipe without faults is let be, and one whose pictures keep their levels is told so.
func TestNoAdvice(t *testing.T) {
	const good = `{"name":"p","preprocess":{"kind":"image","data":{"train":[{"form":"folder","path":"p"}]},
 "image":{"height":8,"width":8,"channels":3}},
 "define":{"layers":[{"class":"Flatten"},{"class":"Dense","config":{"units":3,"activation":"softmax"}}]},
 "loss":{"name":"categorical_crossentropy"},"optimizer":{"name":"adam"},"train":{"epochs":2},
 "validate":{"validation_split":0.2}}`
	r, err := Parse([]byte(good))
	if err != nil {
		t.Fatal(err)
	}
	if got := rules(r, Counts{Train: []int{300, 100, 120}, Validation: 130}); got != nil {
		t.Errorf("advised %v, expected nothing", got)
	}
	r.Preprocess.Image.Normalisation = "none"
	if got := rules(r, Counts{}); !slices.Equal(got, []string{UnscaledPictures}) {
		t.Errorf("advised %v for levels from 0 to 255", got)
	}
}
