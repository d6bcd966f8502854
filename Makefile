# make run      build what is missing and serve the page (ADDR=host:port)
# make build    static/app.wasm with its loader, and bin/taster
# make check    the quick part of it: generated files, vet, tests natively but for
#               simulations that take long; no browser
# make test     everything that must hold: generated files, vet, tests natively,
#               under WebAssembly, and of the page in Chromium
# make dist     dist/taster.html (one file), dist/site/ (static hosting),
#               dist/edge/ (Cloudflare Worker)
# make kernel   core/num/kernel/wasm/kernel.wasm, with clang 14; it is checked in
# make bench    times natively, in Chromium and in Python, with ratios;
#               bench-packages: of each package, natively and in Node
# make golden   rewrite the golden files; review the diff
# make fuzz     each fuzz target for FUZZTIME
# make generate lint size clean

SHELL    := bash
GO       := go
GOROOT   := $(shell $(GO) env GOROOT)
GOFMT    := $(GOROOT)/bin/gofmt
JS       := GOOS=js GOARCH=wasm
NODE     := -exec="$(GOROOT)/lib/wasm/go_js_wasm_exec"
ADDR     ?= 127.0.0.1:8080
FUZZTIME ?= 10s

# gonum sums in another order in its assembly than in Go, which is what runs in
# WebAssembly. Without the assembly, the command and the page print the same
# digits.
TAGS  := -tags noasm
BUILD := -trimpath -buildvcs=false -ldflags="-s -w"

# The page, and tests with this, run the loops of core/num/kernel with SIMD.
SIMD      := -tags noasm,simd
NODE_SIMD := NODE_OPTIONS=--require=$(CURDIR)/core/num/kernel/wasm/node.cjs $(JS)
KERNEL    ?= core/num/kernel/wasm/kernel.wasm

# The page goes over networks, so what does not count in loops is compiled
# without inlining: a tenth less to send. The last pattern that fits holds.
SMALL := taster/... github.com/vugu/... github.com/nlpodyssey/... fmt reflect os time net/... encoding/json encoding/csv \
  regexp/... archive/... math/big html
FAST  := taster/core $(addprefix taster/core/,num/... knn pooledsplit moments jsonwalk protowalk tensor contentdigest \
  $(addprefix format/,compress csv jsonl npy pickle safetensors sevenzip torch) \
  $(addprefix detect/,activationclustering centroiddistance deepknn fishersplit labelissues nearduplicates noniid outliers scan shifttest spectralsignatures spectre))
INLINE := $(SMALL:%=-gcflags=%=-l) $(FAST:%=-gcflags=%=)

# What the tests of a package may need beside its Go files is not known to make,
# so the go command decides what is stale: its targets are all phony.
.PHONY: run build wasm dist kernel generate check test bench bench-packages golden fuzz lint size clean generated unit test-wasm chromium node
.NOTPARALLEL:

run: wasm
	@$(GO) build $(TAGS) $(BUILD) -o bin/serve .
	@exec bin/serve -addr $(ADDR)

build: wasm
	CGO_ENABLED=0 $(GO) build $(TAGS) $(BUILD) -o bin/taster ./cmd/taster

wasm: ui/0_components_gen.go static/wasm_exec.js static/kernel.wasm
	@echo "build static/app.wasm"
	@$(JS) $(GO) build $(SIMD) $(BUILD) $(INLINE) -o static/app.wasm ./wasm/app

static/wasm_exec.js: $(GOROOT)/lib/wasm/wasm_exec.js
	cp $< $@

static/kernel.wasm: core/num/kernel/wasm/kernel.wasm
	cp $< $@

# Leaf functions on the memory of another module: no entry, no data, no stack.
kernel:
	clang --target=wasm32 -O3 -msimd128 -nostdlib -fno-builtin -ffp-contract=off -Wall -Werror \
	  -Wl,--no-entry,--import-memory,--stack-first,-z,stack-size=0,--strip-all -o $(KERNEL) core/num/kernel/wasm/kernel.c
	chmod 644 $(KERNEL)

