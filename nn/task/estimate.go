package task

// Estimate is how a taught model may be expected to do, from answers to its own samples by models that had not
// seen them (cross-validation, duplicates and bursts kept together).
type Estimate struct {
	Accuracy  float64 `json:"accuracy"`  // of new inputs, 0…1
	Low       float64 `json:"low"`       // the interval that holds it 95 times of 100
	High      float64 `json:"high"`      //
	Samples   int     `json:"samples"`   // that were held out
	Parts     int     `json:"parts"`     // of the division; as many as samples: each was left out alone
	Confusion [][]int `json:"confusion"` // row the class of a sample, column the answer
	// samples whose answer was another class, the most certain answers first
	Wrong    []Wrong  `json:"wrong"`
	Advice   []Advice `json:"advice"`           // three at most, the most useful first
	Features []Choice `json:"features"`         // what was tried, the chosen first
	Copies   [][2]int `json:"copies,omitempty"` // samples of the same content, or nearly, that stand in two classes
	// classes of one burst, or of copies of one sample: new inputs vary more
	Narrow []int `json:"narrow,omitempty"`
	// what the figures are made of, nil where it is too much for a report
	Held *Answers `json:"held,omitempty"`
}

// Answers are the probabilities that models gave to samples, packed by package metrics.
type Answers struct {
	Labels []int  `json:"labels"` // of each sample; −1: it was not asked about
	P      string `json:"p"`      // [samples, classes], three letters each
}

// Names of features beside those of a base.
const (
	NGramFeatures = "n-grams"
	BothFeatures  = "both" // of the base and n-grams
)

// Wrong is a sample whose answer was wrong when it was held out.
type Wrong struct {
	Sample      int     `json:"sample"` // index into the samples of the request
	Label       int     `json:"label"`  // its class
	Said        int     `json:"said"`   // the answer
	Probability float64 `json:"probability"`
}

// Choice is one kind of features and its held-out accuracy.
type Choice struct {
	Name     string  `json:"name"` // the ID of a base such as "sentences", NGramFeatures or BothFeatures
	Accuracy float64 `json:"accuracy"`
}

// AdviceKind is what a piece of advice is about.
type AdviceKind string

const (
	MoreSamples  AdviceKind = "more"    // Class needs more samples
	LookAlike    AdviceKind = "alike"   // Class and Other look alike to the model
	SwappedLabel AdviceKind = "swapped" // Samples of Class look like Other, surely: their labels may be swapped
)

// Advice is one thing to do about the samples.
type Advice struct {
	Kind    AdviceKind `json:"kind"`
	Class   int        `json:"class"`
	Other   int        `json:"other"`             // of LookAlike and SwappedLabel, else −1
	Samples []int      `json:"samples,omitempty"` // of SwappedLabel
}
