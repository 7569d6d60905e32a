package blocks

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/pause"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// SetSecrets stores secrets, each by creating its block, or by changing the value of the
// one that exists.
func (c *Client) SetSecrets(ctx context.Context, secrets []prefect.NamedValue, ask prefect.Ask) []prefect.MutationResult {
	results := make([]prefect.MutationResult, len(secrets))
	for i, s := range secrets {
		results[i] = prefect.MutationResult{Name: s.Name, Changed: true}
		results[i].Err = c.write(ctx, ask, func(w *write) error { return w.set(ctx, s) })
	}
	return results
}

// DeleteSecrets deletes blocks. Deleting a missing one succeeds.
func (c *Client) DeleteSecrets(ctx context.Context, names []string, ask prefect.Ask) []prefect.MutationResult {
	results := make([]prefect.MutationResult, len(names))
	for i, name := range names {
		results[i] = prefect.MutationResult{Name: name, Changed: true}
		results[i].Err = c.write(ctx, ask, func(w *write) error { return w.remove(ctx, name) })
	}
	return results
}

// write writes or deletes one secret, in as many requests as that takes.
type write struct {
	client    *Client
	ask       prefect.Ask
	mayBeDone bool // a request may have been carried out, whose error was not the last
}

// write runs one write when the limiter admits it.
func (c *Client) write(ctx context.Context, ask prefect.Ask, run func(*write) error) error {
	if ask == nil {
		ask = func(send func() error) error { return send() }
	}
	switch err := c.limiter.acquire(ctx); {
	case ctx.Err() != nil && err != nil:
		return ask(func() error { return err }) // ask knows why the context ended
	case err != nil:
		return err
	}
	defer c.limiter.release()
	w := &write{client: c, ask: ask}
	err := run(w)
	switch {
	case err == nil, prefect.MayBeDone(err) == w.mayBeDone:
		return err
	case w.mayBeDone:
		return &unconfirmedError{err}
	}
	return &notWrittenError{err}
}

// send sends one request of the write, and again while the server's database is busy and
// the limiter allows.
func (w *write) send(ctx context.Context, req call) error {
	return again(ctx, func() (time.Duration, bool, error) {
		err := w.ask(func() error { return w.client.do(ctx, req) })
		w.mayBeDone = w.mayBeDone || req.writes && prefect.MayBeDone(err)
		rest, again := w.client.limiter.observe(err, req.writes)
		return rest, again, err
	})
}

// read sends a request that does not belong to a write, and again while the server's
// database is busy, for at most maxBusy.
func (c *Client) read(ctx context.Context, req call) error {
	var met busy
	return again(ctx, func() (rest time.Duration, again bool, err error) {
		err = c.do(ctx, req)
		c.onAnswer(err)
		if isBusy(err) {
			rest, again = met.next()
		}
		return rest, again, err
	})
}

// again calls send until it says that it is not to be called again, and after each call
// waits for as long as it says.
func again(ctx context.Context, send func() (rest time.Duration, again bool, err error)) error {
	for {
		rest, again, err := send()
		if !again || pause.For(ctx, rest) != nil {
			return err
		}
	}
}

// maxRounds bounds how often other programs may create and delete a block while it is
// written.
const maxRounds = 5

var errContended = errors.New("another program creates and deletes the block at the same time")

// set stores one secret.
func (w *write) set(ctx context.Context, s prefect.NamedValue) error {
	for range maxRounds {
		done, err := w.overwrite(ctx, s)
		if err != nil || done {
			return err
		}
		if done, err = w.create(ctx, s); err != nil || done {
			return err
		}
		if err = w.lookUp(ctx, s.Name); err != nil {
			return err
		}
	}
	return errContended
}

// data is that of a Secret block.
type data struct {
	Value json.RawMessage `json:"value"`
}

// overwrite changes the value of a block whose id is cached. It reports false if no id is
// cached, or the block is gone.
func (w *write) overwrite(ctx context.Context, s prefect.NamedValue) (done bool, err error) {
	id := w.client.cache.id(s.Name)
	if id == "" {
		return false, nil
	}
	body := struct {
		Data  data `json:"data"`
		Merge bool `json:"merge_existing_data"`
	}{data{s.Value.Reveal()}, true}
	err = w.send(ctx, call{method: http.MethodPatch, path: documentPath(id), body: body, status: http.StatusNoContent, writes: true})
	if hasDetail(err, documentMissing) {
		w.client.cache.setID(s.Name, "")
		return false, nil
	}
	return err == nil, err
}

// documentPath returns the path of a document. Its id is a UUID.
func documentPath(id string) string { return "/block_documents/" + id }

// create creates a block. It reports false if the block exists already, or if the cached
// schema is stale.
func (w *write) create(ctx context.Context, s prefect.NamedValue) (done bool, err error) {
	ids, err := w.findSchema(ctx)
	if err != nil {
		return false, err
	}
	body := struct {
		Name string `json:"name"`
		Data data   `json:"data"`
		schema
	}{s.Name, data{s.Value.Reveal()}, ids}
	err = w.send(ctx, call{method: http.MethodPost, path: "/block_documents/", body: body, status: http.StatusCreated, writes: true})
	switch {
	case hasDetail(err, integrityConflict):
		w.client.cache.setSchema(schema{})
		return false, nil
	case hasDetail(err, alreadyExists):
		return false, nil
	}
	return err == nil, err
}

// lookUp caches the id of a name's document, or removes it if the block does not exist.
func (w *write) lookUp(ctx context.Context, name string) error {
	w.client.cache.setID(name, "")
	return w.send(ctx, filterCall(newFilter(name), func(dec *json.Decoder) error {
		var d document
		if err := dec.Decode(&d); err != nil {
			return err
		}
		if err := d.check(); err != nil {
			return err
		}
		if d.Name != name {
			return invalid("it lists an unexpected block")
		}
		w.client.cache.setID(name, d.ID)
		return nil
	}))
}

// remove deletes the block of a name, and one that was created in its place.
func (w *write) remove(ctx context.Context, name string) error {
	for range maxRounds {
		if w.client.cache.id(name) == "" {
			if err := w.lookUp(ctx, name); err != nil {
				return err
			}
		}
		id := w.client.cache.id(name)
		if id == "" {
			return nil
		}
		err := w.send(ctx, call{method: http.MethodDelete, path: documentPath(id), status: http.StatusNoContent, writes: true})
		w.client.cache.setID(name, "")
		if err == nil || !hasDetail(err, documentMissing) {
			return err
		}
	}
	return fmt.Errorf("deleting: %w", errContended)
}
