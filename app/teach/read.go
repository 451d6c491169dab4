package teach

import (
	"path"
	"slices"
	"strings"

	"wafer/app/bridge"
	"wafer/app/browser"
	"wafer/app/store"
	"wafer/app/words"
	"wafer/nn/task"
)

const (
	maxArchive = 200_000_000 // bytes of an archive
	maxFiles   = 20_000      // of a folder or an archive
)

// Question asks what the columns of a table mean, where the table does not say it itself.
type Question struct {
	Table bridge.Table
	Class string // where texts without labels go, "" where none was chosen

	files  []browser.File // that of the table, and those that wait behind it
	beside []browser.File // all that came together, whose names say what is for tests
	left   []bridge.Left  // what was left out beside them and was not said yet
}

// guess is a table that was taken in an encoding which was guessed, and how to take it back.
type guess struct {
	said     *words.Say // the notice that offers it
	question *Question
	samples  []string
	classes  []store.Class // before
}

// AddFiles adds dropped, pasted or chosen files, archives among them. Pictures go into class; with class "" each goes
// into the class that its folder is named after. On the side of texts tables are read as tables, and folders of texts
// as folders of pictures are.
func (t *Teaching) AddFiles(class string, files []browser.File) {
	if len(files) == 0 {
		return
	}
	if len(files) == 1 && isArchive(files[0]) {
		go func() {
			if !t.openArchive(files[0]) {
				t.addPlain(class, files)
			}
		}()
		return
	}
	t.addPlain(class, files)
}

// addPlain adds files that are no project.
func (t *Teaching) addPlain(class string, files []browser.File) {
	switch kind := t.Get().Kind; {
	case kind == task.Image:
		go t.addPictures(class, files)
	case len(files) > 1 || files[0].Path != "":
		go t.addTexts(class, files)
	default:
		go t.addTables(Question{Class: class, files: files, beside: files}, nil, "")
	}
}

// ask has the reader read files. want says which of them it needs the bytes of.
func (t *Teaching) ask(req bridge.ReadRequest, files []browser.File, want func(browser.File) bool) (bridge.ReadAnswer,
	[][]byte, *words.Say) {
	<-t.ready
	var buffers []browser.Buffer
	for _, f := range files {
		name := bridge.Name{Path: namedPath(f), Size: f.Size, Buffer: -1}
		if want(f) {
			name.Buffer = len(buffers)
			buffers = append(buffers, f.Buffer())
		}
		req.Files = append(req.Files, name)
	}
	answer, got, err := bridge.Ask(t.app.Reader, bridge.Read, req, buffers...)
	if err != nil {
		return answer, nil, words.Of("read.failed", words.Explain(err))
	}
	return answer, got, nil
}

