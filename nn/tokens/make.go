package tokens

import (
	"strings"

	"wafer/nn/json"
	"wafer/nn/say"
)

// FromVocabulary makes the tokenizer.json of a vocab.txt, which BERT's first versions came with: a token per line.
// lowercase is do_lower_case of tokenizer_config.json, true where it does not say. A token's number is its line, from
// 0. [UNK], [CLS] and [SEP] must be there; [PAD] and [MASK] are taken where they are.
func FromVocabulary(vocab []byte, lowercase bool) ([]byte, error) {
	index := map[string]int{}
	for i, line := range strings.Split(strings.TrimRight(string(vocab), "\r\n"), "\n") {
		index[strings.TrimRight(line, "\r")] = i
	}
	for _, name := range []string{"[UNK]", "[CLS]", "[SEP]"} {
		if _, ok := index[name]; !ok {
			return nil, say.Errorf("tokenizer: its vocabulary lacks the token %.60q", name)
		}
	}
	var added []map[string]any
	for _, name := range []string{"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"} {
		if id, ok := index[name]; ok {
			added = append(added, map[string]any{"id": id, "content": name, "special": true, "normalized": false})
		}
	}
	return json.Marshal(map[string]any{
		"added_tokens":  added,
		"normalizer":    map[string]any{"type": "BertNormalizer", "lowercase": lowercase},
		"pre_tokenizer": map[string]any{"type": "BertPreTokenizer"},
		"post_processor": map[string]any{"type": "BertProcessing", "sep": []any{"[SEP]", index["[SEP]"]},
			"cls": []any{"[CLS]", index["[CLS]"]}},
		"model": map[string]any{"type": "WordPiece", "unk_token": "[UNK]", "vocab": index},
	})
}

// FromMerges makes the tokenizer.json of a vocab.json and a merges.txt, which GPT-2 came with. Where the vocabulary has
// <s> and </s>, they are put around a text, as RoBERTa's are. Numbers are the vocabulary's. Lines of merges that are
// empty or begin with #version are passed over; what else is wrong with them shows in Open.
func FromMerges(vocab, merges []byte) ([]byte, error) {
	var index map[string]int
	if err := json.Unmarshal(vocab, &index); err != nil {
		return nil, say.Errorf("tokenizer: expected the JSON of a tokenizer: %w", err)
	}
	var list []string
	for _, line := range strings.Split(string(merges), "\n") {
		if line = strings.TrimRight(line, "\r"); line != "" && !strings.HasPrefix(line, "#version") {
			list = append(list, line)
		}
	}
	doc := map[string]any{
		"pre_tokenizer": map[string]any{"type": "ByteLevel", "add_prefix_space": false},
		"model":         map[string]any{"type": "BPE", "vocab": index, "merges": list},
	}
	var added []map[string]any
	for _, name := range []string{"<s>", "<pad>", "</s>", "<unk>", "<mask>", "<|endoftext|>"} {
		if id, ok := index[name]; ok {
			added = append(added, map[string]any{"id": id, "content": name, "special": true,
				"lstrip": name == "<mask>"})
		}
	}
	doc["added_tokens"] = added
	cls, ok := index["<s>"]
	if sep, ok2 := index["</s>"]; ok && ok2 {
		doc["post_processor"] = map[string]any{"type": "RobertaProcessing", "sep": []any{"</s>", sep},
			"cls": []any{"<s>", cls}}
	}
	return json.Marshal(doc)
}
