package layers

// BodyPooling is the entry that Body adds.
const BodyPooling = "body_pooling"

// Body is the model up to its last layer with weights, the head, and to what behind it has none: what another head can
// stand on. A body that ends with a picture [h w c], as where the head is a convolution, has its mean over
// the positions as its end (BodyPooling). ok is false where nothing but the head would be left, or the head does not
// stand alone behind the body.
func (m *Model) Body() (body *Model, ok bool) {
	weighted := map[string]bool{}
	for _, w := range m.Weights() {
		weighted[w.Layer] = true
	}
	entries := map[string]Entry{}
	for _, e := range m.Entries {
		entries[e.Name] = e
	}
	at := m.Last()
	for !weighted[at.Name] && len(at.Inputs) == 1 {
		before, known := entries[at.Inputs[0]]
		if !known {
			return nil, false
		}
		at = before
	}
	if len(at.Inputs) != 1 {
		return nil, false
	}
	if _, known := entries[at.Inputs[0]]; !known {
		return nil, false
	}
	if body, _, ok = m.Cut(at.Inputs[0]); !ok {
		return nil, false
	}
	if _, dense := at.Layer.(*DenseLayer); !dense && len(body.OutputShape()) == 3 {
		pooling := Entry{BodyPooling, GlobalAveragePooling2D(), []string{at.Inputs[0]}}
		body.Entries, body.Outputs = append(body.Entries[:len(body.Entries):len(body.Entries)], pooling), nil
	}
	return body, true
}
