package blocks

import (
	"context"
	"encoding/json"
	"net/http"
)

// schema holds the ids that a new document needs.
type schema struct {
	Type   string `json:"block_type_id"`
	Schema string `json:"block_schema_id"`
}

// row is the part of a type or a schema that a client reads.
type row struct {
	ID string `json:"id"`
}

func (r row) check() error {
	if !uuid().MatchString(r.ID) {
		return invalid("the id of a block's type or schema is not a UUID")
	}
	return nil
}

// findSchema returns the newest schema of Secret blocks. It installs the type if it is
// missing.
func (w *write) findSchema(ctx context.Context) (schema, error) {
	if s := w.client.cache.getSchema(); s != (schema{}) {
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
		return schema{}, invalid("the type of Secret blocks has no schema")
	}
	s := schema{Type: blockType, Schema: newest.ID}
	w.client.cache.setSchema(s)
	return s, nil
}

// findType returns the id of the type of Secret blocks. It installs the type if it is
// missing, as on a server with PREFECT_API_BLOCKS_REGISTER_ON_START=false.
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
