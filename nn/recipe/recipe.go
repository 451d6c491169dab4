// Package recipe holds the seven-step document that describes a run from data to
// test: preprocess, define, loss, optimizer, train, validate, test, with the names
// and defaults of Keras. Types and checks only; package train runs it.
package recipe

import "wafer/nn/json"

// Recipe is one run. Two runs of the same recipe on the same data give the same
// weights to the last bit.
type Recipe struct {
	Name       string     `json:"name"`
	Seed       uint64     `json:"seed"` // of every random number of the run
	Numerics   Numerics   `json:"numerics"`
	Preprocess Preprocess `json:"preprocess"`
	Define     Define     `json:"define"`
	Loss       Loss       `json:"loss"`
	Optimizer  Optimizer  `json:"optimizer"`
	Train      Train      `json:"train"`
	Validate   Validate   `json:"validate"`
	Test       Test       `json:"test"`
	Stages     []Stage    `json:"stages,omitempty"` // none: one run of everything that is trainable
	Card       *Card      `json:"card,omitempty"`   // what people are told; changes no weight
}

// Numerics names the arithmetic. Contract 1 is strict float32 in the order that
// package graph defines; Storage is how the finished weights are kept.
type Numerics struct {
	Contract int    `json:"contract"` // 1
	Storage  string `json:"storage"`  // "float32" or "float16"
}

// Preprocess says where samples come from and how each becomes a tensor.
type Preprocess struct {
	Kind   string   `json:"kind"` // "image" or "text"
	Data   Data     `json:"data"`
	Labels []string `json:"labels,omitempty"` // order of the outputs; empty: the names in the data, sorted
	Image  *Image   `json:"image,omitempty"`  // without both, a base by hash prepares as it was trained
	Text   *Text    `json:"text,omitempty"`
}

// Data lists the files of each part. Parts that are absent are cut from train by
// Validate.Split and Test.Split. Outside are samples that belong to no label.
type Data struct {
	Train             []Source `json:"train,omitempty"`
	Validation        []Source `json:"validation,omitempty"`
	Test              []Source `json:"test,omitempty"`
	OutsideValidation []Source `json:"outside_validation,omitempty"`
	OutsideTest       []Source `json:"outside_test,omitempty"`
	// most samples of each part, drawn at random, for a reduced run; 0: all
	Limit int `json:"limit,omitempty"`
}

// Source is one file or folder below the data folder.
type Source struct {
	// "idx", "folder", "zip", "samples", "csv", "tsv", "jsonl", "clinc"; "table": found
	Form       string `json:"form"`
	Path       string `json:"path"`                  // slashes, relative
	LabelsPath string `json:"labels_path,omitempty"` // idx: the file of labels
	Part       string `json:"part,omitempty"`        // zip: folder inside; clinc: key
	// csv, tsv, jsonl: a name, or a number from 0; "": found by evidence
	TextColumn  string `json:"text_column,omitempty"`
	LabelColumn string `json:"label_column,omitempty"` //
	// csv, tsv: the first row names the columns; nil: found by evidence
	Header    *bool  `json:"header,omitempty"`
	Delimiter string `json:"delimiter,omitempty"` // csv, tsv: stands between cells; "": found
	Encoding  string `json:"encoding,omitempty"`  // csv, tsv: a name as browsers have it; "": found
	// several labels in one cell; rows that map to no label or to several are dropped
	Separator string `json:"separator,omitempty"`
	// how much each sample counts where a head is solved; 0: 1
	Weight float64 `json:"weight,omitempty"`
	// label of the model → labels in the file; others count for nothing
	Map map[string][]string `json:"map,omitempty"`
}

// Image is how a picture becomes [height, width, channels].
type Image struct {
	Height     int    `json:"height"`
	Width      int    `json:"width"`
	Channels   int    `json:"channels"`   // 1: grey, 3: RGB
	Resize     string `json:"resize"`     // "bilinear" (PIL's) or "nearest"
	Mode       string `json:"mode"`       // other proportions: "stretch", "centre" (crop) or "fit" (border)
	Background string `json:"background"` // "white" or "black": under transparent pixels, and the border
	// "0..1", "-1..1" (Keras' mode "tf"), "imagenet" ("torch"), "caffe", "none"
	Normalisation string   `json:"normalisation"`
	Augment       *Augment `json:"augment,omitempty"`

	Generator *ImageDataGenerator `json:"image_data_generator,omitempty"` // Keras' augmentation, in place of Augment
}