ui/0_components_gen.go: $(wildcard ui/*.vugu)
	cd ui && $(GO) tool vugugen -s -skip-go-mod -skip-main .
	$(GOFMT) -w $@
	@touch $@

generate:
	@touch ui/root.vugu
	@$(MAKE) --no-print-directory ui/0_components_gen.go

# What is handed out. Everything is made from scratch, so that the same commit
# gives the same bytes; dist/SHA256SUMS lists them.
dist: wasm
	rm -rf dist && mkdir -p dist/edge
	$(GO) tool workers-assets-gen -mode go -o dist/edge
	$(JS) $(GO) build $(TAGS) $(BUILD) -o dist/edge/app.wasm ./wasm/edge
	cp wasm/edge/wrangler.jsonc wasm/edge/README.md dist/edge/
	$(GO) run $(TAGS) ./wasm/dist

# Simulations that repeat a method many times over; make test runs them.
SLOW := TestSimulate|TestSpectre|TestShares|TestStops|TestVerdictBars|TestStoredCancelled

check: generated lint
	$(GO) test $(TAGS) -skip '^($(SLOW))$$' $$($(GO) list $(TAGS) ./... | grep -v /wasm/browsertest)
	@echo "make check: passed; make test runs the rest"

test: generated lint build dist unit test-wasm
	@echo "make test: all passed"

generated:
	@mkdir -p build && cp ui/0_components_gen.go build/components.before
	@$(MAKE) --no-print-directory -s generate
	@cmp build/components.before ui/0_components_gen.go || { echo "ui/0_components_gen.go was stale; it is current now: commit it" >&2; exit 1; }

lint:
	@list=$$($(GOFMT) -l .); test -z "$$list" || { echo "not formatted: $$list" >&2; exit 1; }
	$(GO) vet $(TAGS) ./...
	$(JS) $(GO) vet $(SIMD) ./core/... ./ui/... ./wasm/...

# The tests of the page are in wasm/browsertest.
unit: build chromium
	$(GO) test $(TAGS) -timeout 30m ./...

# The same tests where the page runs: under WebAssembly, in Node; with SIMD
# where that changes what runs.
test-wasm: node
	$(JS) $(GO) test $(TAGS) $(NODE) ./core/... ./ui/... ./wasm/internal/...
	$(NODE_SIMD) $(GO) test $(SIMD) $(NODE) ./core/num/... ./core/knn ./core/detect

# The data detectors: natively, in Chromium, and in Python where it has the
# libraries (PYTHON=...).
PYTHON ?= python3
bench: wasm chromium
	@mkdir -p build
	$(JS) $(GO) build $(SIMD) $(BUILD) -o build/bench.wasm ./wasm/bench
	@$(GO) run $(TAGS) ./wasm/bench -python $(PYTHON) | tee build/bench.txt

# Every benchmark of a package: natively, and under WebAssembly in Node.
bench-packages: node
	@mkdir -p build
	$(GO) test $(TAGS) -run '^$$' -bench . ./core/... ./ui/... | tee build/bench-native.txt
	$(JS) $(GO) test $(TAGS) $(NODE) -run '^$$' -bench . ./core/... ./ui/... | tee build/bench-wasm.txt
	@awk '/^pkg:/ { pkg = $$2 } \
	  /^Benchmark/ && $$4 == "ns/op" { name = pkg "." $$1; sub(/-[0-9]+$$/, "", name); \
	    if (FILENAME ~ /native/) native[name] = $$3; \
	    else if (name in native) printf "%-72s %14.0f %14.0f %6.1f\n", name, native[name], $$3, $$3 / native[name] } \
	  BEGIN { printf "%-72s %14s %14s %6s\n", "benchmark", "native ns/op", "wasm ns/op", "ratio" }' build/bench-native.txt build/bench-wasm.txt

golden:
	$(GO) test $(TAGS) $$(grep -rlE 'taster/core/coretest|flag\.Bool\("update"' --include='*_test.go' . | xargs -n1 dirname | sort -u) -update

fuzz:
	@grep -rho --include='*_test.go' -H 'func Fuzz[A-Za-z0-9_]*' . | while IFS=: read -r file name; do \
	  echo "$$(dirname "$$file") $${name#func }"; \
	  $(GO) test $(TAGS) -run '^$$' -fuzz "^$${name#func }$$" -fuzztime $(FUZZTIME) "$$(dirname "$$file")" || exit 1; \
	done

size: wasm
	@for f in static/app.wasm static/*.js static/*.css static/index.html; do \
	  printf '%-24s %9d raw %9d gzip' "$$f" "$$(wc -c <"$$f")" "$$(gzip -9c "$$f" | wc -c)"; \
	  if command -v brotli >/dev/null; then printf ' %9d brotli' "$$(brotli -q 11 -w 24 -c "$$f" | wc -c)"; fi; echo; \
	done

clean:
	rm -rf bin build dist static/*.wasm static/*.br static/*.gz static/wasm_exec.js

# What the tests need besides Go is installed where that is allowed.
install = { command -v apt-get >/dev/null && { [ "$$(id -u)" = 0 ] || sudo -n true 2>/dev/null; } && \
	$$([ "$$(id -u)" = 0 ] || echo sudo -n) sh -c 'apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $(1)' >&2; } || \
	{ echo "make test needs $(1): install it (apt-get install $(1))" >&2; exit 1; }

chromium:
	@for c in "$$CHROMIUM" chromium chromium-browser google-chrome google-chrome-stable; do \
	  command -v "$$c" >/dev/null && exit 0; done; $(call install,chromium)

node:
	@command -v node >/dev/null || $(call install,nodejs)
