# Needs Go 1.21 or newer, make and git. Go fetches the toolchain named here itself.
export GOTOOLCHAIN := go1.27.4
export GOEXPERIMENT := simd
# Registers as wide as the processor has them: package simd would take 128 bits where an
# instruction that Wafer does not use, VPCLMULQDQ, is missing (before Zen 3 and Ice Lake).
export GODEBUG := simd=+
GO ?= go
DATA ?= ../shared/data
# How long each fuzz test runs.
FUZZTIME ?= 3s
# Of the edition for Cloudflare Workers: the wafer serve that runs jobs, such as ORIGIN=https://jobs.example.org.
ORIGIN ?=
# Of make bench-quality.
ROWS ?=
DRAWS ?= 10
EDGE_PORT ?= 8787
# More for tools/edge: -kv ID, -bucket NAME, -name NAME; for make edge-put -remote.
EDGE ?=
RECIPES := digits fashion sentiment intents land sentiment-lstm

# Packages that run in js/wasm too and must give the same bits there.
WASM_PACKAGES := ./nn/charset ./nn/inflate ./nn/fmath ./nn/tensor ./nn/eval ./nn/explain
# Packages whose arithmetic must be the same without SIMD and with an older Go.
PLAIN_PACKAGES := ./nn/fmath ./nn/tensor ./nn/graph ./nn/eval ./nn/grad ./nn/plan ./nn/native
# Packages with goroutines.
RACE_PACKAGES := ./nn/native ./nn/train ./app/bridge ./app/state ./app/teach ./app/jobs ./app/worker ./server/web \
	./server/remote ./server/models ./server/auth ./server/broker ./server/queue ./server/store ./server/trainer

.PHONY: run build wafer test test-fast vet unit plain wasm race fuzz e2e chromium firefox axe edge edge-dev edge-put \
	edge-test screenshots bench bench-kernels bench-peers bench-server bench-quality bench-models load size conformance tfjs onnxruntime litert \
	weights pretrained eval-pretrained clean

run: build
	./build/wafer serve

build:
	$(GO) run ./tools/build
	@$(MAKE) --no-print-directory wafer

# With the same setting built in.
wafer:
	$(GO) build -trimpath -ldflags=-X=runtime.godebugDefault=$$($(GO) list -f \
		'{{with .DefaultGODEBUG}}{{.}},{{end}}$(GODEBUG)' ./server) -o build/wafer ./server

# Everything that must hold before a change is taken.
test: build vet unit plain wasm race fuzz e2e edge-test
	@echo "make test: everything passed"

# What a change to one place needs most often; no browser.
test-fast: vet
	$(GO) test -short ./...

vet:
	$(GO) vet ./...
	GOOS=js GOARCH=wasm $(GO) vet ./app/... ./wasm/... ./server/edge

unit: build
	$(GO) test $$($(GO) list ./... | grep -vE '/(e2e|tools/bidi|tools/kernels|tools/wasmexec)$$')

# The same bits without SIMD, from the Go that go.mod asks for; today's must at least compile them.
plain:
	GOEXPERIMENT= $(GO) vet $(PLAIN_PACKAGES)
	GOEXPERIMENT= GOTOOLCHAIN=go1.26.8 $(GO) test -short $(PLAIN_PACKAGES)

# The same bits in js/wasm, as the page's programs are built, under Node where there is one, else in Chromium. Compiled
# modules compute all cases in Chromium and, where there is one, in Firefox; under Node, whose engine is Chromium's,
# only what is different there, the threads.
WASM := GOEXPERIMENT= GOOS=js GOARCH=wasm $(GO) test -short -exec $(CURDIR)/build/wasmexec
wasm: chromium
	$(GO) build -o build/wasmexec ./tools/wasmexec
	$(WASM) $(WASM_PACKAGES)
	$(WASM) -run 'Pinned|Compare' ./nn/nntest
	$(WASM) -skip 'Equals?Eval' ./nn/run
	BROWSER=chromium CHROME=$$(cat build/chromium) $(WASM) ./nn/run
	@if sh tools/firefox.sh; then echo "nn/run in Firefox"; \
	BROWSER=firefox FIREFOX=$$(cat build/firefox) $(WASM) ./nn/run; \
	else echo "make wasm: skipping nn/run in Firefox"; fi

