package probe

import (
	"context"
	"errors"
	"hash/maphash"
	"strings"
	"sync"

	"maildoctor/probe/auth"
	"maildoctor/probe/stage"
)

// secrets are what a run logs in with, as far as it is known. A source is asked once
// in a run, when the first login needs it, and for all logins.
type secrets struct {
	ctx  context.Context // ends with the run, whatever its parts are limited to
	stop context.CancelFunc
	seed maphash.Seed

	mu      sync.RWMutex
	answers map[*auth.Source]*answer
	known   map[uint64]auth.Secret // that a server may have been told, by a hash of the text
	waiting map[*waiting]struct{}
}

// waiting is somebody who wants to know when a server may have been told a secret.
type waiting struct {
	of   Credential
	call func()
}

// answer is what a source says.
type answer struct {
	done   chan struct{} // closed when the rest is set
	secret auth.Secret
	err    error
	given  bool // there is one; under the lock of secrets
}

func newSecrets(ctx context.Context) *secrets {
	s := &secrets{seed: maphash.MakeSeed(), answers: make(map[*auth.Source]*answer), known: make(map[uint64]auth.Secret), waiting: make(map[*waiting]struct{})}
	s.ctx, s.stop = context.WithCancel(ctx)
	return s
}

// errEmpty is what an empty secret of a source comes to.
var errEmpty = errors.New("it is empty")

// of returns the secret of a credential. It waits for the source until ctx ends, and
// then returns the cause.
func (s *secrets) of(ctx context.Context, c Credential) (auth.Secret, error) {
	if c.Source == nil {
		s.learn(c.Secret)
		return c.Secret, nil
	}
	a := s.asked(c.Source)
	select {
	case <-a.done:
		return a.secret, a.err
	case <-ctx.Done():
		return auth.Secret{}, context.Cause(ctx)
	}
}

// asked returns the answer of a source, which is asked now if it hasn't been.
func (s *secrets) asked(source *auth.Source) *answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.answers[source]
	if a != nil {
		return a
	}
	a = &answer{done: make(chan struct{})}
	s.answers[source] = a
	go func() {
		a.secret, a.err = source.Ask(s.ctx)
		if a.err == nil && a.secret.IsZero() {
			a.err = errEmpty
		}
		if a.err == nil {
			s.mu.Lock()
			a.given = true
			s.mu.Unlock()
			s.learn(a.secret)
			s.tell() // also where another credential has the same
		}
		close(a.done)
	}()
	return a
}

// learn makes a secret known: from now on what servers say is searched for it.
func (s *secrets) learn(secret auth.Secret) {
	h := s.hash(secret)
	s.mu.Lock()
	_, old := s.known[h]
	s.known[h] = secret
	s.mu.Unlock()
	if !old {
		s.tell()
	}
}

// await has f called, once, when a server may have been told the secret of a
// credential: now, or later. The function that it returns ends that.
func (s *secrets) await(c Credential, f func()) (stop func()) {
	w := &waiting{c, f}
	s.mu.Lock()
	s.waiting[w] = struct{}{}
	s.mu.Unlock()
	s.tell()
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.waiting, w)
	}
}

// tell calls those whose secret is known.
func (s *secrets) tell() {
	var now []*waiting
	s.mu.Lock()
	for w := range s.waiting {
		if _, ok := s.secret(w.of); ok {
			now = append(now, w)
			delete(s.waiting, w)
		}
	}
	s.mu.Unlock()
	for _, w := range now {
		w.call()
	}
}

// hash stands for a secret. Two that have the same, which doesn't happen, would only
// be searched for more often.
func (s *secrets) hash(secret auth.Secret) uint64 { return maphash.String(s.seed, secret.Reveal()) }

// secret returns that of a credential, if a server may have been told it. It needs the
// lock.
func (s *secrets) secret(c Credential) (auth.Secret, bool) {
	if c.Source == nil {
		secret, ok := s.known[s.hash(c.Secret)]
		return secret, ok
	}
	a := s.answers[c.Source]
	if a == nil || !a.given {
		return auth.Secret{}, false
	}
	return a.secret, true
}

// in reports whether a line has the secret of a credential in it, once a server may
// have been told it.
func (s *secrets) in(line string, c Credential) bool {
	s.mu.RLock()
	secret, ok := s.secret(c)
	s.mu.RUnlock()
	return ok && secret.In(line)
}

// inAny reports whether a line has any of the run's secrets in it.
func (s *secrets) inAny(line string) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, secret := range s.known {
		if secret.In(line) {
			return true
		}
	}
	return false
}

// maxReason bounds the words of a source that failed, in bytes.
const maxReason = 200

// unavailable says why there is no password, in words that may be kept.
func (s *secrets) unavailable(err error) *stage.LoginFacts {
	text := err.Error()
	switch {
	case s.inAny(text):
		text = "(withheld: it holds a password)"
	case len(text) > maxReason:
		text = strings.ToValidUTF8(text[:maxReason], "") + "..."
	}
	return &stage.LoginFacts{PasswordError: stage.Visible(text)}
}
