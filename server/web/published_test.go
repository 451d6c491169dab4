package web

import "testing"

// What is published is what the server answers, in type and content.
func TestPublishedFilesAreWhatTheServerSends(t *testing.T) {
	f := files(t)
	all, err := Publish(f)
	if err != nil || len(all) < 10 {
		t.Fatalf("got %d files, %v", len(all), err)
	}
	h := handler(t, f)
	for _, p := range all {
		w := ask(h, "GET", p.Address)
		if w.Code != 200 || w.Body.String() != string(p.Body) || w.Header().Get("Content-Type") != p.Type {
			t.Errorf("GET %s: got %d %q %q, published are %q %q", p.Address, w.Code, w.Header().Get("Content-Type"),
				w.Body, p.Type, p.Body)
		}
	}
}
