package bridge

import (
	"wafer/nn/json"
	"wafer/nn/say"
	"wafer/nn/task"
)

// What the page may ask of the worker. Buffers are counted from 0.
const (
	// Load makes a model ready: the file in buffer 0, or the one at LoadRequest.URL.
	Load Verb[LoadRequest, Loading, Loaded] = "load"
	// Unload forgets a model, and gives back the memory it runs in.
	Unload Verb[UnloadRequest, None, None] = "unload"
	// Describe reads the header of the model file in buffer 0 without keeping it.
	Describe Verb[None, None, Described] = "describe"
	// Classify answers every input of the request, in order.
	Classify Verb[ClassifyRequest, Answer, None] = "classify"
	// Explain says what spoke for a label of an input; of a picture the painted map comes with the answer, as a file
	// that a browser shows. It is asked of a worker of its own, see app/explainer.
	Explain Verb[ExplainRequest, None, Explained] = "explain"
	// Read finds out what dropped or chosen files hold: rows of tables, files of folders and archives with their
	// classes, and what is left out. Pictures of archives come as buffers. It, Convert and Inspect are asked of a
	// worker of their own, see app/reader.
	Read Verb[ReadRequest, None, ReadAnswer] = "read"
	// Bundle unpacks the archive in buffer 0 if it is a project. It is asked of the reader, too.
	Bundle Verb[None, None, Bundled] = "bundle"
	// Hash tells files apart by their content.
	Hash Verb[None, None, Hashes] = "hash"
	// Prepare keeps samples in the worker, by their keys, as a loaded model sees them: pictures at its size. So a Teach
	// of many photographs has few of their files in memory at once, and a later one finds them prepared.
	Prepare Verb[PrepareRequest, None, Prepared] = "prepare"
	// Teach trains; the last answer comes with the file of the model, or with a
	// checkpoint if it was handed over, or without a file if that was before its first step, or if the model stays
	// here.
	Teach Verb[TeachRequest, task.Progress, Taught] = "teach"
	// Seal makes the file of a model that stayed here; it comes with the answer, which has the report's hashes.
	Seal Verb[Named, None, Taught] = "seal"
	// HandOver stops a Teach after its next step.
	HandOver Verb[Target, None, None] = "handover"
	// Pack makes the files with which a server does what a Teach would: base and samples.
	Pack Verb[TeachRequest, task.Progress, Packed] = "pack"
	// Export makes a file of a model that works without Wafer; it comes with the last answer.
	Export Verb[ExportRequest, None, None] = "export"
	// BeSure has a loaded model answer only where it is sure enough; its file comes with the answer.
	BeSure Verb[SureRequest, None, Described] = "sure"
	// Retitle makes the file of a model with another title, of its file; it comes with the answer.
	Retitle Verb[RetitleRequest, None, None] = "retitle"
	// Convert makes a model file of those of another tool, which come as buffers; it comes with the answer.
	Convert Verb[ConvertRequest, None, None] = "convert"
	// Inspect tells what is in a .wafer file, or in the files of another tool.
	Inspect Verb[ConvertRequest, None, task.Outline] = "inspect"
	// Weigh tells how the numbers of a weight of the .wafer file in buffer 0 are spread.
	Weigh Verb[WeighRequest, None, task.Spread] = "weigh"
	// ExportAs makes a file of another tool of the .wafer file in buffer 0, whose base, where it names one, is in
	// buffer 1; it comes with the answer. It is asked of a worker of its own, see
	// app/writer.
	ExportAs Verb[ExportAsRequest, None, None] = "export-as"
	// Judge sums up and draws how a model answered labelled samples. It is asked of the writer, too.
	Judge Verb[JudgeRequest, None, Judged] = "judge"
	// Cancel stops a request: a running Teach ends with the best model so far.
	Cancel Verb[Target, None, None] = "cancel"
)

// ConvertRequest names the files that come as buffers.
type ConvertRequest struct {
	Names []string `json:"names"`           // with their folders
	Title string   `json:"title,omitempty"` // of the model, where its files have none
	// The 1000 classes of ImageNet, in English and Chinese, for networks that tell these apart without naming them.
	ImageNet   []string `json:"imagenet,omitempty"`
	ImageNetZH []string `json:"imagenet_zh,omitempty"`
}

