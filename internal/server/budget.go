package server

import (
	"context"

	"github.com/prefect-secrets/prefect-secrets/internal/turns"
)

// budget is memory for requests whose size grows while they hold it. Small ones have
// a part of it that larger ones cannot take.
type budget struct{ small, large *turns.Pool }

// reservation is what one request holds of a budget.
type reservation struct {
	small, large turns.Claim
	bytes        int64
}

func (b budget) reserve(key string) reservation {
	return reservation{small: b.small.Claim(key), large: b.large.Claim(key)}
}

// try takes more bytes if that needs no waiting, and reports whether it did.
func (r *reservation) try(more int64) bool {
	small, large := r.split(more)
	if !r.small.Try(small) || !r.large.Try(large) {
		return false
	}
	r.grow(more)
	return true
}

// take waits for more bytes and takes them.
func (r *reservation) take(ctx context.Context, more int64) error {
	small, large := r.split(more)
	if err := r.small.Take(ctx, small); err != nil {
		return err
	}
	if err := r.large.Take(ctx, large); err != nil {
		return err
	}
	r.grow(more)
	return nil
}

// split returns how many bytes to take from each part. A reservation that becomes
// large takes all of its bytes from the large part.
func (r *reservation) split(more int64) (small, large int64) {
	switch {
	case r.bytes+more <= smallSize:
		return more, 0
	case r.bytes <= smallSize:
		return 0, r.bytes + more
	}
	return 0, more
}

// grow counts the bytes just taken, and leaves the small part if they made the
// reservation large.
func (r *reservation) grow(more int64) {
	r.bytes += more
	if r.bytes > smallSize {
		r.small.Release()
	}
}

func (r *reservation) release() {
	r.small.Release()
	r.large.Release()
	r.bytes = 0
}

// blocksOthers reports whether another key waits for this reservation's release.
func (r *reservation) blocksOthers() bool { return r.small.BlocksOthers() || r.large.BlocksOthers() }
