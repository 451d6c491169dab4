package e2e

import (
	"archive/zip"
	"os"
	"path/filepath"
	"testing"

	"wafer/nn/sharedtest"
)

// A file of another tool becomes a model in the tab, without a request to the server but for the program that
// reads it, and answers.
func TestAnONNXFileIsImportedAndAnswers(t *testing.T) {
	p := open(t, startServer(t), "/models")
	p.waitFor("a usable page", usable)
	p.upload("#import", sharedtest.Path(t, "models/squeezenet-1.1/squeezenet1_1.onnx"))
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

// machineZip is an export of Teachable Machine as it is downloaded.
func machineZip(t *testing.T, title string) string {
	t.Helper()
	folder, name := sharedtest.Path(t, "models/teachable-machine-image-tfjs"), filepath.Join(t.TempDir(), title+".zip")
	file, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	z := zip.NewWriter(file)
	for _, part := range []string{"metadata.json", "model.json", "weights.bin"} {
		data, err := os.ReadFile(filepath.Join(folder, part))
		if err != nil {
			t.Fatal(err)
		}
		w, err := z.Create(part)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return name
}

// An export of Teachable Machine becomes a model with its labels where it is dropped: on Models, and on Classify, where
// it is taken into use. What reads it is kept for when there is no connection.
func TestATeachableMachineExportIsImported(t *testing.T) {
	s := startServer(t)
	p := open(t, s, "/models")
	p.waitFor("a usable page", usable)
	p.waitInCharge()
	p.drop("[data-drop=models]", machineZip(t, "waving"))
	p.waitText("waving was imported")
	p.screenshot("models-teachable-machine")
	p.click("Use waving")
	p.upload(picker, filepath.Join(root(), "static/samples/photos/cat.jpg"))
	p.waitFor("an answer", `document.querySelector(".answer .label")?.innerText.startsWith("Class ")`)
	p.screenshot("classify-teachable-machine")
	s.stop()
	p.expect("Failed to load resource")
	p.expect("net::ERR_CONNECTION_REFUSED")
	p.navigate("/")
	p.waitFor("a usable page without a server", usable)
	p.drop("main", machineZip(t, "hand"))
	p.waitText("hand was imported")
	p.waitFor("it in use", `document.querySelector("main").innerText.includes("hand")`)
	p.screenshot("classify-dropped-model")
}
