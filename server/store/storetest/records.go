package storetest

import (
	"context"
	"testing"

	"wafer/server/store"
)

// records: documents of a caller's own outlive a restart, are replaced whole, and never reach what is none of theirs.
func records(t *testing.T, open Open) {
	ctx := context.Background()
	s, reopen := open(t, store.Options{})
	must(t, s.PutRecord(ctx, "job1", "spec", "old"))
	must(t, s.PutRecord(ctx, "job1", "spec", "new"))
	must(t, s.PutRecord(ctx, "job1", "1", 1))
	must(t, s.PutRecord(ctx, "job2", "spec", 2))
	b := Bytes(1, 10)
	r := Put(t, s, b)
	must(t, s.SetName(ctx, store.Manifest{Name: "mine", File: r, License: "MIT"}, store.Any))
	s = reopen()

	var text string
	if err := s.Record(ctx, "job1", "spec", &text); err != nil || text != "new" {
		t.Errorf("a record that was replaced is %q, %v", text, err)
	}
	all, err := s.Records(ctx)
	if err != nil || len(all["job1"]) != 2 || len(all["job2"]) != 1 || len(all) != 2 {
		t.Errorf("the records are %v, %v", all, err)
	}
	must(t, s.RemoveRecord(ctx, "job1", "spec"))
	must(t, s.RemoveRecord(ctx, "job1", "spec")) // again
	fails(t, "a removed record", s.Record(ctx, "job1", "spec", &text), store.ErrNotFound)

	var any any
	for _, owner := range []string{"", ".", "..", "../name", "a/b", "Job"} {
		if err := s.PutRecord(ctx, owner, "mine", 1); err == nil {
			t.Errorf("the owner %q has a record", owner)
		}
		fails(t, "a record of the owner "+owner, s.Record(ctx, owner, "mine", &any), store.ErrNotFound)
		must(t, s.RemoveRecord(ctx, owner, "mine"))
	}
	if _, err := s.Name(ctx, "mine"); err != nil {
		t.Errorf("the name after all this: %v", err)
	}
	Has(t, s, b)
}