// Augment are random changes of training pictures; zero means no such change.
type Augment struct {
	FlipHorizontal bool    `json:"flip_horizontal,omitempty"`
	FlipVertical   bool    `json:"flip_vertical,omitempty"`
	Transpose      bool    `json:"transpose,omitempty"`  // with both flips: the eight symmetries of a square
	Rotation       float64 `json:"rotation,omitempty"`   // degrees either way
	Shift          float64 `json:"shift,omitempty"`      // share of the side either way
	Zoom           float64 `json:"zoom,omitempty"`       // share of the size either way
	Brightness     float64 `json:"brightness,omitempty"` // share of the full range either way
	Contrast       float64 `json:"contrast,omitempty"`   // share of the contrast either way
	Cutout         float64 `json:"cutout,omitempty"`     // side of a blanked square, as a share of the side
}

// Text is how a text becomes a row of indices: Keras' Tokenizer and pad_sequences,
// hashed n-grams of words and characters, or pieces or tokens of a vocabulary that comes with the network; and, before
// these or alone, the n-grams that a solver has learnt.
type Text struct {
	Tokenizer *Tokenizer `json:"tokenizer,omitempty"`
	Pad       *Pad       `json:"pad_sequences,omitempty"`
	NGrams    *NGrams    `json:"ngrams,omitempty"`
	Unigram   *Unigram   `json:"unigram,omitempty"`
	Tokens    *Tokens    `json:"tokens,omitempty"`
	FastText  *FastText  `json:"fasttext,omitempty"`
	TFIDF     *TFIDF     `json:"tfidf,omitempty"`
	Whole     bool       `json:"whole,omitempty"` // rows keep their length: the network takes none that are shorter
}

// Length is the number of indices of a row.
func (t *Text) Length() int {
	if t.TFIDF != nil {
		rest := *t
		rest.TFIDF = nil
		return t.TFIDF.MaxLen + rest.Length()
	}
	switch {
	case t.NGrams != nil:
		return t.NGrams.MaxLen
	case t.Unigram != nil:
		return t.Unigram.MaxLen
	case t.Tokens != nil:
		return t.Tokens.MaxLen
	case t.FastText != nil:
		return t.FastText.MaxLen
	case t.Pad != nil:
		return t.Pad.MaxLen
	}
	return 0
}

// Tokenizer are the arguments of Keras' Tokenizer.
type Tokenizer struct {
	NumWords  int    `json:"num_words"` // 0: no limit
	Filters   string `json:"filters"`
	Lower     bool   `json:"lower"`
	Split     string `json:"split"`
	CharLevel bool   `json:"char_level"`
	OOVToken  string `json:"oov_token,omitempty"`
}

// Pad are the arguments of Keras' pad_sequences.
type Pad struct {
	MaxLen     int    `json:"maxlen"`
	Padding    string `json:"padding"`    // "pre" or "post"
	Truncating string `json:"truncating"` // "pre" or "post"
}

// Unigram cuts texts into pieces, SentencePiece's way. A row is the numbers of the first MaxLen pieces plus 1, then
// zeros, which the network must leave out.
type Unigram struct {
	MaxLen int `json:"maxlen"`
}

// Tokens cuts texts as a tokenizer.json says, which comes with the network (package tokens). A row is the numbers of
// the first MaxLen tokens plus 1, then zeros, which the network must leave out.
type Tokens struct {
	MaxLen int `json:"maxlen"`
	// known tokens of the text alone: nothing around them, nothing for unknown ones
	Plain bool `json:"plain,omitempty"`
	Whole bool `json:"whole,omitempty"` // the network takes rows of MaxLen only, never shorter ones
}

// FastText takes words, their n-grams of characters and n-grams of words, hashed as fastText does; which of them have a
// number comes with the network. A row is the first MaxLen numbers plus 1, then zeros.
type FastText struct {
	MaxLen int `json:"maxlen"`
}

// NGrams hashes n-grams into Buckets rows after row 0, which is padding.
type NGrams struct {
	Buckets int `json:"buckets"`
	Words   int `json:"words"` // longest n-gram of words
	CharMin int `json:"char_min"`
	CharMax int `json:"char_max"` // 0: none of characters
	MaxLen  int `json:"maxlen"`
}

// TFIDF turns a text into weighted n-grams of words and of characters, those of the training texts, as scikit-learn's
// TfidfVectorizer(binary=True) does. A row is the numbers of the n-grams of a text, from 1 on, ascending, then zeros.
type TFIDF struct {
	Words   int `json:"words"` // longest n-gram of words
	CharMin int `json:"char_min"`
	CharMax int `json:"char_max"`         // 0: none of characters
	Most    int `json:"most"`             // n-grams that are known, at most
	MaxLen  int `json:"maxlen,omitempty"` // numbers of a row; chosen by a solver from its texts

	// what the weights of n-grams of words are multiplied with before rows get length 1; 0: 1. Characters give several
	// times as many n-grams, which say much of what the words say.
	WordWeight float64 `json:"word_weight,omitempty"`
}