// WeighRequest names a weight.
type WeighRequest struct {
	Weight string `json:"weight"`
}

// ExportAsRequest is convert.ExportOptions: a format, "onnx", and how weights are stored, "float16".
type ExportAsRequest struct {
	Format  string `json:"format"`
	Weights string `json:"weights,omitempty"`
}

// JudgeRequest has the answers of a model.
type JudgeRequest struct {
	Labels  []string     `json:"labels"` // of the classes
	Answers task.Answers `json:"answers"`
	Reject  float64      `json:"reject,omitempty"`  // a threshold that is marked
	Chinese bool         `json:"chinese,omitempty"` // words in the charts, in place of English
}

// Judged is what answers amount to.
type Judged struct {
	Estimate task.Estimate `json:"estimate"` // of the answers as they are
	Charts   []Drawn       `json:"charts"`
	Rejects  []Reject      `json:"rejects"` // what the thresholds 0, 0.01 and so on to 0.99 do
	// Losses are the answers with the largest loss first; their probability is that of their own class.
	Losses []task.Wrong `json:"losses"`
}

// Drawn is a chart with the name of its files.
type Drawn struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	SVG   string `json:"svg"`
	CSV   string `json:"csv"`
}

// Reject is what a threshold does below which no answer is given.
type Reject struct {
	Coverage float64 `json:"coverage"` // share of samples that get an answer
	Accuracy float64 `json:"accuracy"` // of these
}

// Weights is where model files come from: the SHA-256 of a file, hex, stands behind it.
const Weights = "/weights/"

// LoadRequest names a model and says where its file is when it is not in buffer 0.
type LoadRequest struct {
	Model  string `json:"model"`            // task.Model.ID
	URL    string `json:"url,omitempty"`    // same-origin address of the file
	SHA256 string `json:"sha256,omitempty"` // hex; what the file must hash to, "" to skip
}

// Loading is how much of a file has come, in bytes; Total is 0 while it is unknown.
type Loading struct {
	Loaded int64 `json:"loaded"`
	Total  int64 `json:"total,omitempty"`
}

// Loaded is a model that is ready.
type Loaded struct {
	Model  task.Model `json:"model"`
	Memory int        `json:"memory,omitempty"` // bytes that it runs in, 0 if unknown
}

// UnloadRequest names the model to forget.
type UnloadRequest struct {
	Model string `json:"model"`
}

// Described is what a model file says of itself.
type Described struct {
	Model task.Model `json:"model"`
}

// ClassifyRequest asks a loaded model about inputs.
type ClassifyRequest struct {
	Model  string  `json:"model"`
	Inputs []Input `json:"inputs"`
}

// ExplainRequest asks about one input, whose bytes, if it has some, are buffer 0. The next buffers are the file of the
// model and that of the base that it names; without them the model must be the one that was asked about last, or the
// error is Lost.
type ExplainRequest struct {
	Key   string `json:"key"` // tells models apart
	Input Input  `json:"input"`
	Index int    `json:"index"` // of the label, -1: the most probable one
}

// Explained is why a label was given: with a file the map of a picture, else the parts of a text.
type Explained struct {
	Lines []Said `json:"lines"`
	Alt   Said   `json:"alt"` // in place of the map
	Parts []Part `json:"parts,omitempty"`
}

// Said is a sentence in English and Chinese.
type Said [2]string

// Part is a word of a text with what stands behind it to the next.
type Part struct {
	Text  string `json:"text"`
	Level int    `json:"level"` // −2 speaks strongly against the label, 2 strongly for it
	Said  Said   `json:"said"`
}

