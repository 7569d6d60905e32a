package prefect

import (
	"context"
	"errors"
	"net/http"
	"slices"
)

// Ask sends one request of a batch by calling send, once, and returns its error. It
// may wait first, or not call send at all and say why.
type Ask func(send func() error) error

const (
	// batchBytes bounds one document, in bytes.
	batchBytes = 1 << 20
	// aliasBytes is more than a mutation takes beside its name and value.
	aliasBytes = 160
)

// BatchLen is how many of the first secrets go into one document: at most
// [MaxBatch] or as many as the API has been found to take, and of at most 1 MiB in
// all. It is at least 1, and 0 only without secrets.
func (c *Client) BatchLen(secrets []NamedValue) int {
	limit, size := c.learned.documentLimit(), 0
	for i, s := range secrets {
		size += documentBytes(s)
		if i > 0 && (i == limit || size > batchBytes) {
			return i
		}
	}
	return len(secrets)
}

// documentBytes is at least what a secret takes of a document, in which <, > and &
// are six bytes each (encoding/json), as is whatever JSON escapes in a name.
func documentBytes(s NamedValue) int {
	n := aliasBytes + 6*len(s.Name)
	for _, b := range s.Value.Reveal() {
		n++
		if b == '<' || b == '>' || b == '&' {
			n += 5
		}
	}
	return n
}

// WriteBatch stores secrets, each request through ask. Unlike [Client.SetSecrets] it
// halves a document that the API refuses as a whole, so that one secret takes no
// other with it, and remembers what length is taken. There is a result for each
// secret, in the order given.
func (c *Client) WriteBatch(ctx context.Context, secrets []NamedValue, ask Ask) []MutationResult {
	results, _ := c.inDocuments(ctx, setting, secrets, ask)
	return results
}

// DeleteBatch removes secrets as [Client.WriteBatch] stores them. Deleting one that
// is not there succeeds.
func (c *Client) DeleteBatch(ctx context.Context, names []string, ask Ask) []MutationResult {
	results, _ := c.inDocuments(ctx, deleting, unvalued(names), ask)
	return results
}

func unvalued(names []string) []NamedValue {
	secrets := make([]NamedValue, len(names))
	for i, name := range names {
		secrets[i].Name = name
	}
	return secrets
}

// inDocuments reports whether the API took every document that it sent, beside those
// that were halved.
func (c *Client) inDocuments(ctx context.Context, m mutation, batch []NamedValue, ask Ask) (results []MutationResult, taken bool) {
	if limit := c.learned.documentLimit(); len(batch) > limit {
		return c.split(ctx, m, batch, limit, ask)
	}
	err := ask(func() (err error) {
		results, err = c.batch(ctx, m, batch)
		return err
	})
	switch {
	case err == nil:
		return results, true
	case len(batch) > 1 && isRefusal(err):
		return c.halve(ctx, m, batch, ask)
	}
	results = make([]MutationResult, len(batch))
	for i, s := range batch {
		results[i] = MutationResult{Name: s.Name, Err: err}
	}
	return results, false
}

func (c *Client) split(ctx context.Context, m mutation, batch []NamedValue, limit int, ask Ask) (results []MutationResult, taken bool) {
	taken = true
	for part := range slices.Chunk(batch, limit) {
		of, ok := c.inDocuments(ctx, m, part, ask)
		results, taken = append(results, of...), taken && ok
	}
	return results, taken
}

// halve sends the two halves of a document that was refused. If both are taken,
// its length was the reason, and no other document is longer than they are. The
// document may have been carried out in part, so that nothing is unchanged for sure.
func (c *Client) halve(ctx context.Context, m mutation, batch []NamedValue, ask Ask) (results []MutationResult, taken bool) {
	half := (len(batch) + 1) / 2
	results, first := c.inDocuments(ctx, m, batch[:half], ask)
	others, second := c.inDocuments(ctx, m, batch[half:], ask)
	if first && second {
		c.learned.shorten(half)
	}
	results = append(results, others...)
	for i := range results {
		results[i].Changed = true
	}
	return results, first && second
}

// isRefusal reports whether the API refused the document itself: for its size, its
// depth, or anything in it. Data that is null because of one field is that too.
func isRefusal(err error) bool {
	var e *APIError
	switch {
	case !errors.As(err, &e), errors.Is(err, ErrUnauthenticated):
		return false
	case e.Status == http.StatusOK:
		return e.Path != ""
	default:
		return e.Status == http.StatusBadRequest || e.Status == http.StatusRequestEntityTooLarge
	}
}