// Define is the network: a name of the zoo with options, or layers: a document of package
// layers, or a list as Keras' Sequential takes it, see Layer.
type Define struct {
	Zoo     string          `json:"zoo,omitempty"`
	Options json.RawMessage `json:"options,omitempty"`
	Layers  json.RawMessage `json:"layers,omitempty"`
}

// Loss is a Keras loss by name.
type Loss struct {
	Name           string  `json:"name"`
	FromLogits     bool    `json:"from_logits"`
	LabelSmoothing float64 `json:"label_smoothing"`
}

// Optimizer is a Keras optimizer by name with its arguments. Those that the named
// optimizer does not have are refused.
type Optimizer struct {
	Name           string   `json:"name"` // "sgd", "rmsprop", "adam", "adamw"
	LearningRate   float64  `json:"learning_rate"`
	Momentum       float64  `json:"momentum"` // sgd, rmsprop
	Nesterov       bool     `json:"nesterov"` // sgd
	Rho            float64  `json:"rho"`      // rmsprop
	Centered       bool     `json:"centered"` // rmsprop
	Beta1          float64  `json:"beta_1"`   // adam, adamw
	Beta2          float64  `json:"beta_2"`
	Epsilon        float64  `json:"epsilon"` // all but sgd
	WeightDecay    float64  `json:"weight_decay"`
	ClipNorm       float64  `json:"clipnorm"` // of each weight's gradient
	GlobalClipNorm float64  `json:"global_clipnorm"`
	ClipValue      float64  `json:"clipvalue"`
	UseEMA         bool     `json:"use_ema"` // finish with the moving average of the weights
	EMAMomentum    float64  `json:"ema_momentum"`
	Schedule       Schedule `json:"schedule"`
}

// Schedule changes the learning rate.
type Schedule struct {
	Name           string  `json:"name"`             // "constant", "cosine", "one_cycle", "reduce_on_plateau"
	Alpha          float64 `json:"alpha"`            // cosine: last rate as a share of the first
	Warmup         float64 `json:"warmup"`           // cosine: share of the steps with a rising rate
	PctStart       float64 `json:"pct_start"`        // one_cycle: share of the steps with a rising rate
	DivFactor      float64 `json:"div_factor"`       // one_cycle: first rate is the highest over this
	FinalDivFactor float64 `json:"final_div_factor"` // one_cycle: last rate is the first over this
	Factor         float64 `json:"factor"`           // reduce_on_plateau
	Patience       int     `json:"patience"`
	MinDelta       float64 `json:"min_delta"`
	MinLR          float64 `json:"min_lr"`
}

// Train are the arguments of Keras' fit.
type Train struct {
	Epochs      int    `json:"epochs"`
	BatchSize   int    `json:"batch_size"`
	Shuffle     bool   `json:"shuffle"`
	ClassWeight string `json:"class_weight,omitempty"` // "" or "balanced": n / (classes · n of the class)
}

// Validate says what is held back from training and when to stop early.
type Validate struct {
	Split              float64 `json:"validation_split"` // stratified share of train, when data has no validation
	Monitor            string  `json:"monitor"`          // "val_loss", "val_accuracy", "loss", "accuracy"
	Patience           int     `json:"patience"`         // epochs without a better value before stopping; 0: never stop
	MinDelta           float64 `json:"min_delta"`
	RestoreBestWeights bool    `json:"restore_best_weights"`
	// "": a temperature is fitted to the validation samples; "none"
	Calibration string `json:"calibration,omitempty"`
}

// Test says what the finished model is measured on.
type Test struct {
	Split float64 `json:"test_split"` // stratified share of train, when data has no test
	// least share of validation samples that the rejection threshold lets through; 0: no rejection
	Keep float64 `json:"keep,omitempty"`
	Set  string  `json:"set,omitempty"` // what to call the test set
}

// Card are the texts of the catalogue.
type Card struct {
	Title    string   `json:"title"`
	TitleZH  string   `json:"title_zh,omitempty"`
	About    string   `json:"about"`
	AboutZH  string   `json:"about_zh,omitempty"`
	Labels   []string `json:"labels,omitempty"` // shown in place of preprocess.labels
	LabelsZH []string `json:"labels_zh,omitempty"`
	Credit   string   `json:"credit"`
	Examples []string `json:"examples,omitempty"`
	Drawing  bool     `json:"drawing,omitempty"`
	Backbone bool     `json:"backbone,omitempty"`
}
