package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"os"
	"strings"
)

// exportPage makes the page that exported models are put into, of static/export, the page's own style sheets, Go's
// loader, run.js, the program wasm/export and what errors are in Chinese. Places for title, weights and model are left;
// ExportPage of nn/model fills them.
func exportPage(runtime []byte) ([]byte, error) {
	loader, err := goLoader()
	if err != nil {
		return nil, err
	}
	gz, err := gzipOf(runtime)
	if err != nil {
		return nil, err
	}
	parts := map[string]string{"runtime": base64.StdEncoding.EncodeToString(gz)}
	for part, files := range map[string][]string{
		"page":   {"static/export/model.html"},
		"style":  {"static/css/tokens.css", "static/css/app.css", "static/export/model.css"},
		"worker": {loader, "nn/run/run.js", "static/export/worker.js"},
		"script": {"static/export/model.js"},
	} {
		if parts[part], err = joined(files); err != nil {
			return nil, err
		}
	}
	sentences, err := os.ReadFile("static/words/errors-zh.json")
	if err != nil {
		return nil, err
	}
	parts["script"] = "\"use strict\";\nconst sentences = " + strings.TrimSpace(string(sentences)) + ";\n" +
		parts["script"]
	for _, part := range []string{"style", "worker", "script"} {
		if strings.Contains(parts[part], "</") { // would end its element
			return nil, fmt.Errorf("the %s of exported pages may not contain %q", part, "</")
		}
	}
	var places []string
	for _, part := range []string{"runtime", "style", "worker", "script"} {
		places = append(places, "{{"+part+"}}", parts[part], "{{"+part+"-hash}}", policyHash(parts[part]))
	}
	return []byte(strings.NewReplacer(places...).Replace(parts["page"])), nil
}

func joined(files []string) (string, error) {
	var all bytes.Buffer
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			return "", err
		}
		all.Write(append(b, '\n'))
	}
	return all.String(), nil
}

// policyHash names the content of an element as a Content-Security-Policy does.
func policyHash(content string) string {
	sum := sha256.Sum256([]byte(content))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}
