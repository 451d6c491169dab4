package state

import (
	"errors"
	"strings"
	"testing"

	"wafer/app/bridge"
	"wafer/app/state/statetest"
	"wafer/nn/task"
)

// explained opens a store whose explainer finds three words in every text.
func explained(t *testing.T, explain func(q bridge.ExplainRequest) (bridge.Explained, error)) (*Store, *worker) {
	t.Helper()
	s, w := opened(t)
	e := statetest.NewWorker()
	bridge.Handle(e.Handlers, bridge.Explain,
		func(_ bridge.Asked[bridge.None], q bridge.ExplainRequest) (bridge.Explained, [][]byte, error) {
			found, err := explain(q)
			return found, nil, err
		})
	s.Explainer = e
	s.SetText("a b c")
	settled(t, s, "an answer", allAnswered(task.Text, 1))
	return s, w
}

func three(q bridge.ExplainRequest) (bridge.Explained, error) {
	if q.Input.Text != "a b c" || q.Index != 7 {
		return bridge.Explained{}, errors.New("another text or label")
	}
	return bridge.Explained{Parts: []bridge.Part{{Text: "a "}, {Text: "b "}, {Text: "c"}}}, nil
}

func whyOf(s *Store) Why { return s.Get().Batch[task.Text].Why }

func TestWordsAreLeftOutAndPutBack(t *testing.T) {
	s, w := explained(t, three)
	s.AskWhy(task.Text)
	settled(t, s, "three words", func(st State) bool {
		found := st.Batch[task.Text].Why.Found
		return found != nil && len(found.Parts) == 3
	})
	s.LeaveOut(1)
	settled(t, s, "the answer to the rest", func(st State) bool { return st.Batch[task.Text].Why.Result != nil })
	if n := whyOf(s).Left(); n != 1 {
		t.Errorf("expected one word left out, found %d", n)
	}
	texts := w.Sent(string(bridge.Classify))
	if last := texts[len(texts)-1]; !strings.Contains(last, `"text":"a c"`) {
		t.Errorf(`expected the answer to "a c" to be asked for, found %s`, last)
	}
	s.LeaveOut(-1)
	if y := whyOf(s); y.Left() != 0 || y.Result != nil || y.Found == nil {
		t.Errorf("expected all words to be back, found %+v", y)
	}
	s.AskWhy(task.Text)
	if whyOf(s).Asked {
		t.Error("expected the explanation to be gone after the second press")
	}
	s.AskWhy(task.Text)
	settled(t, s, "three words again", func(st State) bool { return st.Batch[task.Text].Why.Found != nil })
	s.SetText("d")
	settled(t, s, "no explanation of another text", func(st State) bool { return !st.Batch[task.Text].Why.Asked })
}

func TestWhatCannotBeExplainedSaysWhy(t *testing.T) {
	s, _ := explained(t, func(bridge.ExplainRequest) (bridge.Explained, error) {
		return bridge.Explained{}, errors.New("It has no words.")
	})
	s.AskWhy(task.Text)
	settled(t, s, "the reason", func(st State) bool { return st.Batch[task.Text].Why.Error == "It has no words." })
}
