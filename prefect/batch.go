package prefect

import (
	"context"
	"errors"
	"net/http"
	"slices"
)

// NamedValue is a secret to be written.
type NamedValue struct {
	Name  string
	Value Value
}

// MutationResult is what became of one secret of several.
type MutationResult struct {
	Name    string
	Changed bool  // false only if the store reported that it changed nothing
	Err     error // nil if the store did what was asked
}

// Ask sends one request by calling send, once, and returns its error. It may wait
// first, or return an error without calling send.
type Ask func(send func() error) error

const (
	// maxBatch is how many secrets one document sets or deletes. Building a document of
	// 1,000 aliases costs a hundred times as much as one of 100.
	maxBatch = 100
	// batchBytes bounds one document, in bytes.
	batchBytes = 1 << 20
	// aliasBytes is more than a mutation takes besides its name and value.
	aliasBytes = 160
)

// BatchLen returns how many of the first secrets go into one document: at most 100, or
// as many as the API has been found to accept, and at most 1 MiB in all. It is at least
// 1, and 0 only without secrets.
func (c *Client) BatchLen(secrets []NamedValue) int {
	limit, size := c.learned.maxBatch(), 0
	for i, s := range secrets {
		size += documentBytes(s)
		if i > 0 && (i == limit || size > batchBytes) {
			return i
		}
	}
	return len(secrets)
}

// documentBytes returns at least what a secret takes in a document, where <, > and &
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

// SetSecrets stores secrets over the values that they may have, each request through
// ask; nil just sends. It returns a result for each secret, in the order given.
//
// One document holds up to 100 secrets. A document that the API refuses as a whole is
// halved, so that one bad secret does not fail the others, and the client remembers
// what length the API accepts.
func (c *Client) SetSecrets(ctx context.Context, secrets []NamedValue, ask Ask) []MutationResult {
	results, _ := c.inDocuments(ctx, setting, secrets, ask)
	return results
}

// DeleteSecrets removes secrets as [Client.SetSecrets] stores them. Deleting a missing
// one succeeds.
func (c *Client) DeleteSecrets(ctx context.Context, names []string, ask Ask) []MutationResult {
	secrets := make([]NamedValue, len(names))
	for i, name := range names {
		secrets[i].Name = name
	}
	results, _ := c.inDocuments(ctx, deleting, secrets, ask)
	return results
}

// inDocuments sends the batch in as many documents as it takes. It reports whether the
// API accepted all of them, except those that were halved.
func (c *Client) inDocuments(ctx context.Context, m mutation, batch []NamedValue, ask Ask) (results []MutationResult, accepted bool) {
	if limit := c.learned.maxBatch(); len(batch) > limit {
		return c.split(ctx, m, batch, limit, ask)
	}
	if len(batch) == 0 {
		return nil, true
	}
	if ask == nil {
		ask = func(send func() error) error { return send() }
	}
	err := ask(func() (err error) {
		results, err = c.inDocument(ctx, m, batch)
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

func (c *Client) split(ctx context.Context, m mutation, batch []NamedValue, limit int, ask Ask) (results []MutationResult, accepted bool) {
	accepted = true
	for part := range slices.Chunk(batch, limit) {
		more, ok := c.inDocuments(ctx, m, part, ask)
		results, accepted = append(results, more...), accepted && ok
	}
	return results, accepted
}

// halve sends the two halves of a document that was refused. If both are accepted, the
// length was the reason, and from now on no document is longer than they are. The API
// may have carried out a part of the refused document, so no secret counts as
// unchanged.
func (c *Client) halve(ctx context.Context, m mutation, batch []NamedValue, ask Ask) (results []MutationResult, accepted bool) {
	half := (len(batch) + 1) / 2
	results, first := c.inDocuments(ctx, m, batch[:half], ask)
	others, second := c.inDocuments(ctx, m, batch[half:], ask)
	if first && second {
		c.learned.lowerBatchLimit(half)
	}
	results = append(results, others...)
	for i := range results {
		results[i].Changed = true
	}
	return results, first && second
}

// inDocument sends one document, in the API's dialect. The error is that of the
// document as a whole, of which the API may still have carried out a part.
func (c *Client) inDocument(ctx context.Context, m mutation, secrets []NamedValue) (results []MutationResult, err error) {
	err = c.inDialect(func(p profile) error {
		results, err = c.mutate(ctx, p, m, secrets)
		return err
	})
	return results, err
}

// isRefusal reports whether the API refused the document itself: for its size, its
// depth, or anything in it. That includes data that is null because of one field.
func isRefusal(err error) bool {
	var e *APIError
	switch {
	case !errors.As(err, &e), errors.Is(err, ErrUnauthenticated):
		return false
	case e.Status == http.StatusOK:
		return e.path != ""
	default:
		return e.Status == http.StatusBadRequest || e.Status == http.StatusRequestEntityTooLarge
	}
}
