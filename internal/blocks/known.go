package blocks

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
)

// known is what a client has learned: the ids of documents by name, and the type and the
// schema that a new document needs. The zero value is ready to use.
type known struct {
	mu     sync.Mutex
	ids    map[string]string
	schema schema
}

// schema are the ids that a new document needs.
type schema struct {
	Type   string `json:"block_type_id"`
	Schema string `json:"block_schema_id"`
}

// setIDs replaces the ids by those of a complete list.
func (k *known) setIDs(documents []document) {
	ids := make(map[string]string, len(documents))
	for _, d := range documents {
		ids[d.Name] = d.ID
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.ids = ids
}

// id returns the id of a name's document, empty if none is known.
func (k *known) id(name string) string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.ids[name]
}

// setID sets the id of a name's document; an empty one forgets it.
func (k *known) setID(name, id string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.ids == nil {
		k.ids = map[string]string{}
	}
	k.ids[name] = id
}

func (k *known) getSchema() schema {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.schema
}

func (k *known) setSchema(s schema) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.schema = s
}

// row is what a client reads of a type or a schema.
type row struct {
	ID string `json:"id"`
}

func (r row) check() error {
	if !uuid().MatchString(r.ID) {
		return hostile("the id of a block's type or schema is not a UUID")
	}
	return nil
}

// findSchema returns the schema for a new document: the newest of the type. It installs
// the type where it is missing.
func (w *write) findSchema(ctx context.Context) (schema, error) {
	if s := w.client.known.getSchema(); s != (schema{}) {
		return s, nil
	}
	blockType, err := w.findType(ctx)
	if err != nil {
		return schema{}, err
	}
	newest := row{}
	body := map[string]any{
		"block_schemas": map[string]any{"block_type_id": anyOf{[]string{blockType}}},
		"limit":         1,
	}
	req := call{method: http.MethodPost, path: "/block_schemas/filter", body: body, status: http.StatusOK, read: func(dec *json.Decoder) error {
		return readPage(dec, 1, func(dec *json.Decoder) error {
			if err := dec.Decode(&newest); err != nil {
				return err
			}
			return newest.check()
		})
	}}
	if err := w.send(ctx, req); err != nil {
		return schema{}, err
	}
	if newest.ID == "" {
		return schema{}, hostile("the type of Secret blocks has no schema")
	}
	s := schema{Type: blockType, Schema: newest.ID}
	w.client.known.setSchema(s)
	return s, nil
}

// findType returns the id of the type of Secret blocks, and installs it where it is
// missing: a server may be set up to have no types at first.
func (w *write) findType(ctx context.Context) (string, error) {
	found := row{}
	find := call{method: http.MethodGet, path: "/block_types/slug/" + blockType, status: http.StatusOK, read: func(dec *json.Decoder) error {
		if err := dec.Decode(&found); err != nil {
			return err
		}
		return found.check()
	}}
	err := w.send(ctx, find)
	if !hasDetail(err, typeMissing) {
		return found.ID, err
	}
	install := call{method: http.MethodPost, path: "/block_types/install_system_block_types", status: http.StatusOK}
	if err := w.send(ctx, install); err != nil {
		return "", err
	}
	err = w.send(ctx, find)
	return found.ID, err
}
