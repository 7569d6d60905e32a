package server

import (
	"context"

	"github.com/prefect-secrets/prefect-secrets/internal/turns"
)

// room is for bytes that become more while they are held. Small ones have a part of
// it that larger ones cannot take.
type budget struct{ small, large *turns.Pool }

// grown are bytes in a room.
type reservation struct {
	small, large turns.Claim
	bytes        int64
}

func (r budget) reserve(key string) reservation {
	return reservation{small: r.small.Claim(key), large: r.large.Claim(key)}
}

// try takes more bytes if that needs no waiting.
func (g *reservation) try(more int64) bool {
	small, large := g.split(more)
	if !g.small.Try(small) || !g.large.Try(large) {
		return false
	}
	g.grow(more)
	return true
}

// take waits for more bytes and takes them.
func (g *reservation) take(ctx context.Context, more int64) error {
	small, large := g.split(more)
	if err := g.small.Take(ctx, small); err != nil {
		return err
	}
	if err := g.large.Take(ctx, large); err != nil {
		return err
	}
	g.grow(more)
	return nil
}

// missing says where more bytes are taken. Those that become large with them move.
func (g *reservation) split(more int64) (small, large int64) {
	switch {
	case g.bytes+more <= smallSize:
		return more, 0
	case g.bytes <= smallSize:
		return 0, g.bytes + more
	}
	return 0, more
}

func (g *reservation) grow(more int64) {
	g.bytes += more
	if g.bytes > smallSize {
		g.small.Release()
	}
}

func (g *reservation) release() {
	g.small.Release()
	g.large.Release()
	g.bytes = 0
}

// awaited reports whether another key waits for the end of these bytes.
func (g *reservation) blocksOthers() bool { return g.small.BlocksOthers() || g.large.BlocksOthers() }
