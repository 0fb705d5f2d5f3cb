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

// secrets are the secrets of a run, as far as they are known. A source is asked once
// per run, when the first login needs it.
type secrets struct {
	run  context.Context // the run's; those of groups and stages end with it, a moment later
	ctx  context.Context // for sources: ends with the run, not with a group or stage
	stop context.CancelFunc
	seed maphash.Seed

	mu      sync.RWMutex
	answers map[*auth.Source]*answer
	known   map[uint64]auth.Secret // secrets that may have been sent to a server, by hash
	waiting map[*waiting]struct{}
}

// waiting is a callback for when a secret may have been sent to a server.
type waiting struct {
	of   Credential
	call func()
}

// answer is the answer of a source.
type answer struct {
	done   chan struct{} // closed when secret and err are set
	secret auth.Secret
	err    error
	given  bool // there is a secret; guarded by the lock of secrets
}

func newSecrets(ctx context.Context) *secrets {
	s := &secrets{run: ctx, seed: maphash.MakeSeed(), answers: make(map[*auth.Source]*answer), known: make(map[uint64]auth.Secret), waiting: make(map[*waiting]struct{})}
	s.ctx, s.stop = context.WithCancel(ctx)
	return s
}

// errEmpty is the error for a source that returns an empty secret.
var errEmpty = errors.New("it is empty")

// of returns the secret of a credential. It waits for the source until ctx, which ends
// with the run at the latest, does so, and then returns the cause.
func (s *secrets) of(ctx context.Context, c Credential) (auth.Secret, error) {
	if c.Source == nil {
		s.learn(c.Secret)
		return c.Secret, nil
	}
	a := s.asked(c.Source)
	select {
	case <-a.done:
		if a.err != nil && s.run.Err() != nil {
			<-ctx.Done() // the source gave up because the run ended
			return auth.Secret{}, context.Cause(ctx)
		}
		return a.secret, a.err
	case <-ctx.Done():
		return auth.Secret{}, context.Cause(ctx)
	}
}

// asked returns the answer of a source, and asks it if that hasn't been done.
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
			s.tell() // even if another credential has the same secret
		}
		close(a.done)
	}()
	return a
}

// learn records a secret. From now on, what servers say is searched for it.
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

// await calls f once, when the secret of a credential may have been sent to a server:
// at once or later. The returned function cancels that.
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

// tell calls the callbacks whose secret is known.
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

// hash identifies a secret. A collision, which is improbable, would only cause more
// lines to be searched.
func (s *secrets) hash(secret auth.Secret) uint64 { return maphash.String(s.seed, secret.Reveal()) }

// secret returns the secret of a credential, if it may have been sent to a server. The
// caller must hold the lock.
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

// in reports whether a line contains the secret of a credential that may have been sent
// to a server.
func (s *secrets) in(line string, c Credential) bool {
	s.mu.RLock()
	secret, ok := s.secret(c)
	s.mu.RUnlock()
	return ok && secret.In(line)
}

// inAny reports whether a line contains any of the run's secrets.
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

// maxReason is the maximum length of a source's error text, in bytes.
const maxReason = 200

// unavailable returns facts with the reason why there is no password, as text that is
// safe to keep.
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
