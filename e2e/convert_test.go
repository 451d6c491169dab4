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

// A model leaves the tab as an ONNX file, which comes back and answers the same.
func TestAModelGoesOutAsONNXAndComesBack(t *testing.T) {
	p := open(t, startServer(t), "/models")
	p.waitFor("a usable page", usable)
	p.upload("#import", filepath.Join(root(), "static/models/digits.wafer"))
	p.waitText("was imported")
	p.waitFor("its card", `document.querySelector("[data-drop=models] .model h3")`)
	eval[bool](p, `(document.querySelector("[data-drop=models] details.export").open = true)`)
	path := p.download(func() {
		eval[bool](p, `([...document.querySelectorAll("[data-drop=models] .export-files button")].find(b => b.innerText.startsWith("ONNX")).click(), true)`)
	})
	if filepath.Ext(path) != ".onnx" {
		t.Errorf("the file is called %s, expected an ending of .onnx", filepath.Base(path))
	}
	p.screenshot("models-export")
	p.upload("#import", path)
	p.until("two models", func() bool {
		return eval[int](p, `document.querySelectorAll("[data-drop=models] .model h3").length`) == 2
	})
}
