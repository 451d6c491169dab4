package layers

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// Numbers of layers with which every answer, or every step of training, would be no number are refused.
func TestNumbersOfLayersHaveRanges(t *testing.T) {
	for _, c := range []struct{ class, config, says string }{
		{"BatchNormalization", `{"epsilon":-1}`, "has epsilon -1, must be from 0 to 1000"},
		{"BatchNormalization", `{"epsilon":1e30}`, "has epsilon 1e+30"},
		{"BatchNormalization", `{"momentum":-0.5}`, "has momentum -0.5, must be from 0 to 1"},
		{"BatchNormalization", `{"momentum":7}`, "has momentum 7"},
		{"BatchNormalization", `{"momentum":1,"epsilon":0}`, ""},
		{"LayerNormalization", `{"epsilon":-0.001}`, "has epsilon -0.001"},
		{"Dropout", `{"rate":1}`, "has rate 1, must be from 0 to 0.99999"},
		{"Dropout", `{"rate":-3}`, "has rate -3"},
		{"Dropout", `{"rate":0.9}`, ""},
	} {
		doc := fmt.Sprintf(`{"name":"m","input_shape":[4],"input_dtype":"f32","layers":[{"name":"l","class":%q,"config":%s,"inputs":["input"]}]}`,
			c.class, c.config)
		err := json.Unmarshal([]byte(doc), new(Model))
		if (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s %s: got %v, expected %q", c.class, c.config, err, c.says)
		}
	}
}
