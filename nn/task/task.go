// Package task holds the words that the runtime shares with the page and the
// server: what goes in, what comes out, and how a run is getting on. Types only.
package task

// Kind is what a model takes.
type Kind string

const (
	Image Kind = "image" // pictures, encoded or as pixels
	Text  Kind = "text"  // a sentence or more, UTF-8
)

// Measure says how the accuracy of a model was measured where that was not on a test set of its own.
type Measure string

const (
	HeldOut   Measure = "held"     // on samples that were held back from training
	Estimated Measure = "estimate" // by cross-validation, on all samples
)

// Magic begins every .wafer file: it shows at once that one was copied as text.
const Magic = "\x89WAFER\r\n"

// Model describes a model to people and programs: one entry of the catalogue,
// or one model taught in the tab.
type Model struct {
	ID      string `json:"id"`                 // "digits", or "taught-…" for a model made in the tab
	Title   string `json:"title"`              // shown in lists; English
	TitleZH string `json:"title_zh,omitempty"` // the same in Chinese, "" if there is none
	About   string `json:"about,omitempty"`    // one sentence on what it tells apart
	AboutZH string `json:"about_zh,omitempty"` //
	Kind    Kind   `json:"kind"`               //
	// in the order of the outputs; two for a binary model, none for an encoder
	Labels     []string `json:"labels"`
	LabelsZH   []string `json:"labels_zh,omitempty"`   // the same in Chinese, nil if there are none
	Binary     bool     `json:"binary,omitempty"`      // one sigmoid output: the probability of Labels[1]
	Rejects    bool     `json:"rejects,omitempty"`     // can answer "none of these" (Result.Rejected)
	Height     int      `json:"height,omitempty"`      // input size of an image model, pixels
	Width      int      `json:"width,omitempty"`       //
	Channels   int      `json:"channels,omitempty"`    // 1: grey, 3: RGB
	Drawing    bool     `json:"drawing,omitempty"`     // trained on white strokes on black: a drawing pad makes sense
	Backbone   bool     `json:"backbone,omitempty"`    // offered as the base of a taught model
	NGrams     bool     `json:"ngrams,omitempty"`      // answers from n-grams of its own texts, so it can be no base
	Params     int      `json:"params"`                // number of trained numbers
	Bytes      int64    `json:"bytes"`                 // size of the model file
	SHA256     string   `json:"sha256"`                // of the model file, hex; its address under /weights/
	Accuracy   float64  `json:"accuracy,omitempty"`    // measured on Test, 0…1
	TestSet    string   `json:"test_set,omitempty"`    // what Accuracy was measured on, with its size
	RejectRate float64  `json:"reject_rate,omitempty"` // share of out-of-scope inputs that are rejected, 0…1
	// of a taught model: the title of the model that it was made from
	Base        string   `json:"base,omitempty"`
	BaseZH      string   `json:"base_zh,omitempty"`  // the same in Chinese
	Measure     Measure  `json:"measure,omitempty"`  // how Accuracy was measured, "" on a test set
	Credit      string   `json:"credit,omitempty"`   // where the data came from and under which license
	Examples    []string `json:"examples,omitempty"` // sample sentences, or paths of sample pictures below /static/
	WeightsHash string   `json:"weights_hash,omitempty"`

	// Needs is of a file with a head only: the SHA-256, hex, of the file of the model that has the other weights.
	Needs string `json:"needs,omitempty"`
}

// Encoder tells a model that gives features only, to teach other models from.
func (m Model) Encoder() bool { return m.Backbone && len(m.Labels) == 0 }

// Input is one thing to classify or to learn from. Exactly one of Text, File and
// Pixels is set, as the model's Kind asks.
type Input struct {
	Name string `json:"name,omitempty"` // file name, or "" for typed text and drawings
	Text string `json:"text,omitempty"`
	// samples of one group, such as a burst, stay on one side of every split; "": alone
	Group  string  `json:"group,omitempty"`
	File   []byte  `json:"-"` // an encoded picture: JPEG, PNG, GIF, WebP
	Pixels *Pixels `json:"-"` // a picture that is already decoded
}

// Bytes is the size of the content.
func (in Input) Bytes() int64 {
	n := len(in.Text) + len(in.File)
	if in.Pixels != nil {
		n += len(in.Pixels.RGBA) + len(in.Pixels.Grey)
	}
	return int64(n)
}

// Pixels are decoded, upright, not premultiplied RGBA bytes, row by row, or grey levels.
type Pixels struct {
	Width, Height int
	RGBA          []byte // 4·Width·Height bytes
	Grey          []byte // in place of RGBA: Width·Height bytes
}

// Score is one label with its probability, 0…1.
type Score struct {
	Label       string  `json:"label"`
	Index       int     `json:"index"` // position in Model.Labels
	Probability float32 `json:"probability"`
}

