.PHONY: all build test test-more dist bench data ages clean

all: build

build:
	go build -o maildoctor ./cmd/maildoctor

# Installs the Debian packages that the tests need where it can, then runs the
# linters, the builds for every system and all tests.
test:
	@.ci/setup
	@.ci/test

# Runs what make test leaves out because it needs npm, Wine, much time or a quiet
# machine: all of .ci/more, or some of it: make test-more ONLY="wine bench"
test-more:
	@.ci/setup
	@.ci/test-more $(ONLY)

# Makes archives for all systems, images for containers, and their checksums in dist/.
dist:
	@go run -C .ci/tools ./dist -root ../.. -out ../../dist

bench:
	go test -run '^$$' -bench . -benchmem ./...

# Makes profiles/imported anew, of a checkout of github.com/thunderbird/autoconfig with its
# history: make data ISPDB=../autoconfig
data:
	go run ./profiles/importer/internal/gen $(ISPDB)

# Lists what the program knows of providers, the oldest first, and counts it by year.
ages:
	@go run ./cmd/maildoctor profiles list --ages

clean:
	rm -rf maildoctor dist .ci/cache
