package task

// Why is what spoke for an answer.
type Why struct {
	Name   string  `json:"name,omitempty"`  // of the input
	Index  int     `json:"index"`           // of the label that is explained, in Model.Labels
	Method Method  `json:"method"`          //
	Score  float32 `json:"score"`           // of that label for the whole input, see package explain
	Map    *Map    `json:"map,omitempty"`   // of a picture
	Parts  []Part  `json:"parts,omitempty"` // of a text, in its order; they join to the text
	Near   []Near  `json:"near,omitempty"`  // training samples that are like the input, where there are some
	Millis float64 `json:"ms"`
}

// Method is how an explanation was found.
type Method string

const (
	CAM       Method = "cam"       // of maps whose sum is the score, exactly
	GradCAM   Method = "grad-cam"  // of maps by their mean gradient
	Occlusion Method = "occlusion" // of pieces of a picture that were covered
	LeaveOut  Method = "leave-out" // of words that were left out
	Gradients Method = "gradients" // of tokens, integrated on the way from nothing
	NGrams    Method = "n-grams"   // of the weights of n-grams, exactly
)

// Map says how much each place of a picture, as the model sees it, speaks for a label.
type Map struct {
	Height int       `json:"height"` // places
	Width  int       `json:"width"`
	Values []float32 `json:"values,omitempty"` // [Height, Width]; below 0 what speaks against it
	Place  Place     `json:"place"`            // where most of it lies
}

// Place is a row and a column of a picture in words.
type Place struct {
	Row    string `json:"row,omitempty"`    // "upper", "middle" or "lower"; "": over the whole height
	Column string `json:"column,omitempty"` // "left", "centre" or "right"; "": over the whole width
}

// Part is a word of a text, or a letter of scripts without spaces, with what stands behind it to the next.
type Part struct {
	Text  string  `json:"text"`
	Value float32 `json:"value"`           // how much of the score it is; below 0 what speaks against the label
	Share float32 `json:"share,omitempty"` // of LeaveOut: the label's probability without it
}

// Near is a training sample.
type Near struct {
	Sample int     `json:"sample"` // its number
	Cosine float32 `json:"cosine"` // of its features and those of the input, −1 to 1
}
