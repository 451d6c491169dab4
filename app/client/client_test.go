package client

import (
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	c, err := Parse(`{"models":[{"id":"digits","labels":["0","1"],"sha256":"ab","kind":"image"}]}`)
	if err != nil || len(c.Models) != 1 || c.Models[0].ID != "digits" {
		t.Errorf("expected one model, got %+v (%v)", c, err)
	}
	for body, want := range map[string]string{
		``:             "not what the page expects",
		`<html>`:       "not what the page expects",
		`{"models":1}`: "not what the page expects",
		`{"models":[{"id":"digits","labels":["0"],"sha256":"ab"}]}`:   "entry 1",
		`{"models":[{"id":"digits","labels":["0","1"],"sha256":""}]}`: "entry 1",
		`{"models":[{"id":"a","labels":["0","1"],"sha256":"b"},{}]}`:  "entry 2",
	} {
		if _, err := Parse(body); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: expected an error with %q, got %v", body, want, err)
		}
	}
}

func TestNoServerWhileThePageIsGenerated(t *testing.T) {
	if _, _, err := Models(); err == nil {
		t.Error("expected an error outside a browser")
	}
}
