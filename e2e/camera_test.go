package e2e

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// film makes Chromium's camera show frames one after the other for ever: a file of JPEGs is MJPEG.
func film(t *testing.T, frames ...image.Image) []chromedp.ExecAllocatorOption {
	t.Helper()
	var b bytes.Buffer
	for _, f := range frames {
		if err := jpeg.Encode(&b, f, &jpeg.Options{Quality: 95}); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(t.TempDir(), "film.mjpeg")
	if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return []chromedp.ExecAllocatorOption{chromedp.Flag("use-fake-device-for-media-stream", true),
		chromedp.Flag("use-fake-ui-for-media-stream", true), chromedp.Flag("use-file-for-fake-video-capture", file)}
}

// enlarged is a shipped sample at the size of a camera's picture.
func enlarged(t *testing.T, name string) image.Image {
	t.Helper()
	f, err := os.Open(filepath.Join(root(), "static", "samples", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	small, _, err := image.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	const w, h = 640, 480
	large := image.NewRGBA(image.Rect(0, 0, w, h))
	from := small.Bounds()
	for y := range h {
		for x := range w {
			large.Set(x, y, small.At(from.Min.X+x*from.Dx()/w, from.Min.Y+y*from.Dy()/h))
		}
	}
	return large
}

// plain is a picture of one colour.
func plain(c color.Color) image.Image {
	m := image.NewRGBA(image.Rect(0, 0, 640, 480))
	draw.Draw(m, m.Bounds(), image.NewUniform(c), image.Point{}, draw.Src)
	return m
}

func TestCameraAnswersLiveAndKeepsAPicture(t *testing.T) {
	p := open(t, startServer(t), "/?model=land", film(t, enlarged(t, "land/forest.jpg"))...)
	p.waitFor("a usable page", usable)
	p.click("Camera")
	label := func() string { return eval[string](p, `document.querySelector("#answer .label")?.innerText || ""`) }
	p.until("a live answer of forest", func() bool { return strings.EqualFold(label(), "forest") })
	p.screenshot("camera-live")
	p.click("Take a picture")
	p.until("the picture that was taken", func() bool {
		return strings.Contains(p.text(), "Photo 1") && strings.EqualFold(label(), "forest")
	})
	if eval[bool](p, `Boolean(document.querySelector("video"))`) {
		t.Error("the camera is still open after a picture was taken, expected its field to be gone")
	}
}

func TestCameraRecordsBurstsIntoAClassWhileItsButtonIsHeld(t *testing.T) {
	p := open(t, startServer(t), "/teach", film(t, plain(color.RGBA{200, 30, 30, 255}),
		plain(color.RGBA{180, 20, 40, 255}))...)
	p.waitFor("what was kept", keptIsHere)
	p.size(390, 844)
	eval[bool](p, `(document.querySelector("[id^=film-]").click(), true)`)
	p.waitFor("the camera", `document.querySelector("[id^=record-]:not(:disabled)")`)
	hold := func(event string) {
		eval[bool](p, fmt.Sprintf(`(document.querySelector("[id^=record-]").dispatchEvent(
			new KeyboardEvent(%q, {key: " ", bubbles: true, cancelable: true})), true)`, event))
	}
	count := func() int {
		n, _ := strconv.Atoi(eval[string](p, `String(document.querySelectorAll("[id^=samples-] img").length)`))
		return n
	}
	hold("keydown")
	p.until("five pictures", func() bool { return count() >= 5 })
	p.screenshot("camera-record-phone")
	hold("keyup")
	p.waitText("added")
	first := count()
	hold("keydown") // a short press
	hold("keyup")
	p.until("one more picture", func() bool { return count() > first })
	if n := count(); n > first+2 {
		t.Errorf("a short press took %d pictures, expected one", n-first)
	}
	p.click("Close camera")
	p.reload()
	p.until("the pictures after a reload", func() bool { return count() > first })
}

func TestCameraThatIsDeniedOrAbsentGetsASentence(t *testing.T) {
	for flag, want := range map[string]string{
		"deny-permission-prompts":      "may not use the camera",
		"use-fake-ui-for-media-stream": "No camera was found",
	} {
		t.Run(flag, func(t *testing.T) {
			flags := []chromedp.ExecAllocatorOption{chromedp.Flag(flag, true)}
			if flag == "deny-permission-prompts" {
				flags = append(flags, chromedp.Flag("use-fake-device-for-media-stream", true))
			}
			p := open(t, startServer(t), "/", flags...)
			p.waitFor("a usable page", usable)
			p.click("Camera")
			p.waitText(want)
			p.click("Close camera")
			p.waitFor("the field to drop on", `document.querySelector("#camera-open")`)
		})
	}
}
