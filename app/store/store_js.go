package store

import (
	"slices"
	"syscall/js"
	"time"

	"wafer/app/browser"
	"wafer/nn/json"
	"wafer/nn/order"
	"wafer/nn/task"
)

// The database. A later schema raises dbVersion and adds a case to upgrade;
// records carry their content as JSON beside the fields that are indexed.
const (
	dbName    = "wafer"
	dbVersion = 1

	models   = "models"   // {id, saved, json}
	files    = "files"    // model id, or "file/" and a name → Blob
	projects = "projects" // {id, json}
	samples  = "samples"  // {id, project, json, data: Blob?}, key [project, id]
)

// Open opens the browser's database. Where the browser has none it returns a
// store in memory together with an *Error that says so.
func Open() (Store, error) {
	factory := browser.Global("indexedDB")
	if !factory.Truthy() {
		return Memory(), &Error{Unavailable, "no indexedDB"}
	}
	db, err := openDatabase(factory)
	if err != nil {
		return Memory(), err
	}
	return newDatabase(db), nil
}

// openDatabase opens the database and brings it to dbVersion. Unavailable where the browser refuses, Busy where a tab
// with an older version keeps it open, Newer where a newer program has written it.
func openDatabase(factory js.Value) (db js.Value, err error) {
	request, err := try(func() js.Value { return factory.Call("open", dbName, dbVersion) })
	if err != nil {
		return db, &Error{Unavailable, err.Error()}
	}
	onUpgrade := js.FuncOf(func(_ js.Value, args []js.Value) any {
		upgrade(request.Get("result"), args[0].Get("oldVersion").Int())
		return nil
	})
	defer onUpgrade.Release()
	request.Set("onupgradeneeded", onUpgrade)
	db, err = await(request, "onsuccess", "onerror", "onblocked")
	if e, ok := err.(*Error); ok && e.Reason == Broken {
		e.Reason = Unavailable
	}
	if err != nil {
		return db, err
	}
	// A newer version in another tab may upgrade: step aside, the next call here fails in words.
	db.Set("onversionchange", js.FuncOf(func(this js.Value, _ []js.Value) any {
		this.Call("close")
		return nil
	}))
	return db, nil
}

// upgrade makes the tables that a database of version old lacks. It runs in the browser's upgrade transaction and must
// not wait.
func upgrade(db js.Value, old int) {
	if old < 1 {
		byID := map[string]any{"keyPath": "id"}
		db.Call("createObjectStore", models, byID)
		db.Call("createObjectStore", files)
		db.Call("createObjectStore", projects, byID)
		s := db.Call("createObjectStore", samples, map[string]any{"keyPath": []any{"project", "id"}})
		s.Call("createIndex", "project", "project")
	}
}

// database is the Store of the browser.
type database struct {
	db   js.Value
	urls map[string]string // object URLs of samples by project + id, made once; Go code of a tab runs on one thread
	tabs js.Value          // the BroadcastChannel to the other tabs
}

// newDatabase is the store over an open database, with a channel to the other tabs where the browser has one, and a
// lock by which Alone counts them.
func newDatabase(db js.Value) *database {
	d := &database{db: db, urls: map[string]string{}}
	if channel := js.Global().Get("BroadcastChannel"); channel.Truthy() {
		d.tabs = channel.New(dbName)
	}
	holdLock()
	return d
}

// Models are sorted by when they were saved, newest first; a renamed one keeps its time.
func (d *database) Models() ([]task.Model, error) {
	rows, err := d.all(models, js.Undefined())
	if err != nil {
		return nil, err
	}
	order.Stable(rows, func(a, b js.Value) int { return int(b.Get("saved").Float() - a.Get("saved").Float()) })
	return decode[task.Model](rows)
}

// ModelFile brings the whole file into Go's memory; Missing where there is none.
func (d *database) ModelFile(id string) ([]byte, error) {
	blob, err := d.get(files, id)
	if err != nil {
		return nil, err
	}
	if !blob.Truthy() {
		return nil, missing("the model", id)
	}
	return readBlob(blob)
}

