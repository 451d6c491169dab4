package state

import (
	"net/url"
	"strings"

	"wafer/nn/task"
)

// Query writes what the Classify page shows as the query of its address:
// "kind=text&model=sentiment". It is empty for what the page opens with.
func (st State) Query() string {
	var q []string
	if st.Kind == task.Text {
		q = append(q, "kind="+string(task.Text))
	}
	if id := st.Chosen[st.Kind]; id != "" {
		q = append(q, "model="+url.QueryEscape(id))
	}
	return strings.Join(q, "&")
}

// Open goes to the place of the Classify page that a query describes. An empty one leaves everything as it is, so that
// coming back from another page finds what was there. The model in use is loaded ahead of the first input: other pages
// may do without it.
func (s *Store) Open(query url.Values) {
	s.change(func(st *State) { st.Asking = true })
	kind, id := task.Kind(query.Get("kind")), query.Get("model")
	if kind == "" && id == "" {
		s.Prepare()
		return
	}
	if kind != task.Text {
		kind = task.Image
	}
	if m, ok := s.Get().Find(id); ok {
		kind = m.Kind
	}
	b := s.Get().Batch[kind]
	s.change(func(st *State) {
		st.Kind = kind
		st.Chosen = With(st.Chosen, kind, id)
	})
	s.Prepare()
	if id != "" && len(b.Items) > 0 && b.Model != id {
		s.Again(kind)
	}
}

// PlaceOf is the address of the Classify page with a model in use.
func PlaceOf(m task.Model) string {
	st := State{Kind: m.Kind, Chosen: map[task.Kind]string{m.Kind: m.ID}}
	return "/?" + st.Query()
}
