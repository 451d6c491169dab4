package kerasprogram

import (
	"bytes"

	"wafer/nn/json"
)

// object is a JSON object whose keys stand in the order of the settings.
type object []setting

// MarshalJSON writes it.
func (o object) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	out.WriteByte('{')
	for i, s := range o {
		if i > 0 {
			out.WriteByte(',')
		}
		key, err := json.Marshal(s.key)
		if err != nil {
			return nil, err
		}
		v, err := json.Marshal(s.value)
		if err != nil {
			return nil, err
		}
		out.Write(append(append(key, ':'), v...))
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

// marshal writes settings; what they hold is numbers, words, lists and objects, so that there is no error.
func marshal(all []setting) []byte {
	b, _ := object(all).MarshalJSON()
	return b
}

// add appends a setting whose value says something.
func (o *object) add(key string, v any) {
	switch v := v.(type) {
	case nil:
		return
	case string:
		if v == "" {
			return
		}
	case float64:
		if v == 0 {
			return
		}
	case object:
		if len(v) == 0 {
			return
		}
	}
	*o = append(*o, setting{key, v})
}