// Input is a task.Input whose bytes travel beside the message. Buffer is -1 for a
// text. Width and Height, in pixels, are set when the buffer holds RGBA (a
// drawing) and 0 when it holds an encoded file.
type Input struct {
	Name   string `json:"name,omitempty"`
	Text   string `json:"text,omitempty"`
	Group  string `json:"group,omitempty"` // as in task.Input
	Buffer int    `json:"buffer"`
	Width  int    `json:"width,omitempty"`
	Height int    `json:"height,omitempty"`
	Key    string `json:"key,omitempty"` // of a sample that a Prepare brings, or has brought for a Teach; "" for none
}

// PrepareRequest brings samples with keys.
type PrepareRequest struct {
	Base   string  `json:"base"` // task.Model.ID of the loaded model that will be taught from
	Inputs []Input `json:"inputs"`
}

// Prepared names the samples that could not be brought.
type Prepared struct {
	Unusable []Unusable `json:"unusable,omitempty"`
}

// Unusable is a sample that a model cannot take, such as a damaged picture.
type Unusable struct {
	Key   string        `json:"key"`
	Error string        `json:"error"` // why, in plain words
	Said  *say.Sentence `json:"said,omitempty"`
}

// Lost is the error of a Teach or Pack that names a sample which no Prepare has brought to this worker.
const Lost = "A sample is no longer where it was prepared."

// Answer is the result for one input of a ClassifyRequest.
type Answer struct {
	Index  int           `json:"index"`
	Result task.Result   `json:"result"`
	Error  *say.Sentence `json:"error,omitempty"` // that of Result in parts
	Note   *say.Sentence `json:"note,omitempty"`  // likewise
}

// TeachRequest asks for a run of a recipe on the inputs, whose labels count in its preprocess.labels, and on a loaded
// model. Files names buffers that hold a file of a run; base and samples take the place of the loaded model and the
// inputs, and a checkpoint that of the start.
type TeachRequest struct {
	Recipe json.RawMessage `json:"recipe"` // recipe.Recipe
	// task.Model.ID of the loaded model that the recipe names by its hash
	Base   string         `json:"base,omitempty"`
	Labels []int          `json:"labels,omitempty"` // one per input
	Inputs []Input        `json:"inputs,omitempty"`
	Files  map[string]int `json:"files,omitempty"`
	// Stay is the task.Model.ID under which the model is loaded at once, without a file, which Seal makes; "": the file
	// comes with the answer.
	Stay string  `json:"stay,omitempty"`
	Sure float64 `json:"sure,omitempty"` // as SureRequest.Least, of the model that is made
}

// SureRequest says how probable the answers of a loaded model are at least; below that it does not know.
type SureRequest struct {
	Model string  `json:"model"` // task.Model.ID
	Least float64 `json:"least"` // 0: it always answers
}

// Named says which loaded model is meant.
type Named struct {
	Model string `json:"model"` // task.Model.ID
}

// Files of a run, by the names that TeachRequest.Files and FileInfo give them.
const (
	BaseFile       = "base"       // the model that is built upon
	SamplesFile    = "samples"    // made by Pack
	CheckpointFile = "checkpoint" // of a run that is not at its end
)

// Taught is the end of a training. Report is nil if it was handed over; Checkpoint
// then says what the buffer is, nil for none.
type Taught struct {
	Report     *task.Report `json:"report,omitempty"`
	Checkpoint *FileInfo    `json:"checkpoint,omitempty"`
}

// Packed says what the buffers are.
type Packed struct {
	Files []FileInfo `json:"files"`
}

// FileInfo is a buffer that is a file on its way to a server.
type FileInfo struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"` // hex
	Size   int64  `json:"size"`   // bytes
}

// ExportRequest says what to make of a loaded model: a WebAssembly module, or a page with it.
type ExportRequest struct {
	Model   string `json:"model"`
	Weights string `json:"weights,omitempty"` // "float32", "float16", "int8"; "" is no loss
	Title   string `json:"title,omitempty"`   // of the model, in place of its own
	// same-origin address of the page to put the module into; "" is the module alone
	Template string `json:"template,omitempty"`
}

// RetitleRequest goes with one buffer, the file.
type RetitleRequest struct {
	Title string `json:"title"`
}

// Target is the number of the request to stop.
type Target struct {
	Request int `json:"request"`
}
