package state

// samples are offered as chips where the catalogue names none: pictures below
// /static/ and sentences, by model.
var samples = map[string][]string{
	"digits":    pictures("digits", 8),
	"fashion":   pictures("fashion", 8),
	"land":      pictures("land", 8),
	"sentiment": {"I love how easy this was, thank you!", "The battery died after two days.", "Not bad at all, I would buy it again.", "What a waste of an evening."},
	"intents":   {"what's the weather like tomorrow in paris", "please move fifty dollars into my savings", "how do you say thank you in japanese", "set an alarm for six in the morning", "why do cats purr"},
}

func pictures(model string, n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = "samples/" + model + "/" + string(rune('1'+i)) + ".png"
	}
	return list
}

// Samples lists what can be tried with a model: paths of pictures below /static/
// or sentences. Models taught here have none of their own.
func Samples(m Model) []string {
	if len(m.Examples) > 0 {
		return m.Examples
	}
	return samples[m.ID]
}
