package server

import "testing"

// A reservation that becomes large leaves the part for small ones, and releases all.
func TestReservationsBecomeLarge(t *testing.T) {
	b := budget{newHalfPool(1 << 20), newHalfPool(4 << 20)}
	checkUsed := func(small, large int64) {
		t.Helper()
		gotSmall, _ := b.small.Used()
		gotLarge, _ := b.large.Used()
		if gotSmall != small || gotLarge != large {
			t.Errorf("%d and %d bytes are used, want %d and %d", gotSmall, gotLarge, small, large)
		}
	}
	r := b.reserve("a")
	if !r.try(smallSize) {
		t.Fatal("the first found no memory")
	}
	checkUsed(smallSize, 0)
	if !r.try(1) || !r.try(100) {
		t.Fatal("a larger one found no memory")
	}
	checkUsed(0, smallSize+101)
	if r.try(2 << 20) {
		t.Error("more than half went to one key")
	}
	checkUsed(0, smallSize+101)
	r.release()
	checkUsed(0, 0)
}

// Large reservations that fill their part leave the part for small ones.
func TestLargeLeaveTheSmallTheirShare(t *testing.T) {
	b := budget{newHalfPool(1 << 20), newHalfPool(4 << 20)}
	first, second := b.reserve("a"), b.reserve("b")
	if !first.try(2<<20) || !second.try(2<<20) {
		t.Fatal("no memory")
	}
	for _, key := range []string{"a", "b", "c"} {
		if large, small := b.reserve(key), b.reserve(key); large.try(smallSize+1) || !small.try(smallSize) {
			t.Errorf("%s: a large one found memory, or a small one did not", key)
		}
	}
}