// SaveModel writes the list's entry and the file in one transaction: both or neither.
func (d *database) SaveModel(m task.Model, file []byte) error {
	row := record(m, map[string]any{"id": m.ID, "saved": time.Now().UnixMilli()})
	blob := browser.NewBlob(file, "application/octet-stream")
	err := d.write([]any{models, files}, func(tx js.Value) {
		tx.Call("objectStore", models).Call("put", row)
		tx.Call("objectStore", files).Call("put", blob, m.ID)
	})
	d.tell(Change{Models: true}, err)
	return err
}

// RenameModel is Missing where there is no such model, also when another tab deleted it just now.
func (d *database) RenameModel(id, title string) error {
	found := false
	err := d.update(models, id, func(row js.Value) (js.Value, error) {
		if found = row.Truthy(); !found {
			return row, nil
		}
		list, err := decode[task.Model]([]js.Value{row})
		if err != nil {
			return row, err
		}
		return record(renamed(list[0], title), map[string]any{"id": id, "saved": row.Get("saved").Float()}), nil
	})
	if err == nil && !found {
		return missing("the model", id)
	}
	d.tell(Change{Models: true}, err)
	return err
}

// DeleteModel is no error where there is none.
func (d *database) DeleteModel(id string) error {
	err := d.write([]any{models, files}, func(tx js.Value) {
		tx.Call("objectStore", models).Call("delete", id)
		tx.Call("objectStore", files).Call("delete", id)
	})
	d.tell(Change{Models: true}, err)
	return err
}

// SaveFile keeps it as a Blob, which the browser may leave on disk; nil forgets it.
func (d *database) SaveFile(name string, file []byte) error {
	var blob js.Value
	if file != nil {
		blob = browser.NewBlob(file, "application/octet-stream")
	}
	return d.write([]any{files}, func(tx js.Value) {
		if file == nil {
			tx.Call("objectStore", files).Call("delete", "file/"+name)
			return
		}
		tx.Call("objectStore", files).Call("put", blob, "file/"+name)
	})
}

// File brings the whole file into Go's memory; Missing where there is none.
func (d *database) File(name string) ([]byte, error) {
	blob, err := d.get(files, "file/"+name)
	if err != nil {
		return nil, err
	}
	if !blob.Truthy() {
		return nil, missing("the file", name)
	}
	return readBlob(blob)
}

// Projects are in the order of their IDs.
func (d *database) Projects() ([]Project, error) {
	rows, err := d.all(projects, js.Undefined())
	if err != nil {
		return nil, err
	}
	return decode[Project](rows)
}

// UpdateProject tells the other tabs only once it is on disk.
func (d *database) UpdateProject(id string, do func(kept *Project) Project) error {
	err := d.update(projects, id, func(row js.Value) (js.Value, error) {
		var kept *Project
		if row.Truthy() {
			list, err := decode[Project]([]js.Value{row})
			if err != nil {
				return row, err
			}
			kept = &list[0]
		}
		return record(do(kept), map[string]any{"id": id}), nil
	})
	d.tell(Change{Project: id}, err)
	return err
}

// Samples leaves the pictures on disk: Blob is the browser's handle, and URL is made once in a tab.
func (d *database) Samples(project string) ([]Sample, error) {
	rows, err := d.all(samples, js.ValueOf(project))
	if err != nil {
		return nil, err
	}
	list, err := decode[Sample](rows)
	if err != nil {
		return nil, err
	}
	for i := range list {
		if blob := rows[i].Get("data"); blob.Truthy() {
			list[i].Blob = blob
		}
		list[i].URL = d.url(project, list[i])
	}
	sortSamples(list)
	return list, nil
}

// AddSamples moves bytes in File to a Blob of the browser's, so that Go's memory can let them go.
func (d *database) AddSamples(project string, list []Sample) ([]Sample, error) {
	added := slices.Clone(list)
	err := d.write([]any{samples}, func(tx js.Value) {
		for i := range added {
			s := &added[i]
			row := map[string]any{"id": s.ID, "project": project}
			if blob, ok := blobOf(*s); ok {
				s.File, s.Blob, s.Bytes = nil, blob, blob.Get("size").Int()
				row["data"] = blob
			}
			tx.Call("objectStore", samples).Call("put", record(*s, row))
		}
	})
	if err != nil {
		return nil, err
	}
	d.tell(Change{Project: project}, nil)
	for i := range added {
		added[i].URL = d.url(project, added[i])
	}
	return added, nil
}

