package fit

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"

	"wafer/nn/model"
	"wafer/nn/native"
	"wafer/nn/recipe"
	"wafer/nn/task"
)

// reviews are short texts of two classes, ten each.
func reviews() (in []task.Input, labels []int) {
	for c, texts := range [][]string{
		{"房间很干净，服务很好", "早餐好吃，位置方便", "服务热情，房间宽敞", "很满意，下次再来", "环境安静，床很舒服",
			"前台很热情，很满意", "性价比高，房间干净", "位置好，早餐很好吃", "服务好，环境很安静", "房间很舒服，推荐"},
		{"房间很脏，服务不好", "太吵了，睡不着", "早餐难吃，态度很差", "很失望，不会再来", "床单有异味，太脏了",
			"前台态度很差，失望", "价格贵，房间又小又脏", "空调坏了，太吵", "服务差，早餐难吃", "房间有异味，不推荐"},
	} {
		for _, text := range texts {
			in, labels = append(in, task.Input{Text: text}), append(labels, c)
		}
	}
	return in, labels
}

func reviewTeaching(counts ...int) teaching {
	l := teaching{Teaching: recipe.Teaching{Name: "Hotels", Kind: task.Text, Classes: []string{"good", "bad"},
		Counts: counts, Seed: 1, Solve: true}}
	in, labels := reviews()
	taken := []int{0, 0}
	for i, c := range labels {
		if taken[c] < counts[c] {
			taken[c]++
			l.in, l.labels = append(l.in, in[i]), append(l.labels, c)
		}
	}
	return l
}

// Texts of a language that no shipped encoder reads are known by their n-grams alone, without a base.
func TestTeachingFromNGramsAlone(t *testing.T) {
	for _, n := range []int{2, 10} { // nearest centroids, and a solved head
		l := reviewTeaching(n, n)
		m, rep := l.taught(t, Options{})
		e := rep.Estimate
		if e == nil || len(e.Features) != 1 || e.Features[0].Name != task.NGramFeatures || rep.Training.Accuracy != 1 {
			t.Fatalf("%d each: %+v, expected n-grams and all samples learnt", n, rep)
		}
		info := m.Info()
		if !info.NGrams || info.Bytes > 60_000 || !strings.HasPrefix(info.ID, "taught-") || m.FeatureSize() != 0 {
			t.Errorf("%d each: the model is %+v, expected a small taught one of n-grams without features", n, info)
		}
		for text, want := range map[string]string{"服务很好，房间很干净": "good", "房间很脏，早餐难吃": "bad"} {
			if res := m.Classify(task.Input{Text: text}); res.Error != "" || res.Scores[0].Label != want {
				t.Errorf("%d each: %q is %+v, expected %s", n, text, res, want)
			}
		}
		if res := m.Classify(task.Input{Text: "qqq"}); !strings.Contains(res.Error, "none of these words") {
			t.Errorf("%d each: a text without a known n-gram has the answer %+v, expected none", n, res)
		}
		if same, _ := l.taught(t, Options{Runner: native.Runner(2)}); !bytes.Equal(same.Bytes(), m.Bytes()) {
			t.Errorf("%d each: with two threads the file is another", n)
		}
	}
}

// The measured part, which begins at the logits, says what the whole network says.
func TestNGramsAreMeasuredAsTheyAnswer(t *testing.T) {
	l := reviewTeaching(10, 6)
	m, rep := l.taught(t, Options{})
	right := 0
	for i, res := range m.ClassifyAll(l.in) {
		if res.Scores[0].Index == l.labels[i] {
			right++
		}
	}
	if got := float64(right) / float64(len(l.in)); got != rep.Training.Accuracy {
		t.Errorf("the file has %v of the samples right, the report says %v", got, rep.Training.Accuracy)
	}
	again, err := model.Open(m.Bytes(), model.Options{Runner: native.Runner(1)})
	if err != nil {
		t.Fatal(err)
	}
	if a, b := again.Classify(l.in[3]), m.Classify(l.in[3]); a.Scores[0] != b.Scores[0] {
		t.Errorf("opened again it says %+v, before %+v", a.Scores[0], b.Scores[0])
	}
	if module, err := m.Export(model.ExportOptions{}); err != nil || len(module) < 1000 {
		t.Errorf("its export has %d bytes: %v", len(module), err)
	}
}