# The race detector needs a C compiler; without one this step says so and does nothing.
race:
	@if command -v gcc >/dev/null || command -v clang >/dev/null; \
	then echo '$(GO) test -race -short $(RACE_PACKAGES)'; $(GO) test -race -short $(RACE_PACKAGES); \
	else echo "make race: skipped, since the race detector needs a C compiler; install gcc to have it."; fi

# How many cases of other projects' conformance suites pass.
conformance:
	$(GO) test -count=1 -v -run Conformance ./nn/format/... ./nn/tokens | grep -v '^==='

# What is written for TensorFlow.js is opened by it, and writes down anew what its operators give.
tfjs:
	sh tools/tfjs.sh
	WAFER_TFJS=$(CURDIR)/build/tfjs $(GO) test -count=1 -v -run 'TensorFlowJS|GraphOperators' ./nn/format/tfjs

# What is written as ONNX is opened by ONNX Runtime.
onnxruntime:
	sh tools/onnxruntime.sh
	WAFER_ONNXRUNTIME=$(CURDIR)/build/onnxruntime $(GO) test -count=1 -v -run ONNXRuntime ./nn/convert

# What is written as TFLite is opened by LiteRT.js, in Chromium.
litert: build chromium
	sh tools/litert.sh
	WAFER_LITERT=$(CURDIR)/build/litert CHROME=$$(cat build/chromium) WAFER_E2E=1 $(GO) test -count=1 -v -run LiteRT ./e2e

# A few seconds of every fuzz test, two at a time, since one core links a test while the other one runs another.
fuzz:
	@grep -rHo --include='*_test.go' '^func Fuzz[A-Za-z0-9]*' nn app server | sed 's|/[^/]*:func | |' | sort -u | \
	GO='$(GO)' xargs -P 2 -L 1 sh tools/fuzz.sh $(FUZZTIME)

# Whatever needs a browser. Firefox may be absent: then its tests are skipped.
e2e: build chromium axe
	@sh tools/firefox.sh || echo "make e2e: skipping the tests in Firefox"
	CHROME=$$(cat build/chromium) FIREFOX=$$(cat build/firefox 2>/dev/null) WAFER_E2E=1 $(GO) test -count=1 -p 1 \
		-timeout 30m ./e2e ./tools/bidi ./tools/kernels ./tools/wasmexec

# The edition for Cloudflare Workers, in build/edge.
edge: build
	$(GO) run ./tools/edge -origin '$(ORIGIN)' $(EDGE) build

# It on this machine, http://127.0.0.1:8787, with stores in build/edge-state: make edge-dev ORIGIN=http://127.0.0.1:8080
edge-dev: edge
	sh tools/wrangler.sh
	cd build/edge && WRANGLER_SEND_METRICS=false ../wrangler/node_modules/.bin/wrangler dev --local --ip 127.0.0.1 \
		--port $(EDGE_PORT) --persist-to ../edge-state

# Puts a model file into its stores on this machine: make edge-put MODEL=mine.wafer; into those at Cloudflare:
# EDGE=-remote.
edge-put:
	sh tools/wrangler.sh
	$(GO) run ./tools/edge $(EDGE) put $(MODEL)

# It in Chromium, under wrangler, which npm has to be able to install.
edge-test: build chromium
	@if sh tools/wrangler.sh; then $(GO) run ./tools/edge build && \
	CHROME=$$(cat build/chromium) WAFER_E2E=1 WAFER_EDGE=1 $(GO) test -count=1 -run '^TestEdge' ./e2e; \
	else echo "make edge-test: skipped, since wrangler cannot be installed"; fi

chromium:
	@sh tools/chromium.sh