// DeleteSamples revokes the object URLs, which would keep the pictures in memory.
func (d *database) DeleteSamples(project string, ids []string) error {
	err := d.write([]any{samples}, func(tx js.Value) {
		for _, id := range ids {
			tx.Call("objectStore", samples).Call("delete", []any{project, id})
		}
	})
	if err == nil {
		for _, id := range ids {
			d.revoke(project, id)
		}
	}
	d.tell(Change{Project: project}, err)
	return err
}

// url returns the object URL of a picture, made at the first call.
func (d *database) url(project string, s Sample) string {
	key := project + "\x00" + s.ID
	if d.urls[key] == "" {
		d.urls[key] = address(s)
	}
	return d.urls[key]
}

// revoke lets go of a picture's object URL, if one was made.
func (d *database) revoke(project, id string) {
	key := project + "\x00" + id
	if url, ok := d.urls[key]; ok {
		js.Global().Get("URL").Call("revokeObjectURL", url)
		delete(d.urls, key)
	}
}

// get returns one record, undefined when there is none.
func (d *database) get(table string, key any) (js.Value, error) {
	request, err := try(func() js.Value {
		return d.db.Call("transaction", table).Call("objectStore", table).Call("get", key)
	})
	if err != nil {
		return request, err
	}
	return await(request, "onsuccess", "onerror")
}

// all returns every record of a table, or those of one project.
func (d *database) all(table string, project js.Value) ([]js.Value, error) {
	request, err := try(func() js.Value {
		s := d.db.Call("transaction", table).Call("objectStore", table)
		if project.IsUndefined() {
			return s.Call("getAll")
		}
		return s.Call("index", "project").Call("getAll", project)
	})
	if err != nil {
		return nil, err
	}
	rows, err := await(request, "onsuccess", "onerror")
	if err != nil {
		return nil, err
	}
	list := make([]js.Value, rows.Length())
	for i := range list {
		list[i] = rows.Index(i)
	}
	return list, nil
}

// write runs change in one transaction and waits until it is on disk. change
// must not wait for anything: a transaction commits as soon as it is idle.
func (d *database) write(tables []any, change func(tx js.Value)) error {
	tx, err := try(func() js.Value {
		tx := d.db.Call("transaction", tables, "readwrite")
		change(tx)
		return tx
	})
	if err != nil {
		return err
	}
	_, err = await(tx, "oncomplete", "onerror", "onabort")
	return err
}

// update reads one record and puts another in its place within one transaction.
// change gets undefined when there is none; if it returns that, nothing is written.
// It runs in the browser's event and must not wait.
func (d *database) update(table, key string, change func(row js.Value) (js.Value, error)) error {
	var failed error
	var read js.Func
	tx, err := try(func() js.Value {
		tx := d.db.Call("transaction", table, "readwrite")
		rows := tx.Call("objectStore", table)
		request := rows.Call("get", key)
		read = js.FuncOf(func(js.Value, []js.Value) any {
			row, err := change(request.Get("result"))
			if failed = err; err == nil && row.Truthy() {
				rows.Call("put", row)
			}
			return nil
		})
		request.Set("onsuccess", read)
		return tx
	})
	if err == nil {
		_, err = await(tx, "oncomplete", "onerror", "onabort")
	}
	read.Release()
	if failed != nil {
		return failed
	}
	return err
}

// record is a row: indexed fields, and the value as JSON.
func record(value any, row map[string]any) js.Value {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err) // our own plain structs; NaN is kept out of them by the page
	}
	row["json"] = string(text)
	return js.ValueOf(row)
}

// decode reads the JSON of rows. One that cannot be read is Broken: better no list than one that lacks something.
func decode[T any](rows []js.Value) ([]T, error) {
	list := make([]T, len(rows))
	for i, row := range rows {
		if err := json.Unmarshal([]byte(row.Get("json").String()), &list[i]); err != nil {
			return nil, &Error{Broken, "a record is not readable: " + err.Error()}
		}
	}
	return list, nil
}
