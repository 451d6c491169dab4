package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// call runs one command of the protocol within patience.
func call[P, R any](p *tab, command cdp.Command[P, R], params P) error {
	_, err := ask(p, command, params)
	return err
}

func ask[P, R any](p *tab, command cdp.Command[P, R], params P) (R, error) {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	return chromedp.Call(ctx, command, params)
}

// roles are what a person can act on.
var roles = []string{"button", "link", "tab", "radio", "checkbox", "switch", "textbox", "searchbox", "combobox",
	"spinbutton", "slider", "option", "menuitem", "DisclosureTriangle", "canvas", "Canvas", "image", "group", "region"}

// has reports whether something of this role and name is there now.
func (p *tab) has(role, name string) bool { return p.lookup(role, name) != 0 }

func (p *tab) lookup(role, name string) cdp.BackendNodeID {
	doc, err := ask(p, dom.GetDocument, dom.GetDocumentParams{})
	if err != nil {
		return 0
	}
	found, err := ask(p, accessibility.QueryAXTree,
		accessibility.QueryAXTreeParams{BackendNodeID: doc.Root.BackendNodeID, AccessibleName: name, Role: role})
	if err != nil {
		return 0
	}
	for _, n := range found.Nodes {
		if n.Ignored || n.Role == nil || role == "" &&
			!slices.Contains(roles, strings.Trim(string(n.Role.Value), `"`)) {
			continue
		}
		if _, _, err := p.middle(n.BackendDOMNodeID); err == nil {
			return n.BackendDOMNodeID
		}
	}
	return 0
}

// middle scrolls an element into view and returns the middle of it.
func (p *tab) middle(id cdp.BackendNodeID) (x, y float64, err error) {
	if id == 0 {
		return 0, 0, errors.New("there is no such element")
	}
	if err := call(p, dom.ScrollIntoViewIfNeeded, dom.ScrollIntoViewIfNeededParams{BackendNodeID: id}); err != nil {
		return 0, 0, err
	}
	box, err := ask(p, dom.GetBoxModel, dom.GetBoxModelParams{BackendNodeID: id})
	if err != nil {
		return 0, 0, err
	}
	q := box.Model.Border
	return (q[0] + q[4]) / 2, (q[1] + q[5]) / 2, nil
}

// click presses what is called by this name.
func (p *tab) click(name string) { p.t.Helper(); p.clickRole("", name) }

// settles is how long an element must stay where it is before it is pressed: what comes in above moves it.
const settles = 30 * time.Millisecond

// clickRole presses the button, link, tab… of this name. The page may draw itself anew
// between looking and pressing; then it looks again.
func (p *tab) clickRole(role, name string) {
	p.t.Helper()
	p.until(fmt.Sprintf("something called %q (%s) to click", name, role), func() bool {
		x, y, err := p.middle(p.lookup(role, name))
		if err != nil {
			return false
		}
		time.Sleep(settles)
		if nowX, nowY, err := p.middle(p.lookup(role, name)); err != nil || nowX != x || nowY != y {
			return false
		}
		p.do("clicking "+name, chromedp.MouseClickXY(x, y))
		return true
	})
}

// fill replaces the text of the field of this name.
func (p *tab) fill(name, text string) {
	p.t.Helper()
	p.until("the field "+name, func() bool {
		id := p.lookup("textbox", name)
		return id != 0 && call(p, dom.Focus, dom.FocusParams{BackendNodeID: id}) == nil
	})
	eval[bool](p, "document.activeElement.select ? (document.activeElement.select(), true) : true")
	p.must("typing", call(p, input.InsertText, input.InsertTextParams{Text: text}))
}

// press types keys, such as kb.Enter or "a", where the focus is.
func (p *tab) press(keys string) {
	p.t.Helper()
	p.do("pressing keys", chromedp.KeyEvent(keys))
}

