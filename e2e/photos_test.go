package e2e

import (
	"archive/zip"
	"io"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"wafer/nn/sharedtest"
)

// trash are photographs of TrashNet: a zip of `each` of three classes and one of cardboard among the metal, and four
// others of every class.
func trash(t *testing.T, each int) (archive string, others map[string][]string) {
	t.Helper()
	z, err := zip.OpenReader(sharedtest.Path(t, "data/trashnet/trashnet-150x200.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	classes := map[string][]*zip.File{}
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, ".jpg") {
			class := path.Base(path.Dir(f.Name))
			classes[class] = append(classes[class], f)
		}
	}
	archive = filepath.Join(t.TempDir(), "photos.zip")
	out, err := os.Create(archive)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	w := zip.NewWriter(out)
	put := func(name string, f *zip.File) {
		to, err := w.Create(name)
		if err == nil {
			_, err = to.Write(unzipped(t, f))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	others = map[string][]string{}
	draw := rand.New(rand.NewPCG(1, 1))
	for _, class := range []string{"cardboard", "glass", "metal"} {
		order := draw.Perm(len(classes[class]))
		for _, i := range order[:each] {
			put(class+"/"+path.Base(classes[class][i].Name), classes[class][i])
		}
		for _, i := range order[each : each+4] {
			file := filepath.Join(t.TempDir(), path.Base(classes[class][i].Name))
			if err := os.WriteFile(file, unzipped(t, classes[class][i]), 0o644); err != nil {
				t.Fatal(err)
			}
			others[class] = append(others[class], file)
		}
		if class == "cardboard" {
			put("metal/cardboard-by-mistake.jpg", classes[class][order[each+4]])
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return archive, others
}

func unzipped(t *testing.T, f *zip.File) []byte {
	t.Helper()
	r, err := f.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Somebody with a dozen photographs of each thing gets a classifier that is right more often than not, an estimate,
// and the example that lies in the wrong class.
func TestTeachPhotographsAndPutAWrongLabelRight(t *testing.T) {
	archive, others := trash(t, 12)
	p := open(t, startServer(t), "/teach")
	p.waitFor("what was kept", keptIsHere)
	p.upload("#teach-zip", archive)
	p.waitCount(2, 13)
	began := time.Now()
	p.trained()
	t.Logf("taught on 37 photographs in %.1f s, the network fetched and compiled with it", time.Since(began).Seconds())
	p.waitText("estimated on examples it had not seen")
	p.waitText("What would help")

	right, all := 0, 0
	for class, files := range others {
		for _, file := range files {
			eval[bool](p, `(document.querySelector(".try-answer").dataset.old = document.querySelector(".try-thumb")?.src || "", true)`)
			p.upload("#teach-try-file", file)
			p.waitFor("the answer to "+file, `document.querySelector(".try-thumb")?.src &&
				document.querySelector(".try-thumb").src != document.querySelector(".try-answer").dataset.old &&
				document.querySelector(".try-answer .label")`)
			if all++; eval[string](p, `document.querySelector(".try-answer .label").innerText`) == class {
				right++
			}
		}
	}
	if t.Logf("%d of %d other photographs right", right, all); right < 7 {
		t.Errorf("%d of %d other photographs are right, expected 7 or more; guessing gives 4", right, all)
	}

	eval[bool](p, `(document.querySelector("#teach-judge").open = true, true)`)
	p.screenshot("judge")
	before := eval[int](p, `document.querySelectorAll(".judge-wrong li").length`)
	if before == 0 {
		t.Fatal("no example was wrong when it was held out, expected the cardboard among the metal at least")
	}
	eval[bool](p, `(document.querySelector(".judge-wrong .button").click(), true)`)
	p.waitText("Moved an example from")
	p.waitFor("one wrong example less", `document.querySelectorAll(".judge-wrong li").length == `+
		strconv.Itoa(before-1))
	p.click("Undo")
	p.waitFor("the example is back", `document.querySelectorAll(".judge-wrong li").length == `+strconv.Itoa(before))

	p.upload("[id^=files-]", others["cardboard"][0])
	p.waitCount(0, 13)
	began = time.Now()
	p.waitFor("the estimate of 38 examples", `/of 38 examples/.test(document.querySelector("#teach-judge")?.textContent)`)
	t.Logf("taught again with one more in %.1f s", time.Since(began).Seconds())
}
