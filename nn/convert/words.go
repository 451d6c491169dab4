package convert

import (
	"wafer/nn/format/fasttext"
	"wafer/nn/format/foreign"
	"wafer/nn/format/wordvectors"
	"wafer/nn/task"
)

var fasttextFormat = reader{
	name:      "fastText",
	recognise: func(files foreign.Files) bool { return files.Find(fasttext.Recognise) >= 0 },
	inspect: func(files foreign.Files) (task.Outline, error) {
		f, err := fasttext.Inspect(files[files.Find(fasttext.Recognise)].Data)
		if err != nil {
			return task.Outline{}, err
		}
		return f.Outline(), nil
	},
	load: func(files foreign.Files, _ Options) (*foreign.Network, error) {
		return fasttext.Load(files[files.Find(fasttext.Recognise)].Data)
	},
}

// wordvectorsFormat comes last: some of its files are plain text.
var wordvectorsFormat = reader{
	name:      "word vectors",
	recognise: func(files foreign.Files) bool { return files.Find(wordvectors.Recognise) >= 0 },
	inspect: func(files foreign.Files) (task.Outline, error) {
		v, err := wordvectors.Read(files[files.Find(wordvectors.Recognise)].Data)
		if err != nil {
			return task.Outline{}, err
		}
		return v.Outline(), nil
	},
	load: func(files foreign.Files, _ Options) (*foreign.Network, error) {
		v, err := wordvectors.Read(files[files.Find(wordvectors.Recognise)].Data)
		if err != nil {
			return nil, err
		}
		return v.Network()
	},
}
