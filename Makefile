# Verbs only: the build itself is meson.build. `make help` lists them.
.DEFAULT_GOAL := help
BUILD ?= build
ARGS ?=
PREFIX ?= /usr/local

.PHONY: help run build test quick asan bench durability fuzz tidy format install clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile

run: build ## install what is needed, build, serve the example (ARGS="--port 4000")
	@exec $(BUILD)/src/cli/roomkey dev examples/create-room-token $(ARGS)

build: ## install what building needs, and build
	@./bootstrap build
	@tests/build $(BUILD)

test: ## install what testing needs, build, run every test
	@./bootstrap test
	@tests/build $(BUILD) -Dtests=true
	@tests/run $(BUILD)

quick: ## the part of the tests that takes under a minute
	@./bootstrap test
	@tests/build $(BUILD) -Dtests=true
	@tests/run --quick $(BUILD)

asan: ## every test under AddressSanitizer and UndefinedBehaviorSanitizer
	@./bootstrap test
	@CC=clang tests/build build-asan -Dtests=true -Db_sanitize=address,undefined -Db_lundef=false
	@tests/run --asan build-asan

bench: ## speed against nginx+njs and Node in the same run; appends to bench/history.tsv
	@./bootstrap bench
	@tests/build build-bench -Dbench=true --buildtype=release
	@bench/run build-bench

durability: ## ends, power cuts, full disks, refused calls and many services, at length (as root; about an hour)
	@./bootstrap test
	@tests/build $(BUILD) -Dtests=true
	@tests/durability/run $(BUILD)

fuzz: ## every fuzz target for FUZZ_SECONDS each (default 60)
	@./bootstrap test
	@CC=clang tests/build build-fuzz -Dtests=true -Db_sanitize=address,undefined -Db_lundef=false
	@tests/fuzz/run build-fuzz $${FUZZ_SECONDS:-60}

tidy: ## clang-tidy over src/
	@./bootstrap test
	@tests/build $(BUILD) -Dtests=true
	@clang-tidy -p $(BUILD) --quiet $$(git ls-files 'src/*.c')

format: ## clang-format over every C file
	@clang-format -i $$(git ls-files '*.c' '*.h')

install: ## build and install under PREFIX (default /usr/local); DESTDIR is honoured
	@./bootstrap build
	@tests/build build-install --prefix=$(PREFIX) --buildtype=release
	@ninja -C build-install install

clean: ## remove what was built
	rm -rf build build-*