firefox:
	@sh tools/firefox.sh

axe:
	@sh tools/axe.sh

# The pictures of the page in docs/screenshots, taken anew.
screenshots: build chromium
	CHROME=$$(cat build/chromium) WAFER_E2E=1 WAFER_SCREENSHOTS=1 $(GO) test -count=1 -run TestScreenshots ./e2e

# Speed of products, training steps and answers: native, under Node, in Chromium. The
# table comes last and stays in build/bench.md. Every kernel: go test -bench . ./nn/native
bench: build chromium
	$(GO) build -o build/wasmexec ./tools/wasmexec
	CHROME=$$(cat build/chromium) WAFER_E2E=1 $(GO) run ./tools/bench

# Compiled kernels and networks in Chromium beside what the machine can do, in under five
# minutes; bench/KERNELS.md gets the tables.
bench-kernels: chromium
	CHROME=$$(cat build/chromium) $(GO) run ./tools/kernels

# Wafer beside other runtimes, in one Chromium: bench/README.md says how; ROUNDS, TASKS, PEERS and QUICK=1
# are optional. The tables stay in bench/RESULTS.md.
bench-peers: build chromium
	sh bench/setup.sh
	CHROME=$$(cat build/chromium) node bench/bench.mjs

# Wafer's native kernels beside PyTorch and ONNX Runtime on this machine, with one and two threads; the same variables.
# The tables stay in bench/SERVER.md and, after a whole run, in README.md.
bench-server:
	sh bench/setup.sh server
	node bench/server.mjs

# Accuracy of taught models on real data beside scikit-learn's, over ten draws; needs ../shared, which has the data
# sets, and installs Debian's scikit-learn where there is none. ROWS names some rows, as in ROWS=trec; the table stays
# in build/quality.md.
bench-quality:
	@/usr/bin/python3 -c 'import sklearn' 2>/dev/null || apt-get install -y --no-install-recommends python3-sklearn
	mkdir -p build/quality
	$(GO) run ./tools/quality -data $(DATA) -rows '$(ROWS)' -draws $(DRAWS)

# The models of these benchmarks, on which go test ./tools/peers checks answers.
bench-models:
	sh bench/setup.sh models

# 200 event streams and 500 reads per second for 30 s, of a server that trains meanwhile: no error, and the
# times to answer.
load: wafer
	$(GO) run ./tools/load

# Release form: best compression; fails when a program is above its budget.
size:
	$(GO) run ./tools/build -quality 11 -budget
	@$(MAKE) --no-print-directory wafer

# Trains every shipped model from its recipe. Takes hours on two cores.
weights: wafer
	for r in $(RECIPES); do ./build/wafer train static/recipes/$$r.json --data $(DATA) --out static/models/$$r.wafer \
		--report build/$$r.report.html || \
		exit 1; done
	@$(MAKE) --no-print-directory pretrained

# Makes the shipped models that were trained elsewhere from their published files, to the byte, and lists all.
MODELS ?= ../shared/models
pretrained: wafer
	./build/wafer convert --card static/cards/photos.json --labels static/cards/photos.tsv \
		$(MODELS)/mobilenet-edgetpu-0.75-tflite/*.tflite static/models/photos.wafer
	./build/wafer convert --card static/cards/photos-light.json --labels static/cards/photos.tsv \
		$(MODELS)/mobilenet-v2-tflite/*.tflite static/models/photos-light.wafer
	./build/wafer convert --card static/cards/sentences.json --vocabulary $(MODELS)/use-lite-en/vocab.json \
		$(MODELS)/use-lite-en/*.safetensors static/models/sentences.wafer
	$(GO) run ./tools/outside -data $(DATA)
	./build/wafer catalogue

# What these models measure: the first two on 500 pictures of ImageNet-1k kinds, the third against published vectors.
eval-pretrained:
	$(GO) run ./tools/pretrained

clean:
	rm -rf build
	find static/site -mindepth 1 ! -name .gitignore -delete