// upload gives files to the <input type=file> that matches a CSS selector. Files are
// named from the root of the repository or absolutely.
func (p *tab) upload(selector string, files ...string) {
	p.t.Helper()
	p.waitFor("the input "+selector, fmt.Sprintf("document.querySelector(%q)", selector))
	input, err := ask(p, runtime.Evaluate, runtime.EvaluateParams{Expression: fmt.Sprintf("document.querySelector(%q)",
		selector)})
	p.must("finding "+selector, err)
	p.must("choosing files in "+selector, call(p, dom.SetFileInputFiles,
		dom.SetFileInputFilesParams{ObjectID: input.Result.ObjectID, Files: absolute(files)}))
}

func absolute(files []string) []string {
	out := make([]string, len(files))
	for i, f := range files {
		if out[i] = f; !filepath.IsAbs(f) {
			out[i] = filepath.Join(root(), f)
		}
	}
	return out
}

// drop drags files from the system onto the element that matches a CSS selector.
func (p *tab) drop(selector string, files ...string) {
	p.t.Helper()
	box := p.box(selector)
	data := &input.DragData{Items: []*input.DragDataItem{}, Files: absolute(files), DragOperationsMask: 1}
	for _, kind := range []input.DispatchDragEventType{input.DispatchDragEventTypeDragEnter,
		input.DispatchDragEventTypeDragOver, input.DispatchDragEventTypeDrop} {
		p.must("dropping files", call(p, input.DispatchDragEvent, input.DispatchDragEventParams{
			Type: kind, X: box.X + box.Width/2, Y: box.Y + box.Height/2, Data: data}))
	}
}

type rectangle struct{ X, Y, Width, Height float64 }

// box is where the first visible element of a CSS selector is, after scrolling to it.
func (p *tab) box(selector string) rectangle {
	p.t.Helper()
	p.waitFor("the element "+selector, fmt.Sprintf("document.querySelector(%q)", selector))
	return eval[rectangle](p, fmt.Sprintf(`(() => {
		const e = document.querySelector(%q);
		e.scrollIntoView({ block: "center", behavior: "instant" });
		const b = e.getBoundingClientRect();
		return { X: b.x, Y: b.y, Width: b.width, Height: b.height };
	})()`, selector))
}

// at is a place in a drawing, from 0, 0 at the top left to 1, 1.
type at struct{ x, y float64 }

// draw draws one stroke through the places with the mouse.
func (p *tab) draw(selector string, stroke ...at) {
	p.t.Helper()
	box := p.box(selector)
	move := func(kind input.DispatchMouseEventType, to at) {
		button := input.MouseButtonLeft
		p.must("drawing", call(p, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: kind, Button: button,
			Buttons: 1, ClickCount: 1, X: box.X + to.x*box.Width, Y: box.Y + to.y*box.Height}))
	}
	move(input.DispatchMouseEventTypeMousePressed, stroke[0])
	for i := 1; i < len(stroke); i++ {
		const steps = 6
		for k := 1; k <= steps; k++ {
			f := float64(k) / steps
			move(input.DispatchMouseEventTypeMouseMoved,
				at{stroke[i-1].x + f*(stroke[i].x-stroke[i-1].x), stroke[i-1].y + f*(stroke[i].y-stroke[i-1].y)})
		}
	}
	move(input.DispatchMouseEventTypeMouseReleased, stroke[len(stroke)-1])
}

func (p *tab) allowDownloads() error {
	_, err := chromedp.CallBrowser(p.ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: p.downloads})
	return err
}

// download runs trigger, waits until a new file is complete and returns its path.
func (p *tab) download(trigger func()) string {
	p.t.Helper()
	before := names(p.downloads)
	trigger()
	var path string
	p.until("a download", func() bool {
		for name := range names(p.downloads) {
			if !before[name] && !strings.HasSuffix(name, ".crdownload") && !strings.HasPrefix(name, ".") {
				path = filepath.Join(p.downloads, name)
				return true
			}
		}
		return false
	})
	time.Sleep(100 * time.Millisecond) // renamed, but perhaps not yet closed
	return path
}

func names(dir string) map[string]bool {
	out := map[string]bool{}
	entries, _ := os.ReadDir(dir) // absent until the first download
	for _, e := range entries {
		out[e.Name()] = true
	}
	return out
}
