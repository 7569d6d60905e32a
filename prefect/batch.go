package prefect

import (
	"context"
	"errors"
	"net/http"
	"slices"
)

// NamedValue is the name of a secret and the value to store.
type NamedValue struct {
	Name  string
	Value Value
}

// MutationResult is the result of setting or deleting one secret.
type MutationResult struct {
	Name    string
	Changed bool  // false only if the store reported that it changed nothing; means nothing with an Err
	Err     error // nil if the store did what it was asked to do
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

// BatchLen returns how many of the first secrets go into one document: at most 100,
// or as many as the API has been found to accept, and at most 1 MiB in all. It is at
// least 1, and 0 only without secrets.
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

// SetSecrets stores secrets, replaces existing values, and sends each request through
// ask; a nil ask sends at once. It returns a result for each secret, in the order
// given.
//
// One document holds up to 100 secrets. If the API refuses a whole document, the client
// splits it in half, so that one bad secret does not fail the others, and remembers
// which length the API accepts.
func (c *Client) SetSecrets(ctx context.Context, secrets []NamedValue, ask Ask) []MutationResult {
	return newBatch(c, setting, ask).run(ctx, secrets)
}

// DeleteSecrets removes secrets as [Client.SetSecrets] stores them. Deleting a
// missing one succeeds.
func (c *Client) DeleteSecrets(ctx context.Context, names []string, ask Ask) []MutationResult {
	secrets := make([]NamedValue, len(names))
	for i, name := range names {
		secrets[i].Name = name
	}
	return newBatch(c, deleting, ask).run(ctx, secrets)
}

// batch sends many mutations of one kind in as many documents as it takes.
type batch struct {
	client   *Client
	mutation mutation
	ask      Ask
}

func newBatch(c *Client, m mutation, ask Ask) batch {
	if ask == nil {
		ask = func(send func() error) error { return send() }
	}
	return batch{client: c, mutation: m, ask: ask}
}

func (b batch) run(ctx context.Context, secrets []NamedValue) []MutationResult {
	if len(secrets) == 0 {
		return nil
	}
	results, _ := b.send(ctx, secrets)
	return results
}

// send sends one document, or several if one would be too long. It reports whether
// the API accepted all of them, except those that were halved.
func (b batch) send(ctx context.Context, secrets []NamedValue) (results []MutationResult, accepted bool) {
	if limit := b.client.learned.maxBatch(); len(secrets) > limit {
		return b.split(ctx, secrets, limit)
	}
	err := b.ask(func() (err error) {
		results, err = b.client.sendDocument(ctx, b.mutation, secrets)
		return err
	})
	switch {
	case err == nil:
		return results, true
	case len(secrets) > 1 && isRefusal(err):
		return b.halve(ctx, secrets)
	}
	results = make([]MutationResult, len(secrets))
	for i, s := range secrets {
		results[i] = MutationResult{Name: s.Name, Err: err}
	}
	return results, false
}

func (b batch) split(ctx context.Context, secrets []NamedValue, limit int) (results []MutationResult, accepted bool) {
	accepted = true
	for part := range slices.Chunk(secrets, limit) {
		more, ok := b.send(ctx, part)
		results, accepted = append(results, more...), accepted && ok
	}
	return results, accepted
}

// halve sends the two halves of a document that was refused. If both are accepted,
// the length was the reason, and from now on no document is longer than they are.
// The API may have carried out a part of the refused document, so no secret counts
// as unchanged.
func (b batch) halve(ctx context.Context, secrets []NamedValue) (results []MutationResult, accepted bool) {
	half := (len(secrets) + 1) / 2
	results, first := b.send(ctx, secrets[:half])
	others, second := b.send(ctx, secrets[half:])
	if first && second {
		b.client.learned.lowerBatchLimit(half)
	}
	results = append(results, others...)
	for i := range results {
		results[i].Changed = true
	}
	return results, first && second
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
