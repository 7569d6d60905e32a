package prefect

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/nearest"
	"github.com/prefect-secrets/prefect-secrets/internal/pyjson"
	"github.com/prefect-secrets/prefect-secrets/prefect/config"
)

// Secret is the name of a secret: Secret("my secret").Get(ctx) reads its value.
type Secret string

// Get returns the value that a flow gets.
//
// In local execution (cloud.use_local_secrets is true, the default) the value comes
// from the context; in cloud execution from the store of the context's [Client].
// Under a [config.Config] of [config.V0_9] or [config.V1_4] the context comes first
// in cloud execution too, and under V1_4 there is cloud execution only if backend is
// cloud, both as in those releases.
//
// A string or []byte that holds JSON is parsed as Python's json.loads does: numbers
// become json.Number, objects map[string]any, arrays []any, null nil. Any other value
// is returned unchanged.
//
// The error is [ErrNotFound], [ErrBuildingFlow], what the client returns, or says that
// json.loads fails on the string: its brackets nest more than 500 deep, or an integer
// in it has more than 4,300 digits. It never holds a value.
func (s Secret) Get(ctx context.Context) (any, error) {
	v, err := s.lookup(ctx)
	if err != nil {
		return nil, err
	}
	return s.parsed(v)
}

func (s Secret) parsed(v any) (any, error) {
	v, err := parsed(v)
	if err != nil {
		return nil, fmt.Errorf("secret %q: %w", string(s), err)
	}
	return v, nil
}

// Exists reports whether the secret is there to be read: in the context, or, in
// cloud execution, among the names in the store. It may be asked while a flow is
// being built.
func (s Secret) Exists(ctx context.Context) (bool, error) {
	settings := configFrom(ctx)
	if settings.ReadsContext() {
		if _, ok := s.local(ctx); ok {
			return true, nil
		}
	}
	if !settings.ReadsStore() {
		return false, nil
	}
	c, err := s.client(ctx)
	if err != nil {
		return false, err
	}
	names, err := c.ListSecrets(ctx)
	return slices.Contains(names, string(s)), err
}

// Get reads the secret name as a T. As a string it is the secret's text: of a
// text that is a JSON string what that string holds, of other JSON the JSON
// itself. As any it is what [Secret.Get] returns. Anything else is decoded as
// encoding/json does, numbers exactly.
func Get[T any](ctx context.Context, name string) (T, error) {
	var typed T
	v, err := Secret(name).lookup(ctx)
	if err != nil {
		return typed, err
	}
	if err := into(&typed, v); err != nil {
		return *new(T), fmt.Errorf("secret %q: %w", name, err)
	}
	return typed, nil
}

// lookup finds the value without reading its text as JSON.
func (s Secret) lookup(ctx context.Context) (any, error) {
	if isBuilding(ctx) {
		return nil, fmt.Errorf("secret %q: %w", string(s), ErrBuildingFlow)
	}
	settings := configFrom(ctx)
	if settings.ReadsContext() {
		if v, ok := s.local(ctx); ok {
			return unwrapped(v)
		}
	}
	if !settings.ReadsStore() {
		return nil, s.missing(ctx)
	}
	c, err := s.client(ctx)
	if err != nil {
		return nil, err
	}
	v, err := c.GetSecret(ctx, string(s))
	if err != nil {
		return nil, err
	}
	return unwrapped(v)
}

func (s Secret) local(ctx context.Context) (any, bool) {
	explicit, fromConfig := localFrom(ctx)
	if v, ok := explicit[string(s)]; ok {
		return v, true
	}
	v, ok := fromConfig[string(s)]
	return v, ok
}

func (s Secret) client(ctx context.Context) (*Client, error) {
	if c, ok := ctx.Value(clientKey{}).(*Client); ok {
		return c, nil
	}
	return nil, fmt.Errorf("secret %q: use_local_secrets is false and the context has no client: put one in with prefect.WithClient", string(s))
}

