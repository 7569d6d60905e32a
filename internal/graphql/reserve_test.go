package graphql

import (
	"errors"
	"testing"
)

// bounded allows an answer to grow by so many bytes in all.
type bounded struct{ left int }

func (b *bounded) Grow(bytes int) error {
	if b.left -= bytes; b.left < 0 {
		return errors.New("no memory left")
	}
	return nil
}

// A part takes memory only after it was reported, and each byte is reported once.
func TestReserve(t *testing.T) {
	tests := map[string]struct {
		budget, more int
		grows        bool
	}{"enough": {1 << 20, 1000, true}, "too little": {999, 1000, false}}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			root := &bounded{tt.budget}
			g := newGrowth(root)
			part := g.reserve(nil, tt.more)
			g.count(part)
			if grown := cap(part) >= tt.more; grown != tt.grows || (g.err == nil) != tt.grows {
				t.Errorf("%d bytes, %v", cap(part), g.err)
			}
			if used := tt.budget - root.left; tt.grows && used != cap(part) {
				t.Errorf("%d bytes were reported, %d are taken", used, cap(part))
			}
		})
	}
}