// namedPath is the path of a file, with the ending of a picture where only the browser knows that it is one, and with
// another where the browser knows that it is none.
func namedPath(f browser.File) string {
	p := strings.TrimPrefix(f.Path, "/")
	if p == "" {
		p = f.Name
	}
	named := slices.Contains([]string{".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".gif", ".webp"},
		strings.ToLower(path.Ext(p)))
	switch kind, isImage := strings.CutPrefix(f.Type, "image/"); {
	case !named && slices.Contains([]string{"jpeg", "png", "gif", "webp"}, kind):
		return p + "." + kind
	case named && f.Type != "" && !isImage:
		return p + ".other"
	}
	return p
}

// isArchive goes by the name: what a .zip really holds, the worker finds out.
func isArchive(f browser.File) bool { return strings.EqualFold(path.Ext(f.Name), ".zip") }

// addPictures has files sorted into classes, then keeps them.
func (t *Teaching) addPictures(class string, files []browser.File) {
	list, left, bad := small(files)
	if bad == nil && len(list) == 0 {
		bad = refuse(files[0])
	}
	var answer bridge.ReadAnswer
	var got [][]byte
	if bad == nil {
		req := bridge.ReadRequest{Kind: task.Image, OneClass: class != "", Most: maxFiles}
		answer, got, bad = t.ask(req, list, func(f browser.File) bool { return isArchive(f) || bridge.IsTable(f.Name) })
	}
	if bad == nil && len(answer.Files) == 0 {
		bad = noPictures(files, answer.Left)
	}
	if bad != nil {
		t.notify(task.Image, bad, true)
		return
	}
	samples := func(f bridge.Found) (s store.Sample) {
		if s = sampleOf(list[f.File]); f.Buffer >= 0 && f.Buffer < len(got) {
			b := got[f.Buffer]
			s = store.Sample{Name: path.Base(f.Path), Type: mediaType(f.Path), Bytes: len(b), File: b}
		}
		s.Test = f.Test
		return s
	}
	added, already, ok := t.keepFound(class, answer.Files, samples)
	if ok {
		out, kept := saidLeft(answer.Left)
		left = both(both(left, out), kept)
		left = both(left, saidSplit(answer))
		t.tellAdded(task.Image, class, added, same(left, already))
	}
}

// saidSplit says what the parts of folders that came split are used for, nil where they did not.
func saidSplit(answer bridge.ReadAnswer) *words.Say {
	tests := 0
	for _, f := range answer.Files {
		if f.Test {
			tests++
		}
	}
	switch {
	case !answer.Split:
		return nil
	case tests == 0:
		return words.Of("read.split")
	}
	return words.Of("read.test", tests)
}

// small leaves out files that are too large to be samples.
func small(files []browser.File) (list []browser.File, left *words.Say, bad *words.Say) {
	if len(files) > maxFiles {
		return nil, nil, words.Of("read.files", len(files), maxFiles)
	}
	for _, f := range files {
		most := int64(maxPicture)
		if isArchive(f) {
			most = maxArchive
		}
		if f.Size <= most {
			list = append(list, f)
			continue
		}
		s := words.Of("teach.toobig", f.Name, words.Size(f.Size), words.Size(most))
		left = both(left, s)
	}
	if len(list) == 0 {
		return nil, nil, left
	}
	return list, left, nil
}

// noPictures says why none of the files is a sample.
func noPictures(files []browser.File, left []bridge.Left) *words.Say {
	beside := false
	for _, l := range left {
		beside = beside || l.Why == "beside"
	}
	switch {
	case beside:
		return words.Of("teach.where")
	case len(files) == 1 && !isArchive(files[0]):
		return words.Of("teach.notpicture", files[0].Name)
	}
	return words.Of("teach.nopictures")
}

// mediaType is that of a picture by its name, JPEG's where the name does not say.
func mediaType(name string) string {
	switch ext := strings.ToLower(path.Ext(name)); ext {
	case ".png", ".gif", ".webp":
		return "image/" + ext[1:]
	}
	return "image/jpeg"
}

// keepFound keeps files class by class, in the order in which the classes come up.
func (t *Teaching) keepFound(class string, files []bridge.Found, sample func(bridge.Found) store.Sample) (added,
	already int, ok bool) {
	byClass, order := map[string][]store.Sample{}, []string{}
	key := t.newKey(task.Image)
	for _, f := range files {
		name := f.Class
		if class != "" {
			name = class
		}
		if byClass[name] == nil {
			order = append(order, name)
		}
		byClass[name] = append(byClass[name], sample(f))
	}
	for _, name := range order {
		id := class
		if class == "" {
			t.edit(task.Image, func(l *workspace) {
				l.project.together(key, func() { id = l.project.ClassNamed(name) })
			})
		}
		if id == "" {
			t.notify(task.Image, words.Of("teach.class.full", MaxClasses), true)
			return added, already, false
		}
		fresh := t.without(id, byClass[name])
		already += len(byClass[name]) - len(fresh)
		n, kept := t.keep(task.Image, id, key, fresh)
		if added += n; !kept {
			return added, already, false
		}
	}
	return added, already, true
}

// addTexts reads a folder of texts, a text a file, or several tables.
func (t *Teaching) addTexts(class string, files []browser.File) {
	folders := false
	for _, f := range files {
		folders = folders || strings.Contains(namedPath(f), "/")
	}
	if !folders {
		t.addTables(Question{Class: class, files: files, beside: files}, nil, "")
		return
	}
	list, left, bad := small(files)
	var answer bridge.ReadAnswer
	if bad == nil {
		req := bridge.ReadRequest{Kind: task.Text, OneClass: class != "", Most: maxFiles}
		answer, _, bad = t.ask(req, list, func(f browser.File) bool {
			return strings.EqualFold(path.Ext(f.Name), ".txt") || isArchive(f) || bridge.IsTable(f.Name)
		})
	}
	if bad == nil && len(answer.Tables)+len(answer.Files) == 0 {
		bad = words.Of("teach.lines.empty")
	}
	switch {
	case bad != nil:
		t.notify(task.Text, bad, true)
	case len(answer.Tables) > 0:
		var tables []browser.File
		for i, table := range answer.Tables {
			if i == 0 || table.File != answer.Tables[i-1].File {
				tables = append(tables, list[table.File])
			}
		}
		t.addTables(Question{Class: class, files: tables, beside: tables, left: answer.Left}, nil, "")
	default:
		t.addFound(class, answer, left)
	}
}

// addFound keeps the texts of a folder or an archive, of a class or of those that their folders name, and says how
// many. Blank texts and those of more than MaxTextBytes are left out.
func (t *Teaching) addFound(class string, answer bridge.ReadAnswer, left *words.Say) {
	var list []Labelled
	for _, f := range answer.Files {
		if text := strings.TrimSpace(f.Text); text != "" && len(text) <= MaxTextBytes {
			list = append(list, Labelled{f.Class, text, f.Test})
		}
	}
	if class != "" {
		for i := range list {
			list[i].Label = ""
		}
	}
	if added, already, ok := t.addLabelled(class, list); ok {
		out, kept := saidLeft(answer.Left)
		left = both(both(both(left, out), kept), saidSplit(answer))
		t.tellAdded(task.Text, class, added, same(left, already))
	}
}

// addTables reads tables one file after the other; columns and encoding are what somebody said about the first. Where a
// table does not say what its columns mean, the page asks, and the others wait.
func (t *Teaching) addTables(q Question, columns *bridge.Columns, encoding string) {
	t.changeOf(task.Text, func(l *workspace) { l.question = nil })
	var said *words.Say
	for ; len(q.files) > 0; q.files = q.files[1:] {
		answer, bad := t.readTable(q, columns, encoding)
		columns, encoding = nil, ""
		if bad == nil {
			bad = unusable(q.files[0].Name, answer.Tables, q.Class)
		}
		if bad != nil {
			t.notify(task.Text, bad, true)
			return
		}
		if len(answer.Tables) == 0 { // an archive of folders
			t.addFound(q.Class, answer, nil)
			continue
		}
		if asks := unclear(q.Class, answer.Tables); !certain(q.Class, asks) {
			q.Table = asks
			t.changeOf(task.Text, func(l *workspace) { l.notice, l.question = words.Notice{}, &q })
			return
		}
		before := t.project(task.Text)
		answer.Left, q.left = append(q.left, answer.Left...), nil
		var ok bool
		if said, ok = t.addOf(q.Class, answer, said); !ok {
			return
		}
		t.notify(task.Text, said, false)
		for _, table := range answer.Tables {
			if table.Guessed {
				t.offerEncodings(&Question{Table: table, Class: q.Class, files: q.files[:1], beside: q.beside}, before)
				break
			}
		}
	}
}

// certain says whether a table needs no answer about its columns.
func certain(class string, table bridge.Table) bool {
	return table.Sure && (class != "" || table.Columns.Label >= 0)
}

// unclear is the first table that needs an answer about its columns, else the first.
func unclear(class string, tables []bridge.Table) bridge.Table {
	for _, table := range tables {
		if !certain(class, table) {
			return table
		}
	}
	return tables[0]
}

// unusable says why tables of a file cannot be taken, whatever is answered; nil where they can.
func unusable(file string, tables []bridge.Table, class string) *words.Say {
	rows := len(tables) == 0
	for _, table := range tables {
		if len(tables) > 1 {
			file = table.Name
		}
		switch {
		case table.Error != "":
			return words.Of("teach.infile", file, words.Translate(table.Said, table.Error))
		case table.Sure && table.Width == 1 && table.Columns.Label < 0 && class == "":
			return words.Of("teach.infile", file, words.Of("teach.lines.noclass"))
		}
		rows = rows || len(table.Rows) > 0 || !certain(class, table)
	}
	if !rows {
		return words.Of("teach.infile", file, words.Of("teach.lines.empty"))
	}
	return nil
}

// addOf adds the rows of the tables of a file to what was said before, with what was left out beside them.
func (t *Teaching) addOf(class string, answer bridge.ReadAnswer, said *words.Say) (*words.Say, bool) {
	for _, table := range answer.Tables {
		if len(table.Rows) == 0 {
			continue
		}
		one, ok := t.addRows(class, table)
		if !ok {
			return nil, false
		}
		if said != nil {
			one = words.Of("teach.both", said, one)
		}
		said = one
	}
	if left, _ := saidLeft(answer.Left); left != nil {
		said = words.Of("teach.both", said, words.Of("table.left", left))
	}
	return said, true
}

// readTable lets the worker read the first file of a question, with the others beside it. Pictures and files that are
// too large are refused before; an answer without any row is said to be empty.
func (t *Teaching) readTable(q Question, columns *bridge.Columns, encoding string) (bridge.ReadAnswer, *words.Say) {
	f := q.files[0]
	most := int64(MaxTableBytes)
	if isArchive(f) {
		most = maxArchive
	}
	switch {
	case strings.HasPrefix(f.Type, "image/"):
		return bridge.ReadAnswer{}, words.Of("teach.droppicture", f.Name)
	case f.Size > most:
		return bridge.ReadAnswer{}, words.Of("teach.toolong", f.Name, words.Size(f.Size), words.Size(most))
	}
	req := bridge.ReadRequest{Kind: task.Text, Columns: columns, Encoding: encoding, Most: MaxLines,
		OneClass: q.Class != ""}
	first := true
	answer, _, bad := t.ask(req, append([]browser.File{f}, q.beside...), func(browser.File) bool {
		was := first
		first = false
		return was
	})
	if bad == nil && len(answer.Tables)+len(answer.Files) == 0 {
		bad = words.Of("teach.infile", f.Name, words.Of("teach.lines.empty"))
	}
	return answer, bad
}

// addRows adds the rows of a table and says in a line what was taken and what was left out.
func (t *Teaching) addRows(class string, table bridge.Table) (*words.Say, bool) {
	var list []Labelled
	left, kept := saidLeft(table.Left)
	for _, r := range table.Rows {
		if len(r.Text) > MaxTextBytes {
			left = both(left, words.Of("teach.lines.long", r.Line, words.Size(int64(len(r.Text))),
				words.Size(MaxTextBytes)))
			continue
		}
		list = append(list, Labelled{Label: words.CleanName(r.Label), Text: r.Text, Test: table.Test})
	}
	if len(list) == 0 {
		t.notify(task.Text, words.Of("teach.infile", table.Name, words.Of("teach.lines.empty")), true)
		return nil, false
	}
	added, already, ok := t.addLabelled(class, list)
	if !ok {
		return nil, false
	}
	key, values := "read.table", []any{table.Name, added, column(table, table.Columns.Text)}
	if table.Columns.Label >= 0 {
		key, values = "read.table.label", append(values, column(table, table.Columns.Label))
	}
	said := words.Of(key, values...)
	if table.Test {
		left = both(left, words.Of("read.test.table"))
	}
	if left = same(left, already); left != nil {
		said = words.Of("read.taken.left", said, left)
	}
	if kept != nil {
		said = words.Of("read.kept", said, kept)
	}
	if table.Guessed {
		said = words.Of("read.encoding", said, table.Encoding)
	}
	if table.Broken > 0 {
		said = words.Of("teach.both", said, words.Of("read.broken", table.Broken))
	}
	if names := lone(list); names != "" {
		said = words.Of("teach.both", said, words.Of("read.lone", names))
	}
	return said, true
}

// lone names classes of one example where most have three or more, as package data does: a line of totals, a second
// row of names or a typing error makes one.
func lone(list []Labelled) string {
	count := map[string]int{}
	for _, l := range list {
		count[l.Label]++
	}
	many, names := 0, []string{}
	for _, l := range list {
		if count[l.Label] == 1 && l.Label != "" {
			names = append(names, "“"+l.Label+"”")
		}
	}
	for _, n := range count {
		if n >= 3 {
			many++
		}
	}
	if many <= len(names) || len(names) == 0 {
		return ""
	}
	if len(names) > 8 {
		names = append(names[:8], "…")
	}
	return strings.Join(names, ", ")
}

// column is what people call a column.
func column(t bridge.Table, i int) any {
	if i < len(t.Names) && t.Names[i] != "" {
		return "“" + t.Names[i] + "”"
	}
	return words.Of("read.column", i+1)
}

// AnswerQuestion says what the columns of the table in question mean.
func (t *Teaching) AnswerQuestion(c bridge.Columns) {
	var q *Question
	t.changeOf(task.Text, func(l *workspace) { q, l.question = l.question, nil })
	if q != nil {
		encoding := ""
		if len(q.Table.Encodings) > 0 {
			encoding = q.Table.Encoding
		}
		go t.addTables(*q, &c, encoding)
	}
}

// offerEncodings offers, beside the notice that a table was taken, to read it in another encoding.
func (t *Teaching) offerEncodings(q *Question, before Project) {
	now := t.project(task.Text)
	g := &guess{question: q, classes: before.Classes}
	for _, s := range now.samples {
		if s.Order >= before.next {
			g.samples = append(g.samples, s.ID)
		}
	}
	t.changeOf(task.Text, func(l *workspace) { g.said, l.guess = l.notice.Say, g })
}

// ChooseEncoding takes a table back that was read in a guessed encoding, and asks how it is to be read.
func (t *Teaching) ChooseEncoding() {
	t.edit(task.Text, func(l *workspace) {
		if g := l.guess; g != nil {
			l.project.TakeBack(g.samples, g.classes)
			l.question, l.guess, l.notice = g.question, nil, words.Notice{}
		}
	})
}

// ReadAs shows the table in question as another encoding has it.
func (t *Teaching) ReadAs(encoding string) {
	q := t.Get().Question
	if q == nil {
		return
	}
	go func() {
		answer, bad := t.readTable(*q, nil, encoding)
		switch {
		case bad == nil && len(answer.Tables) == 0:
			return
		case bad == nil && answer.Tables[0].Error != "":
			bad = words.Of("teach.infile", q.Table.Name, words.Translate(answer.Tables[0].Said, answer.Tables[0].Error))
		}
		t.changeOf(task.Text, func(l *workspace) {
			if l.notice = (words.Notice{}); bad != nil {
				l.notice = words.Notice{Say: bad, Bad: true}
			} else if l.question == q {
				asks := *q
				asks.Table = unclear(q.Class, answer.Tables)
				l.question = &asks
			}
		})
	}()
}

// DropQuestion leaves the table in question out.
func (t *Teaching) DropQuestion() {
	t.changeOf(task.Text, func(l *workspace) { l.question = nil })
}

// saidLeft is what the worker left out, nil for nothing; kept what it took all the same.
func saidLeft(list []bridge.Left) (left, kept *words.Say) {
	for _, l := range list {
		if words.IsKept(l.Why) {
			kept = both(kept, words.Left(l.Why, l.Count, l.Where))
		} else {
			left = both(left, words.Left(l.Why, l.Count, l.Where))
		}
	}
	return left, kept
}
