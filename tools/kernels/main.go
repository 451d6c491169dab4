// Command kernels times what package compile makes in headless Chromium: inner kernels of
// matrix products, single kernels on the shapes of well-known networks, every layer of two
// networks, and networks on two threads. It writes bench/KERNELS.md. The Makefile runs it
// from the root of the repository.
//
// Samples of all calls of a job are interleaved, and the best counts: what else the machine
// does only ever takes time.
package main

import (
	"flag"
	"fmt"
	"os"

	"wafer/nn/kernel"
)

func main() {
	out := flag.String("o", "bench/KERNELS.md", "file to write, - for standard output")
	smoke := flag.Bool("smoke", false, "a few seconds: one tile, one kernel, one small network")
	flag.Parse()
	text, err := report(".", *smoke)
	if err == nil && *out != "-" {
		err = os.WriteFile(*out, []byte(text), 0o644)
	} else if err == nil {
		_, err = fmt.Print(text)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "kernels:", err)
		os.Exit(1)
	}
}

// agenda is what is measured.
type agenda struct {
	copies   []int // bytes
	tiles    []kernel.Tile
	products []product
	groups   []opGroup
	nets     []net
	seconds  float64 // of each job, about
}

func agendaOf(smoke bool) agenda {
	if smoke {
		return agenda{copySizes[:1], tileList[4:5], productList[:1],
			[]opGroup{{"a smoke test", []op{winograd(28, 16, 16, 2)}}},
			[]net{{"digits", "digits_cnn", true}}, 0.1}
	}
	return agenda{copySizes, tileList, productList, opGroups(), nets, 15}
}

// report measures and gives the text. root is the repository's.
func report(root string, smoke bool) (string, error) {
	l, err := newLab(root)
	if err != nil {
		return "", err
	}
	defer l.stop()
	a := agendaOf(smoke)
	r, err := l.run(a)
	if err != nil {
		return "", err
	}
	return l.text(a, r), nil
}

// results are what the agenda asked for.
type results struct {
	tiles   [][]*timing // of a tile and a product
	ops     [][]opResult
	nets    []profiled
	scaling []scaling
}

func (l *lab) run(a agenda) (r results, err error) {
	if err := l.findLimits(a.copies, a.seconds/2); err != nil {
		return r, err
	}
	if r.tiles, err = l.tiles(a.tiles, a.products, a.seconds); err != nil {
		return r, err
	}
	for _, group := range a.groups {
		list, err := l.ops(group, a.seconds)
		if err != nil {
			return r, err
		}
		r.ops = append(r.ops, list)
	}
	for _, n := range a.nets {
		if !n.layers {
			continue
		}
		p, err := l.profile(n, a.seconds)
		if err != nil {
			return r, err
		}
		r.nets = append(r.nets, p)
	}
	r.scaling, err = l.scale(a.nets, 3*a.seconds)
	return r, err
}