func TestTeachingFromSentencesAndNGrams(t *testing.T) {
	file, base := encoder(t, 2)
	l := teaching{base: file, Teaching: recipe.Teaching{Name: "Orders", Base: base.Info().SHA256, Kind: task.Text,
		Classes: []string{"order", "refund"}, Counts: []int{6, 6}, Seed: 1, Solve: true}}
	for c, texts := range [][]string{
		{"I want two pizzas", "Please send me a salad", "Can I get the soup", "A coffee to go", "One burger, please",
			"We take the fish"},
		{"I want my money back", "This was broken, refund it", "Please return the payment", "Take it back",
			"I was charged twice", "Cancel and repay me"},
	} {
		for _, text := range texts {
			l.in, l.labels = append(l.in, task.Input{Text: text}), append(l.labels, c)
		}
	}
	cache := &Cache{}
	m, rep := l.taught(t, Options{Runner: native.Runner(2), Cache: cache})
	var names []string
	for _, c := range rep.Estimate.Features {
		names = append(names, c.Name)
	}
	if len(names) != 3 {
		t.Fatalf("the features tried are %v, expected three kinds", names)
	}
	t.Logf("%+v: %d bytes", rep.Estimate.Features, m.Info().Bytes)
	one, all := m.Classify(l.in[0]), m.ClassifyAll(l.in)
	if one.Scores[0] != all[0].Scores[0] {
		t.Errorf("alone the answer is %+v, among others %+v", one.Scores[0], all[0].Scores[0])
	}
	if same, _ := l.taught(t, Options{Runner: native.Runner(1), Cache: cache}); !bytes.Equal(same.Bytes(), m.Bytes()) {
		t.Error("from cached features the file is another")
	}
	if m.Info().NGrams {
		again := l
		again.base, again.Base = m.Bytes(), m.Info().SHA256
		if _, _, err := again.run(t, t.Context(), Options{}); err != errOfNGrams {
			t.Errorf("teaching from it: %v, expected %v", err, errOfNGrams)
		}
	}
}

// A head on both kinds of features is wholly the solved one: what was drawn by the seed has no part in the answers.
func TestAHeadOnBothIsWhollySolved(t *testing.T) {
	file, base := encoder(t, 2)
	mail, err := os.ReadFile("../../static/samples/texts/mail-en.tsv")
	if err != nil {
		t.Fatal(err)
	}
	classes := []string{"booking", "lost and found"}
	l := teaching{base: file, Teaching: recipe.Teaching{Name: "Mail", Base: base.Info().SHA256, Kind: task.Text,
		Classes: classes, Counts: []int{12, 12}, Solve: true}}
	for line := range strings.Lines(string(mail)) {
		class, text, _ := strings.Cut(strings.TrimSpace(line), "\t")
		l.in, l.labels = append(l.in, task.Input{Text: text}), append(l.labels, slices.Index(classes, class))
	}
	for l.Seed = range 3 {
		m, rep := l.taught(t, Options{Runner: native.Runner(2)})
		if name := rep.Estimate.Features[0].Name; name != task.BothFeatures {
			t.Fatalf("seed %d: knows texts by %s, expected both kinds", l.Seed, name)
		}
		for text, want := range map[string]string{"may I reserve a table for eight on Tuesday": "booking",
			"table for five next Thursday evening": "booking",
			"I lost my wallet at your restaurant":  "lost and found"} {
			if s := m.Classify(task.Input{Text: text}).Scores[0]; s.Label != want || s.Probability < 0.9 {
				t.Errorf("seed %d: %q is %+v, expected %s with 0.9 at least", l.Seed, text, s, want)
			}
		}
	}
}
