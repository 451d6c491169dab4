package plan

import (
	"math/rand/v2"
	"testing"
)

// closure is the same as a dag by brute force: edges between units, all of them looked at.
type closure struct {
	d     *dag
	edges [][2]int
}

// reaches reports whether unit to hangs on unit from by a way of two edges or more when direct
// is false, else of any length.
func (c *closure) reaches(from, to int, direct bool) bool {
	seen, list := map[int]bool{}, []int{from}
	for k := 0; k < len(list); k++ {
		for _, e := range c.edges {
			a, b := c.d.find(e[0]), c.d.find(e[1])
			if a != list[k] || a == b || b == to && a == from && !direct {
				continue
			}
			if b == to {
				return true
			}
			if !seen[b] {
				seen[b] = true
				list = append(list, b)
			}
		}
	}
	return false
}

// Merges and added edges are allowed exactly where no circle would come of them, and places
// stay an order of execution. It would catch a fusion that makes two steps wait for each other, one
// that is refused without need, and a search that is cut off too early.
func TestMergesMakeNoCircles(t *testing.T) {
	r, refused := rand.New(rand.NewPCG(3, 4)), 0
	for range 300 {
		n := 3 + r.IntN(12)
		c := &closure{d: newDag(n)}
		for i := range n {
			for range r.IntN(3) {
				if dep := r.IntN(i + 1); dep < i {
					c.d.edge(dep, i)
					c.edges = append(c.edges, [2]int{dep, i})
				}
			}
		}
		for range 3 * n {
			p, q := c.d.find(r.IntN(n)), c.d.find(r.IntN(n))
			if p == q {
				continue
			}
			if r.IntN(4) == 0 {
				want := !c.reaches(p, q, true) // q waits for p?
				if got := c.d.runAfter(q, p); got != want {
					t.Fatalf("unit %d after %d: %t, want %t", p, q, got, want)
				} else if got {
					c.edges = append(c.edges, [2]int{q, p})
				}
			} else {
				want := !c.reaches(p, q, false) && !c.reaches(q, p, false)
				if got := c.d.merge(p, q); got != want {
					t.Fatalf("units %d and %d merge: %t, want %t", p, q, got, want)
				} else if !got {
					refused++
				}
			}
			c.checkPlaces(t)
		}
		if got, want := len(c.d.order(make([]int, n))), c.units(); got != want {
			t.Fatalf("the order has %d units, want all %d", got, want)
		}
	}
	if refused < 100 {
		t.Errorf("only %d merges were refused: the test would miss what it is for", refused)
	}
}

func (c *closure) checkPlaces(t *testing.T) {
	t.Helper()
	for _, e := range c.edges {
		if a, b := c.d.find(e[0]), c.d.find(e[1]); a != b && c.d.place[a] >= c.d.place[b] {
			t.Fatalf("unit %d needs %d, but has place %d, that has %d", b, a, c.d.place[b], c.d.place[a])
		}
	}
}

func (c *closure) units() (n int) {
	for i := range c.d.into {
		if c.d.find(i) == i {
			n++
		}
	}
	return n
}
