package fit

import (
	"fmt"
	"os"
	"testing"
	"wafer/nn/context"

	"wafer/nn/model"
	"wafer/nn/recipe"
	"wafer/nn/task"
)

// BenchmarkRefit learns 3 × 50 examples anew of which one was exchanged, as the page does after an edit. Features of
// all examples are there.
func BenchmarkRefit(b *testing.B) {
	b.Run("texts", func(b *testing.B) { refit(b, "sentences", task.Text, request) })
	b.Run("photos", func(b *testing.B) { refit(b, "photos", task.Image, striped) })
}

func refit(b *testing.B, name string, kind task.Kind, sample func(class, number int) task.Input) {
	file, err := os.ReadFile("../../static/models/" + name + ".wafer")
	if err != nil {
		b.Fatal(err)
	}
	base, err := model.Open(file, model.Options{})
	if err != nil {
		b.Fatal(err)
	}
	l := teaching{base: file, Teaching: recipe.Teaching{Name: "Mine", Base: base.Info().SHA256, Kind: kind,
		Classes: []string{"a", "b", "c"}, Counts: []int{50, 50, 50}, Seed: 1, Solve: true}}
	for i := range 150 {
		in, err := base.Prepared(sample(i%3, i))
		if err != nil {
			b.Fatal(err)
		}
		l.in, l.labels = append(l.in, in), append(l.labels, i%3)
	}
	r, err := l.Recipe()
	if err != nil {
		b.Fatal(err)
	}
	cache := &Cache{}
	run := func() {
		if _, _, err := Run(context.Background(), r, l.data(),
			Options{Cache: cache, Best: true, Later: true}); err != nil {
			b.Fatal(err)
		}
	}
	run()
	before := processorTime(b)
	for b.Loop() {
		l.in[0], l.in[3] = l.in[3], l.in[0]
		run()
	}
	b.ReportMetric(float64((processorTime(b)-before).Milliseconds())/float64(b.N), "cpu-ms/op")
}

// request is a text of a few words, some of which tell its class.
func request(class, number int) task.Input {
	start := [][]string{{"When does", "At what time does", "How late does", "Until when does"},
		{"What is the price of", "How much is", "How expensive is", "What do I pay for"},
		{"Please cancel", "I no longer want", "Take back", "I do not need"}}[class]
	return task.Input{Text: fmt.Sprintf("%s number %d of the %s", start[number%len(start)], number,
		[]string{"concert", "train", "museum", "lesson", "flight", "swimming pool", "table"}[number%7])}
}

// striped is a picture whose stripes tell its class, with a grain.
func striped(class, number int) task.Input {
	const size = 224
	p := &task.Pixels{Width: size, Height: size, RGBA: make([]byte, 4*size*size)}
	for i := range size * size {
		x, y := i%size, i/size
		at := []int{x, y, x + y}[class]
		grain := uint32(i*2654435761+number*40503) >> 27
		for c := range 3 {
			p.RGBA[4*i+c] = byte(90 + at/(8+number%9)%2*80 + int(grain)*(1+c) + number)
		}
		p.RGBA[4*i+3] = 255
	}
	return task.Input{Pixels: p}
}
