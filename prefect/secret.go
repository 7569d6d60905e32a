package prefect

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/nearest"
	"github.com/prefect-secrets/prefect-secrets/prefect/config"
)

// Secret is the name of a secret. Secret("my secret").Get(ctx) reads its value.
type Secret string

// Get returns the value that a flow gets.
//
// In local execution (cloud.use_local_secrets is true, the default) the value comes
// from the context; in cloud execution from the store of the context's [Client].
// Under a [config.Config] of a release the context comes first in cloud execution too,
// but for 0.6, and from 0.14.5 on there is cloud execution only if backend is cloud,
// both as in those releases.
//
// A string or []byte that holds JSON is parsed as Python's json.loads does: numbers
// become json.Number, objects map[string]any, arrays []any, null nil. Any other
// value is returned unchanged.
//
// It returns [ErrNotFound], [ErrBuildingFlow], an error of the client, or an error if
// json.loads would fail on the string: brackets nested more than 500 deep, or an
// integer of more than 4,300 digits. No error holds a value.
func (s Secret) Get(ctx context.Context) (any, error) {
	v, stored, err := s.lookup(ctx)
	if err != nil || stored && !configFrom(ctx).ParsesStored() {
		return v, err
	}
	return s.parse(v)
}

func (s Secret) parse(v any) (any, error) {
	v, err := parsed(v)
	if err != nil {
		return nil, fmt.Errorf("secret %q: %w", string(s), err)
	}
	return v, nil
}

// Exists reports whether the secret can be read: it is in the context or, in cloud
// execution, among the names in the store. It works while a flow is being built.
func (s Secret) Exists(ctx context.Context) (bool, error) {
	settings := configFrom(ctx)
	if settings.ReadsContext() {
		if _, ok := s.local(ctx); ok {
			return true, nil
		}
	}
	if !settings.ListsStore() {
		return false, nil
	}
	c, err := s.client(ctx)
	if err != nil {
		return false, err
	}
	names, err := c.ListSecrets(ctx)
	return slices.Contains(names, string(s)), err
}

// Get reads the secret name as a T:
//   - a string is the contents of a secret that is a string, and the JSON of any other;
//   - an any is what [Secret.Get] returns;
//   - any other T is decoded from the JSON as by encoding/json.
//
// It returns the errors of [Secret.Get], and one if the JSON does not fit T, which
// names the secret and the type, never the value.
func Get[T any](ctx context.Context, name string) (T, error) {
	var typed T
	v, _, err := Secret(name).lookup(ctx)
	if err != nil {
		return typed, err
	}
	if err := decodeInto(&typed, v); err != nil {
		return *new(T), fmt.Errorf("secret %q: %w", name, err)
	}
	return typed, nil
}

// lookup finds the value, without parsing the JSON in a string. stored reports that it
// is from the store.
func (s Secret) lookup(ctx context.Context) (v any, stored bool, err error) {
	if isBuilding(ctx) {
		return nil, false, fmt.Errorf("secret %q: %w", string(s), ErrBuildingFlow)
	}
	settings := configFrom(ctx)
	if settings.ReadsContext() {
		if v, ok := s.local(ctx); ok {
			v, err = unwrapped(v)
			return v, false, err
		}
	}
	if !settings.ReadsStore() {
		return nil, false, s.notFound(ctx)
	}
	c, err := s.client(ctx)
	if err != nil {
		return nil, false, err
	}
	value, err := c.GetSecret(ctx, string(s))
	if err != nil {
		return nil, false, err
	}
	v, err = unwrapped(value)
	return v, true, err
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
	if c, _ := ctx.Value(clientKey{}).(*Client); c != nil {
		return c, nil
	}
	return nil, fmt.Errorf("secret %q: use_local_secrets is false and the context has no client: add one with prefect.WithClient", string(s))
}

// notFound returns the error for a missing local secret. It lists the local secrets
// and the nearest name, or says why the name differs.
func (s Secret) notFound(ctx context.Context) error {
	explicit, fromConfig := localFrom(ctx)
	names := slices.Sorted(maps.Keys(merged(fromConfig, explicit)))
	hint := notFoundHint(string(s), names, configFrom(ctx))
	if reason := clientUnusedReason(ctx); reason != "" {
		hint += "; " + reason
	}
	return &notFoundError{name: string(s), hint: hint}
}

// clientUnusedReason returns why the context's client is not asked for a secret, and
// what to do. It is empty if the context has no client.
func clientUnusedReason(ctx context.Context) string {
	client, _ := ctx.Value(clientKey{}).(*Client)
	switch {
	case client == nil:
		return ""
	case configFrom(ctx).UseLocalSecrets():
		return "the context has a client, which is not used because use_local_secrets is true: pass a config with use_local_secrets = false to prefect.WithConfig"
	default:
		return `the context has a client, which is not used because backend is not "cloud": pass a config with backend = "cloud" to prefect.WithConfig`
	}
}

func notFoundHint(name string, names []string, c *config.Config) string {
	if lower, ok := c.LowerCased(name); ok {
		return fmt.Sprintf("the environment sets it, and names set that way are lower-case: %q", lower)
	}
	hint := "there are no local secrets"
	switch len(names) {
	case 0:
	case 1:
		hint = "the only local secret is " + quotedList(names)
	default:
		hint = "the local secrets are " + quotedList(names)
	}
	if near := nearest.Of(name, names); near != "" {
		hint = fmt.Sprintf("did you mean %q? %s", near, hint)
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

type notFoundError struct{ name, hint string }

func (e *notFoundError) Error() string {
	return fmt.Sprintf("local secret %q was not found: %s", e.name, e.hint)
}

func (e *notFoundError) Is(target error) bool { return target == ErrNotFound }
