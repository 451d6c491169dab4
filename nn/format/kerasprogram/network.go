package kerasprogram

import (
	"wafer/nn/say"
)

// network is the list of layers.
func (r *reader) network() []object {
	var out []object
	all := r.model.elements
	last := len(all) - 1
	for last > 0 && (all[last].class == "Activation" || all[last].class == "Softmax") {
		last-- // the last layer's activation, as a layer of its own
	}
	for i, e := range all {
		if e.zoo != "" {
			out = append(out, r.base(e, i))
			continue
		}
		if i == last {
			r.classes(e)
		} else if e.class == "Dense" && e.number("units", 0) == 0 {
			r.failed = say.Errorf("how many units a layer Dense has is not in the program")
			return nil
		}
		l := object{{"class", e.class}}
		l.add("name", e.name)
		l.add("config", object(e.config))
		if e.frozen {
			l = append(l, setting{"trainable", false})
		}
		out = append(out, l)
	}
	return out
}

// base is the element of an architecture of the zoo.
func (r *reader) base(e *element, place int) object {
	if place > 0 {
		r.failed = say.New("a base has layers before it; in a recipe it comes first")
		return nil
	}
	out := object{{"zoo", e.zoo}}
	out.add("options", object(e.options))
	out = append(out, setting{"include_top", e.top}, setting{"trainable", len(r.fits) > 1 || !e.frozen})
	if e.weights {
		r.note(say.New("the program takes ImageNet's weights; without define.layers[0].weights, a .wafer file, " +
			"the base begins at random"))
	}
	return out
}

// classes gives the last layer a unit for each label, where the program leaves them open.
func (r *reader) classes(e *element) {
	if e.class != "Dense" {
		return
	}
	units, n := int(e.number("units", 0)), r.options.Classes
	switch {
	case units == 0 && n == 0:
		r.failed = say.New("how many labels there are is not in the program; say it")
	case units == 0:
		e.config = append([]setting{{"units", n}}, e.config...)
	case units > 1 && n > 0 && units != n:
		r.note(say.Errorf("the last layer has %d units in the program and gets %d, one for each label of the data",
			units, n))
		for i := range e.config {
			if e.config[i].key == "units" {
				e.config[i].value = n
			}
		}
	case units == 1 && n > 2:
		r.failed = say.Errorf("the last layer has one unit, which tells two labels apart; the data have %d", n)
	}
}