// missing is the error for a local secret that is not there: which there are
// and the nearest of them, and why the name may differ.
func (s Secret) missing(ctx context.Context) error {
	explicit, fromConfig := localFrom(ctx)
	names := slices.Sorted(maps.Keys(merged(fromConfig, explicit)))
	return &missingError{name: string(s), hint: missingHint(string(s), names, configFrom(ctx))}
}

func missingHint(name string, names []string, c *config.Config) string {
	if lower, ok := c.LowerCased(name); ok {
		return fmt.Sprintf("the environment sets it, and names set that way are lower-case: %q", lower)
	}
	if len(names) == 0 {
		return "there are no local secrets"
	}
	hint := "there are " + quotedList(names)
	if near := nearest.Of(name, names); near != "" {
		hint = fmt.Sprintf("the nearest name is %q; %s", near, hint)
	}
	return hint
}

// listedNames bounds how many names an error lists.
const listedNames = 10

func quotedList(names []string) string {
	quoted := make([]string, 0, listedNames)
	for _, name := range names[:min(len(names), listedNames)] {
		quoted = append(quoted, strconv.Quote(name))
	}
	list := strings.Join(quoted, ", ")
	if more := len(names) - len(quoted); more > 0 {
		list += fmt.Sprintf(" and %d more", more)
	}
	return list
}

type missingError struct{ name, hint string }

func (e *missingError) Error() string {
	return fmt.Sprintf("local secret %q was not found: %s", e.name, e.hint)
}

func (e *missingError) Is(target error) bool { return target == ErrNotFound }

// unwrapped turns the carriers of JSON and of text into Go values.
func unwrapped(v any) (any, error) {
	switch v := v.(type) {
	case Value:
		return decoded(v.Reveal())
	case json.RawMessage:
		return decoded(v)
	default:
		return v, nil
	}
}

func decoded(raw json.RawMessage) (any, error) {
	var v any
	if decode(bytes.NewReader(raw), &v) != nil {
		return nil, errors.New("the value is not JSON")
	}
	return v, nil
}

// decode reads JSON, numbers as they are spelled.
func decode(text io.Reader, into any) error {
	dec := json.NewDecoder(text)
	dec.UseNumber()
	return dec.Decode(into)
}

// textOf is the text that json.loads of Python reads: a string or bytes.
func textOf(v any) (text string, ok bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case []byte:
		return string(v), true
	}
	return "", false
}

// parsed is Prefect's rule for what a flow sees: a text that json.loads reads
// becomes what it says, anything else stays as it is.
func parsed(v any) (any, error) {
	text, ok := textOf(v)
	if !ok {
		return v, nil
	}
	switch read, err := pyjson.Loads(text); {
	case err == nil:
		return read, nil
	case errors.Is(err, pyjson.ErrNotJSON):
		return v, nil
	default:
		return nil, err
	}
}

func into[T any](target *T, v any) error {
	switch target := any(target).(type) {
	case *string:
		return intoString(target, v)
	case *any:
		read, err := parsed(v)
		*target = read
		return err
	}
	if typed, ok := v.(T); ok {
		*target = typed
		return nil
	}
	text, isText := textOf(v)
	if !isText {
		raw, err := NewValue(v)
		if err != nil {
			return err
		}
		text = string(raw.Reveal())
	}
	if !json.Valid([]byte(text)) {
		return fmt.Errorf("it is a text and not the JSON of a %T", *target)
	}
	if decode(strings.NewReader(text), target) != nil {
		return fmt.Errorf("its JSON does not fit a %T", *target)
	}
	return nil
}

func intoString(target *string, v any) error {
	text, isText := textOf(v)
	if !isText {
		raw, err := NewValue(v)
		*target = string(raw.Reveal())
		return err
	}
	*target = text
	if read, err := pyjson.Loads(text); err == nil {
		if s, ok := read.(string); ok {
			*target = s
		}
	}
	return nil
}
