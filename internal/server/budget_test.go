package server

import "testing"

// What becomes large leaves the share of the small, and gives all back in the end.
func TestRoomMovesWhatBecomesLarge(t *testing.T) {
	r := budget{newHalfPool(1 << 20), newHalfPool(4 << 20)}
	used := func(small, large int64) {
		t.Helper()
		gotSmall, _ := r.small.Used()
		gotLarge, _ := r.large.Used()
		if gotSmall != small || gotLarge != large {
			t.Errorf("%d and %d bytes are used, want %d and %d", gotSmall, gotLarge, small, large)
		}
	}
	g := r.reserve("a")
	if !g.try(smallSize) {
		t.Fatal("no room for the first")
	}
	used(smallSize, 0)
	if !g.try(1) || !g.try(100) {
		t.Fatal("no room for a larger one")
	}
	used(0, smallSize+101)
	if g.try(2 << 20) {
		t.Error("more than half went to one key")
	}
	used(0, smallSize+101)
	g.release()
	used(0, 0)
}

// Large ones that fill their part leave that of the small.
func TestLargeLeaveTheSmallTheirShare(t *testing.T) {
	r := budget{newHalfPool(1 << 20), newHalfPool(4 << 20)}
	a, b := r.reserve("a"), r.reserve("b")
	if !a.try(2<<20) || !b.try(2<<20) {
		t.Fatal("no room")
	}
	for _, key := range []string{"a", "b", "c"} {
		if large, small := r.reserve(key), r.reserve(key); large.try(smallSize+1) || !small.try(smallSize) {
			t.Errorf("%s: a large one found room, or a small one did not", key)
		}
	}
}
