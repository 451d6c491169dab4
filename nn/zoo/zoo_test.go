package zoo

import (
	"strings"
	"testing"
)

func TestArchitecturesBuildAndCountTheirParameters(t *testing.T) {
	for name, want := range map[string]int{
		"digits_cnn":  241546,
		"fashion_cnn": 279338,
		"land_cnn":    139722,
		"text_lstm":   1329473,
		"text_ngram":  1598210,
	} {
		m, err := New(name, Options{})
		if err != nil {
			t.Error(err)
			continue
		}
		if got := m.Params(); want != got {
			t.Errorf("%s has %d parameters, want %d\n%s", name, got, want, m.Summary())
		}
	}
}

func TestWrongNamesAndSizesAreErrors(t *testing.T) {
	if _, err := New("vgg99", Options{}); err == nil || !strings.Contains(err.Error(), "fashion_cnn") {
		t.Errorf("got %v, want an error that lists the architectures", err)
	}
	if _, err := New("digits_cnn", Options{Height: 3}); err == nil {
		t.Error("a picture of height 3 must not fit three poolings")
	}
}
