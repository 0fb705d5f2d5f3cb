.PHONY: all build test bench clean

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

clean:
	rm -rf maildoctor .ci/cache
