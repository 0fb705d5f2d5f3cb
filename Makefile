.PHONY: all build test bench data ages clean

all: build

build:
	go build -o maildoctor ./cmd/maildoctor

# Installs the Debian packages that the tests need where it can, then runs the
# linters, the builds for every system and all tests.
test:
	@.ci/setup
	@.ci/test

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
	rm -rf maildoctor .ci/cache
