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

// write is the writing of one secret, in as many requests as it takes.
type write struct {
	client    *Client
	ask       prefect.Ask
	mayBeDone bool // a request may have been carried out, whose error was not the last
}

// write writes one secret at its turn.
func (c *Client) write(ctx context.Context, ask prefect.Ask, run func(*write) error) error {
	if ask == nil {
		ask = func(send func() error) error { return send() }
	}
	switch err := c.gate.enter(ctx); {
	case ctx.Err() != nil && err != nil:
		return ask(func() error { return err }) // which knows better why
	case err != nil:
		return err
	}
	defer c.gate.leave()
	w := &write{client: c, ask: ask}
	err := run(w)
	switch {
	case err == nil, prefect.MayBeDone(err) == w.mayBeDone:
		return err
	case w.mayBeDone:
		return &doubtfulError{err}
	}
	return &unwrittenError{err}
}

// send sends one request of the write, again as long as the server's database is busy
// and that may end soon.
func (w *write) send(ctx context.Context, req call) error {
	return again(ctx, func() (time.Duration, bool, error) {
		err := w.ask(func() error { return w.client.do(ctx, req) })
		w.mayBeDone = w.mayBeDone || req.writes && prefect.MayBeDone(err)
		rest, again := w.client.gate.note(err, req.writes)
		return rest, again, err
	})
}

// read sends a request of no write, like [write.send].
func (c *Client) read(ctx context.Context, req call) error {
	var met busy
	return again(ctx, func() (rest time.Duration, again bool, err error) {
		if err = c.do(ctx, req); isBusy(err) {
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

// maxRounds bounds how often a name may come and go while it is written.
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

// overwrite changes the value of the block whose id is known. It reports false if there
// is none.
func (w *write) overwrite(ctx context.Context, s prefect.NamedValue) (done bool, err error) {
	id := w.client.known.id(s.Name)
	if id == "" {
		return false, nil
	}
	body := struct {
		Data  data `json:"data"`
		Merge bool `json:"merge_existing_data"`
	}{data{s.Value.Reveal()}, true}
	err = w.send(ctx, call{method: http.MethodPatch, path: documentPath(id), body: body, status: http.StatusNoContent, writes: true})
	if hasDetail(err, documentMissing) {
		w.client.known.setID(s.Name, "")
		return false, nil
	}
	return err == nil, err
}

// documentPath returns the path of a document. Its id is a UUID.
func documentPath(id string) string { return "/block_documents/" + id }

// create creates a block. It reports false if there is one already, or if what is known
// of the schema is no longer true.
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
		w.client.known.setSchema(schema{})
		return false, nil
	case hasDetail(err, alreadyExists):
		return false, nil
	}
	return err == nil, err
}

// lookUp learns the id of a name's document, or that there is none.
func (w *write) lookUp(ctx context.Context, name string) error {
	w.client.known.setID(name, "")
	return w.send(ctx, filterCall(newFilter(name), func(dec *json.Decoder) error {
		var d document
		if err := dec.Decode(&d); err != nil {
			return err
		}
		if err := d.check(); err != nil {
			return err
		}
		if d.Name != name {
			return hostile("it lists a block that was not asked for")
		}
		w.client.known.setID(name, d.ID)
		return nil
	}))
}

// remove deletes the block of a name, and one that was created in its place.
func (w *write) remove(ctx context.Context, name string) error {
	for range maxRounds {
		if w.client.known.id(name) == "" {
			if err := w.lookUp(ctx, name); err != nil {
				return err
			}
		}
		id := w.client.known.id(name)
		if id == "" {
			return nil
		}
		err := w.send(ctx, call{method: http.MethodDelete, path: documentPath(id), status: http.StatusNoContent, writes: true})
		w.client.known.setID(name, "")
		if err == nil || !hasDetail(err, documentMissing) {
			return err
		}
	}
	return fmt.Errorf("deleting: %w", errContended)
}
