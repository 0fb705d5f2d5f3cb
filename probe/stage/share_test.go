package stage

import "testing"

// A root that was kept itself isn't replaced by what is said of it, nor the other way
// round: live and in a saved run, each check has what it had.
func TestRootsAreSharedWithTheirKind(t *testing.T) {
	s := newSharer(worthSharing)
	described := &TLSFacts{Root: &Certificate{SHA256: "00"}}
	kept := &TLSFacts{Root: &Certificate{SHA256: "00", DER: []byte{0x30, 0}}}
	for _, f := range []*TLSFacts{described, kept, described, kept} {
		twin := *f.Root
		got := s.same(&TLSFacts{Root: &twin}).(*TLSFacts)
		if len(got.Root.DER) != len(f.Root.DER) {
			t.Errorf("%+v became %+v", f.Root, got.Root)
		}
	}
	if a, b := s.same(kept).(*TLSFacts), s.same(kept).(*TLSFacts); a.Root != b.Root {
		t.Error("nothing is shared")
	}
}
