package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

const mealRecipe = `{"name":"mood","seed":5,
 "preprocess":{"kind":"text","labels":["bad","good"],"data":{"train":[{"form":"csv","path":"data/mood.csv"}]},"text":{"tokenizer":{"num_words":50},"pad_sequences":{"maxlen":6}}},
 "define":{"zoo":"text_lstm","options":{"words":50,"length":6,"dim":8,"units":8}},
 "loss":{"name":"binary_crossentropy"},"optimizer":{"name":"adam","learning_rate":0.02},
 "train":{"epochs":6,"batch_size":8},"validate":{"validation_split":0.2},"test":{"test_split":0.2,"set":"mood"}}`

// submitMood hands in a recipe with its data, as a person at a terminal does.
func (s *server) submitMood(t *testing.T) {
	t.Helper()
	path, err := wafer()
	if err != nil {
		t.Fatal(err)
	}
	var csv strings.Builder
	for i := range 40 {
		fmt.Fprintf(&csv, "%s %s %d,%s\n", []string{"the film", "this phone", "our dinner"}[i%3],
			[]string{"was terrible", "was wonderful"}[i%2], i, []string{"bad", "good"}[i%2])
	}
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "data"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"mood.json": mealRecipe, "data/mood.csv": csv.String()} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.Command(path, "submit", "--server", s.url, "--data", dir, filepath.Join(dir, "mood.json")).
		CombinedOutput(); err != nil {
		t.Fatalf("wafer submit: %v\n%s", err, out)
	}
}

func TestARecipeFromTheTerminalIsVariedAndUsedInTheTab(t *testing.T) {
	s := startServer(t)
	s.submitMood(t)
	p := open(t, s, "/jobs")
	p.click("mood")
	p.waitState("succeeded")
	p.waitFor("both curves of both charts", `document.querySelectorAll(".job .curve.curve-train, .job .curve.curve-held").length == 4`)
	for _, want := range []string{"Accuracy, test", "Accuracy, validation", "Memory", "a recipe", "1 file"} {
		p.waitText(want) // lists are short: the job itself comes a moment later
	}
	if !strings.Contains(eval[string](p, `document.querySelector("pre.log").innerText`), "memory: ") {
		t.Error("the log lacks the memory")
	}

	p.click("Run a variation")
	p.fill("Name", "mood, faster")
	p.fill("Learning rate", "0,05")
	p.press(kb.Tab)
	p.until("the recipe to follow", func() bool {
		return strings.Contains(eval[string](p, `document.querySelector("#clone-recipe").value`),
			`"learning_rate": 0.05`)
	})
	p.fill("Recipe", strings.Replace(eval[string](p, `document.querySelector("#clone-recipe").value`), `"epochs": 6`,
		`"epochs": 9`, 1))
	p.press(kb.Tab)
	p.waitFor("the field to follow", `document.querySelector("#clone-epochs").value == "9"`)
	p.click("Run it")
	p.waitFor("the variation", `document.querySelector("#job-title")?.innerText == "mood, faster"`)
	p.waitState("succeeded")
	p.waitFor("nine epochs", `document.querySelector(".job .curve-train")?.getAttribute("d").match(/[ML]/g).length == 9`)
	p.click("Bring the model into this tab")
	p.click("Use it")
	p.fill("Sentence to classify", "our dinner was wonderful")
	p.until("an answer", func() bool { return strings.Contains(p.answer(), "good") })
}
