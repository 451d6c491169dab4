package main

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"wafer/nn/task"
)

// readIDX reads MNIST's form: grey pictures and their labels, each gzipped or not. A
// label's number is its place among the recipe's labels.
func readIDX(images, labels string, names []string) ([]row, error) {
	pixels, dims, err := idx(images, 3)
	if err != nil {
		return nil, err
	}
	numbers, count, err := idx(labels, 1)
	if err != nil {
		return nil, err
	}
	if dims[0] != count[0] {
		return nil, fmt.Errorf("has %d pictures, but %d labels", dims[0], count[0])
	}
	rows := make([]row, dims[0])
	size := dims[1] * dims[2]
	for i := range rows {
		if int(numbers[i]) >= len(names) {
			return nil, fmt.Errorf("picture %d has the label %d, the recipe has %d labels", i+1, numbers[i], len(names))
		}
		rows[i] = row{task.Input{Name: fmt.Sprintf("%s:%d", filepath.Base(images), i+1), Pixels: grey(pixels[i*size:(i+1)*size], dims[2], dims[1])}, []string{names[numbers[i]]}}
	}
	return rows, nil
}

func grey(p []byte, width, height int) *task.Pixels {
	rgba := make([]byte, 4*len(p))
	for i, v := range p {
		rgba[4*i], rgba[4*i+1], rgba[4*i+2], rgba[4*i+3] = v, v, v, 255
	}
	return &task.Pixels{Width: width, Height: height, RGBA: rgba}
}

// idx reads a file of unsigned bytes: 0 0 8 rank, the lengths of the axes as
// big-endian uint32, then the bytes.
func idx(name string, rank int) ([]byte, []int, error) {
	b, err := readFile(name)
	if err != nil {
		return nil, nil, err
	}
	head := 4 + 4*rank
	if len(b) < head || b[0] != 0 || b[1] != 0 || b[2] != 8 || int(b[3]) != rank {
		return nil, nil, fmt.Errorf("%s is not an IDX file of bytes with %d axes", filepath.Base(name), rank)
	}
	dims, size := make([]int, rank), uint64(1)
	for i := range dims {
		d := binary.BigEndian.Uint32(b[4+4*i:])
		if dims[i] = int(d); size > maxFile {
			break
		}
		size *= uint64(d)
	}
	if size != uint64(len(b)-head) {
		return nil, nil, fmt.Errorf("%s should hold %d bytes for %v, but has %d", filepath.Base(name), size, dims, len(b)-head)
	}
	return b[head:], dims, nil
}

var pictureEndings = []string{".jpg", ".jpeg", ".png", ".gif", ".webp"}

func isPicture(name string) bool {
	return slices.Contains(pictureEndings, strings.ToLower(path.Ext(name)))
}

// readFolder reads a folder with one folder of pictures per label.
func readFolder(dir string) ([]row, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*", "*"))
	if err != nil {
		return nil, err
	}
	var rows []row
	for _, f := range files {
		if !isPicture(f) {
			continue
		}
		b, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		label := filepath.Base(filepath.Dir(f))
		rows = append(rows, row{task.Input{Name: label + "/" + filepath.Base(f), File: b}, []string{label}})
	}
	if len(rows) == 0 {
		return nil, errors.New("has no folders with pictures in them")
	}
	return rows, nil
}

// readZip reads the folders of pictures below one folder of a zip file, in the order of their names.
func readZip(name, folder string) ([]row, error) {
	z, err := zip.OpenReader(name)
	if err != nil {
		return nil, err
	}
	defer z.Close()
	slices.SortFunc(z.File, func(a, b *zip.File) int { return strings.Compare(a.Name, b.Name) })
	var rows []row
	for _, f := range z.File {
		label, file := path.Split(f.Name)
		label = path.Clean(label)
		if path.Dir(label) != path.Clean(folder) || !isPicture(file) {
			continue
		}
		in, err := f.Open()
		if err != nil {
			return nil, err
		}
		b, err := io.ReadAll(io.LimitReader(in, 64<<20))
		in.Close()
		if err != nil {
			return nil, err
		}
		label = path.Base(label)
		rows = append(rows, row{task.Input{Name: label + "/" + file, File: b}, []string{label}})
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("has no pictures in folders below %q", folder)
	}
	return rows, nil
}

// samplePicture is a picture as a file: the file it came from, or a PNG of its pixels.
func samplePicture(in task.Input, label string) (name string, file []byte, err error) {
	name = strings.ToLower(strings.Map(func(r rune) rune {
		if r == '/' || r == ' ' {
			return '-'
		}
		return r
	}, label))
	if in.File != nil {
		return name + strings.ToLower(path.Ext(in.Name)), in.File, nil
	}
	p := in.Pixels
	m := image.NewGray(image.Rect(0, 0, p.Width, p.Height))
	for i := range m.Pix {
		m.Pix[i] = p.RGBA[4*i]
	}
	var b bytes.Buffer
	err = png.Encode(&b, m)
	return name + ".png", b.Bytes(), err
}