// Result is the answer to one Input.
type Result struct {
	Name     string  `json:"name,omitempty"`
	Scores   []Score `json:"scores"`             // most probable first; both labels for a binary model
	Binary   bool    `json:"binary,omitempty"`   // show one bar, not two
	Rejected bool    `json:"rejected,omitempty"` // "none of these": the input is out of the model's scope
	Unsure   bool    `json:"unsure,omitempty"`   // of Rejected: only less sure than what somebody asked for
	Millis   float64 `json:"ms"`                 // decode, preprocess and run
	Threads  int     `json:"threads,omitempty"`  // of the compiled module that ran; 0: it ran without one
	Memory   int     `json:"memory,omitempty"`   // bytes of the module's memory: weights, arena, scratch
	Note     string  `json:"note,omitempty"`     // a warning in plain words, such as a shortened text
	Error    string  `json:"error,omitempty"`    // why there is no answer, in plain words; Scores is then empty
	Why      error   `json:"-"`                  // what Error is the text of, nil where it was made elsewhere
	Remark   error   `json:"-"`                  // likewise of Note
}

// Failed is r with an error in place of scores.
func (r Result) Failed(err error) Result {
	r.Scores, r.Error, r.Why = nil, err.Error(), err
	return r
}

// Phase is what a run is doing.
type Phase string

const (
	Preparing Phase = "preparing" // decoding, tokenising
	Features  Phase = "features"  // running the frozen base once over every sample
	Training  Phase = "training"  // steps, with validation at the ends of epochs
	Testing   Phase = "testing"   // measuring what was trained
	Done      Phase = "done"
)

// Progress is the state of a run, sent several times a second at most.
type Progress struct {
	Phase            Phase   `json:"phase"`
	Stage            string  `json:"stage,omitempty"` // of a recipe that has some; epochs and steps count in it
	Epoch            int     `json:"epoch"`           // finished epochs
	Epochs           int     `json:"epochs"`
	Step             int     `json:"step"` // finished steps of this epoch (or finished samples while preparing)
	Steps            int     `json:"steps"`
	Loss             float64 `json:"loss"`
	Accuracy         float64 `json:"accuracy"`
	ValLoss          float64 `json:"val_loss"`
	ValAccuracy      float64 `json:"val_accuracy"`
	HasValidation    bool    `json:"has_validation"`
	SamplesPerSecond float64 `json:"samples_per_second"`
	SecondsLeft      float64 `json:"seconds_left"`
	EpochEnd         bool    `json:"epoch_end"` // the four metrics are those of a whole epoch: a point for the curves
	Note             string  `json:"note,omitempty"`
}

// Metrics are means over samples.
type Metrics struct {
	Loss     float64 `json:"loss"`
	Accuracy float64 `json:"accuracy"`
}

// Epoch are the metrics of a finished epoch.
type Epoch struct {
	Loss        float64 `json:"loss"`
	Accuracy    float64 `json:"accuracy"`
	ValLoss     float64 `json:"val_loss"`
	ValAccuracy float64 `json:"val_accuracy"`
	Rate        float64 `json:"learning_rate"` // of its last step
}

// Report says how a run came out.
type Report struct {
	Model   Model  `json:"model"`
	Epochs  int    `json:"epochs"`               // finished, in all stages
	Best    int    `json:"best_epoch,omitempty"` // of the last stage, from 1; 0: its last
	Stopped bool   `json:"stopped,omitempty"`    // on request, before its end
	Note    string `json:"note,omitempty"`       // why the last stage ended before its last epoch, in plain words
	// of the stored weights, on the training samples; of runs in stages only
	Training    Metrics `json:"training,omitzero"`
	OnHeld      Metrics `json:"validation"` // likewise, on the validation samples
	Test        Metrics `json:"test"`       // likewise
	Train       int     `json:"train_samples"`
	Validation  int     `json:"validation_samples"`
	TestSamples int     `json:"test_samples"`
	Rounded     float64 `json:"accuracy_before_rounding,omitempty"` // float16 storage: test accuracy in float32
	Threshold   float64 `json:"threshold,omitempty"`
	Kept        float64 `json:"kept,omitempty"`        // share of the test samples over the threshold
	RejectRate  float64 `json:"reject_rate,omitempty"` // share of the outside test samples under it
	Temperature float64 `json:"temperature"`
	RecipeHash  string  `json:"recipe_hash"`
	DataHash    string  `json:"data_hash"`
	WeightsHash string  `json:"weights_hash"`
	Seconds     float64 `json:"seconds"`
	History     []Epoch `json:"history,omitempty"` // of all stages

	Estimate *Estimate `json:"estimate,omitempty"` // of a head that was solved
}
