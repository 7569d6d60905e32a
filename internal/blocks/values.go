package blocks

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/prefect-secrets/prefect-secrets/internal/pyjson"
	"github.com/prefect-secrets/prefect-secrets/internal/surrogate"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// valued is a document with its value.
type valued struct {
	document
	Data data `json:"data"`
}

// isHidden reports whether the API hides the value from this key, or a part of it: there is
// no value, it is masked, or an object or a list has a masked string. A server masks a
// string as a whole, and every one as the same eight asterisks (obfuscate of Prefect).
func (v valued) isHidden() bool {
	const quoted = `"` + masked + `"`
	switch raw := v.Data.Value; {
	case len(raw) == 0, string(raw) == "null":
		return true
	case isText(raw):
		return string(raw) == quoted
	default:
		return bytes.Contains(raw, []byte(quoted))
	}
}

// values calls visit with the documents of the names that exist, with their values, each
// at least once. It retains none.
func (c *Client) values(ctx context.Context, names []string, visit func(valued)) error {
	for part := range slices.Chunk(names, pageLen) {
		err := c.valuesOf(ctx, part, visit)
		if errors.Is(err, errTooLarge) && len(part) > 1 {
			half := len(part) / 2
			if err = c.values(ctx, part[:half], visit); err == nil {
				err = c.values(ctx, part[half:], visit)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// valuesOf reads the values of one page of names.
func (c *Client) valuesOf(ctx context.Context, names []string, visit func(valued)) error {
	asked := make(map[string]bool, len(names))
	for _, name := range names {
		asked[name] = true
	}
	f := newFilter(names...)
	f.Secrets = true
	return c.read(ctx, filterCall(f, func(dec *json.Decoder) error {
		var v valued
		if err := dec.Decode(&v); err != nil {
			return err
		}
		if err := v.check(); err != nil {
			return err
		}
		if !asked[v.Name] {
			return invalid("it lists an unexpected block, or one twice")
		}
		asked[v.Name] = false
		visit(v)
		return nil
	}))
}

// Unchanged returns the names of the secrets whose block has that string already. It
// asks for the values of these names alone, and makes no claim if the key may not read
// them.
func (c *Client) Unchanged(ctx context.Context, secrets []prefect.NamedValue) ([]string, error) {
	wanted, names := map[string]prefect.Value{}, make([]string, len(secrets))
	for i, s := range secrets {
		wanted[s.Name], names[i] = s.Value, s.Name
	}
	var unchanged []string
	err := c.values(ctx, names, func(v valued) {
		if want, ok := wanted[v.Name]; ok && isString(v.Data.Value, want) {
			unchanged = append(unchanged, v.Name)
			delete(wanted, v.Name)
		}
	})
	switch {
	case errors.Is(err, prefect.ErrForbidden), errors.Is(err, errTooLarge):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("comparing values: %w", err)
	}
	return unchanged, nil
}

// isString reports whether a stored value is a string that equals what is to be stored.
// An object is not, whatever a flow gets: the API shows it to whoever may list blocks. A
// hidden value is not either.
func isString(stored json.RawMessage, want prefect.Value) bool {
	raw := want.Reveal()
	if bytes.Equal(stored, raw) {
		return isText(raw) && !bytes.Equal(raw, []byte(`"`+masked+`"`))
	}
	if !isText(stored) || !isText(raw) || surrogate.Lone(stored) || surrogate.Lone(raw) {
		return false
	}
	var text string
	return json.Unmarshal(stored, &text) == nil && text == want.RevealText() && text != masked
}

func isText(raw json.RawMessage) bool { return len(raw) > 0 && raw[0] == '"' }

// GetFlowValues returns what flows of the reader get for the names. A block that the API
// does not list with its value is one that this key may not read.
func (c *Client) GetFlowValues(ctx context.Context, names []string) (values map[string]any, unreadable []string, err error) {
	values = make(map[string]any, len(names))
	readable := make(map[string]bool, len(names))
	err = c.values(ctx, names, func(v valued) {
		readable[v.Name] = !v.isHidden()
		if value, ok := c.flowValue(v.Data.Value); ok {
			values[v.Name] = value
		}
	})
	if err != nil {
		return nil, nil, fmt.Errorf("reading values back: %w", err)
	}
	for _, name := range names {
		if !readable[name] {
			unreadable = append(unreadable, name)
		}
	}
	return values, unreadable, nil
}

// flowValue returns what get() of a Secret block returns; false if no flow can load it.
func (c *Client) flowValue(stored json.RawMessage) (value any, ok bool) {
	dec := json.NewDecoder(bytes.NewReader(stored))
	dec.UseNumber()
	if dec.Decode(&value) != nil {
		return nil, false
	}
	if c.reader == Reader2 {
		return asString(value)
	}
	text, isText := value.(string)
	if !isText {
		return value, true
	}
	loaded, err := pyjson.Loads(text)
	if errors.Is(err, pyjson.ErrNotJSON) {
		return text, true
	}
	return loaded, err == nil
}

// asString returns what Prefect 2 makes of a value, whose type there is a string.
func asString(value any) (any, bool) {
	switch v := value.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		if v {
			return "True", true
		}
		return "False", true
	}
	return nil, false
}
