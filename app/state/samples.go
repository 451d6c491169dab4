package state

import "wafer/nn/task"

// samples are offered as chips where the catalogue names none: pictures below
// /static/ and sentences, by model. Pictures are named by what they show.
var samples = map[string][]string{
	"digits": {"samples/digits/7.png", "samples/digits/2.png", "samples/digits/0.png", "samples/digits/4.png",
		"samples/digits/5.png", "samples/digits/9.png", "samples/digits/3.png", "samples/digits/8.png"},
	"fashion": {"samples/fashion/sneaker.png", "samples/fashion/trouser.png", "samples/fashion/bag.png",
		"samples/fashion/dress.png",
		"samples/fashion/ankle-boot.png", "samples/fashion/pullover.png", "samples/fashion/sandal.png",
		"samples/fashion/t-shirt.png"},
	"land": {"samples/land/forest.jpg", "samples/land/residential.jpg", "samples/land/river.jpg",
		"samples/land/highway.jpg",
		"samples/land/industrial.jpg", "samples/land/sea-lake.jpg", "samples/land/annual-crop.jpg",
		"samples/land/pasture.jpg"},
	"sentiment": {"I love how easy this was, thank you!", "The battery died after two days.",
		"The food was great and the staff were so friendly.", "What a waste of an evening."},
	"intents": {"what's the weather like tomorrow in paris", "please move fifty dollars into my savings",
		"how do you say thank you in japanese", "set an alarm for six in the morning", "why do cats purr"},
}

// Samples lists what can be tried with a model: paths of pictures below /static/
// or sentences. Models taught here have none of their own.
func Samples(m task.Model) []string {
	if len(m.Examples) > 0 {
		return m.Examples
	}
	return samples[m.ID]
}
