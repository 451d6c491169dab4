package edge

import (
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"syscall/js"

	"github.com/syumai/workers"
	"github.com/syumai/workers/cloudflare"
	"github.com/syumai/workers/cloudflare/fetch"
	"github.com/syumai/workers/cloudflare/kv"
	"github.com/syumai/workers/cloudflare/r2"

	"wafer/wasm/promise"
)

// Names of what wrangler.json binds to the worker, and of what it finds there.
const (
	assetsBinding = "ASSETS"
	modelsBinding = "MODELS"  // KV
	bucketBinding = "WEIGHTS" // R2
	originVar     = "ORIGIN"
)

// Serve answers one request: a worker starts this program for each.
func Serve() {
	handler, err := New(Platform{
		Origin: cloudflare.Getenv(originVar), Transport: transport{},
		Shipped: shipped, Added: added, Weights: bucket{},
	})
	if err != nil {
		handler = protected(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			fail(w, http.StatusInternalServerError, err.Error())
		}))
	}
	workers.Serve(recovered(handler))
}

// rawWriter is an answer that can be a stream of the platform's.
type rawWriter interface{ WriteRawJSBody(js.Value) }

// recovered keeps a panic from leaving the client without an answer.
func recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if p := recover(); p != nil {
				log.Printf("panic at %s: %v", r.URL.Path, p)
				fail(w, http.StatusInternalServerError, "something went wrong inside the server; its log says more")
			}
		}()
		next.ServeHTTP(w, r)
		if raw, ok := w.(rawWriter); ok && r.Method == http.MethodHead {
			raw.WriteRawJSBody(js.Null()) // else the platform waits for as many bytes as the head names
		}
	})
}

// shipped reads an asset that the build puts beside the page.
func shipped() ([]byte, error) {
	assets := fetch.NewClient(fetch.WithBinding(cloudflare.GetBinding(assetsBinding)))
	r, err := fetch.NewRequest(context.Background(), http.MethodGet, "https://assets.local"+CatalogueAddress, nil)
	if err != nil {
		return nil, err
	}
	answer, err := assets.Do(r, nil)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode != http.StatusOK {
		return nil, errors.New(answer.Status)
	}
	return io.ReadAll(answer.Body)
}

func added() ([]byte, error) {
	models, err := kv.NewNamespace(modelsBinding)
	if err != nil {
		return nil, err
	}
	text, err := models.GetString(CatalogueKey, nil)
	if err != nil || text == js.Null().String() { // what the library makes of no value
		return nil, err
	}
	return []byte(text), nil
}

// bucket is R2. The library has no ranges, so Open speaks to the bucket itself.
type bucket struct{}

func (bucket) Size(hash string) (int64, error) {
	b, err := r2.NewBucket(bucketBinding)
	if err != nil {
		return 0, err
	}
	object, err := b.Head(WeightsPrefix + hash)
	if err != nil {
		return 0, err
	}
	if object == nil {
		return 0, ErrNone
	}
	return int64(object.Size), nil
}

func (bucket) Open(hash string, offset, length int64) (io.ReadCloser, error) {
	covers := map[string]any{"range": map[string]any{"offset": offset, "length": length}}
	object, err := promise.Await(cloudflare.GetBinding(bucketBinding).Call("get", WeightsPrefix+hash, covers))
	if err != nil {
		return nil, err
	}
	if object.IsNull() {
		return nil, ErrNone
	}
	return &stream{value: object.Get("body")}, nil
}
