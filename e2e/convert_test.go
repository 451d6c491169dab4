package e2e

import (
	"os"
	"path/filepath"
	"testing"
)

// sharedModel is a model of another tool, where it is here.
func sharedModel(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join(root(), "../shared/models", name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("shared/models/%s is not here", name)
	}
	path, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// A file of another tool becomes a model in the tab, without a request to the server but for the program that
// reads it, and answers.
func TestAnONNXFileIsImportedAndAnswers(t *testing.T) {
	p := open(t, startServer(t), "/models")
	p.waitFor("a usable page", usable)
	p.upload("#import", sharedModel(t, "squeezenet-1.1/squeezenet1_1.onnx"))
	p.waitText("squeezenet1_1 was imported")
	p.screenshot("models-onnx")
	p.waitFor("its card", `document.querySelector("[data-drop=models] .model h3")`)
	p.click("Use squeezenet1_1")
	p.upload(picker, filepath.Join(root(), "static/samples/photos/cat.jpg"))
	p.waitFor("an answer", `document.querySelector(".answer .label")?.innerText.startsWith("kind ")`)
}
