package e2e

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// litertPage runs the check that goes out with each file in LiteRT.js and tells how far apart the answers are.
const litertPage = `<!doctype html><meta charset=utf-8><link rel=icon href="data:,"><pre></pre><script type=module>
import * as lib from '/litert.mjs';
console.error = () => {}; // where it says what it does
const apart = {};
try {
  await lib.loadLiteRt('/node_modules/@litertjs/core/wasm/', {threads: false});
  for (const name of ['digits', 'photos', 'photos-light']) {
    const file = new Uint8Array(await (await fetch('/' + name + '.tflite')).arrayBuffer());
    const text = new TextDecoder('latin1').decode(file), at = text.indexOf('{', text.indexOf('"check":'));
    const check = JSON.parse(text.slice(at, text.indexOf(']}', at) + 2)), wave = check.input;
    const net = await lib.loadAndCompile(file, {accelerator: 'wasm'}), shape = [...net.getInputDetails()[0].shape];
    const x = new Float32Array(shape.reduce((a, b) => a * b, 1));
    x.forEach((_, i) => { x[i] = Math.fround(37 * i % wave.modulo * wave.scale) + wave.offset; });
    const [y] = await net.run([new lib.Tensor(x, shape)]);
    apart[name] = Math.max(...y.toTypedArray().map((v, i) => Math.abs(v - check.output[i])));
  }
} catch (e) { apart.error = String(e); }
window.apart = apart;
</script>`

// What is written as TFLite is opened by LiteRT.js, TensorFlow Lite of today, and gives what the model gives.
// make litert runs it.
func TestLiteRTOpensWhatIsWritten(t *testing.T) {
	need(t)
	lib := os.Getenv("WAFER_LITERT")
	if lib == "" {
		t.Skip("LiteRT.js is not here: make litert")
	}
	bin, err := wafer()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, weights := range map[string]string{"digits": "float32", "photos": "float16", "photos-light": "float32"} {
		c := exec.Command(bin, "export", "--format", "tflite", "--weights", weights,
			filepath.Join(root(), "static/models", name+".wafer"), filepath.Join(dir, name+".tflite"))
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Write([]byte(litertPage))
	})
	for _, name := range []string{"digits", "photos", "photos-light"} {
		mux.Handle("GET /"+name+".tflite", http.FileServer(http.Dir(dir)))
	}
	mux.HandleFunc("GET /litert.mjs", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		http.ServeFile(w, r, filepath.Join(lib, "litert.mjs"))
	})
	mux.Handle("GET /node_modules/", http.FileServer(http.Dir(lib)))
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	p := open(t, &server{url: s.URL}, "/")
	p.waitFor("LiteRT.js", "window.apart")
	got := eval[map[string]any](p, "window.apart")
	for _, name := range []string{"digits", "photos", "photos-light"} {
		if apart, ok := got[name].(float64); !ok || apart > 1e-5 {
			t.Errorf("%s: LiteRT.js is %v apart from the model, expected 1e-5 at most (%v)", name, got[name],
				got["error"])
		}
		t.Logf("%s: LiteRT.js is %v apart", name, got[name])
	}
}
