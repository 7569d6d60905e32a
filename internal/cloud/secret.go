package cloud

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/prefect-secrets/prefect-secrets/internal/graphql"
	"github.com/prefect-secrets/prefect-secrets/internal/rawjson"
)

// Limits of one secret. Exceeding one is an error of the field alone.
const (
	MaxName  = 255      // bytes
	MaxValue = 64 << 10 // bytes of JSON
)

// ReadSecret returns a value in the form in which setSecret stores it. The error
// says why setSecret would refuse the name or the value, and does not hold the
// value.
func ReadSecret(name string, value json.RawMessage) (json.RawMessage, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	if !utf8.ValidString(name) {
		return nil, errors.New("the name of a secret is not UTF-8")
	}
	if !json.Valid(value) || !utf8.Valid(value) {
		return nil, errors.New("the value of a secret is not JSON")
	}
	canonical := rawjson.Canonical(value)
	if string(canonical) == "null" {
		return nil, errors.New("the value of a secret must not be null")
	}
	return canonical, checkValue(canonical)
}

func checkName(name string) error {
	switch {
	case name == "":
		return badInput("the name of a secret must not be empty")
	case len(name) > MaxName:
		return badInput(fmt.Sprintf("the name of a secret holds at most %d bytes", MaxName))
	}
	return nil
}

func checkValue(value json.RawMessage) error {
	if len(value) > MaxValue {
		return badInput(fmt.Sprintf("the value of a secret holds at most %d bytes of JSON", MaxValue))
	}
	return nil
}

func badInput(message string) error {
	return &graphql.Error{Message: message, Code: graphql.CodeBadUserInput}
}

// payload is the source of success_payload.
type payload struct{ changed bool }

var payloadFields = map[string]graphql.Resolver{
	"success": graphql.On(func(payload) any { return true }),
	"changed": graphql.On(func(p payload) any { return p.changed }),
}

// setSecret resolves set_secret.
func setSecret(ctx context.Context, s *session, f *graphql.Field) (any, error) {
	name := secretName(f)
	if err := s.checkAccess(name); err != nil {
		return nil, err
	}
	value := f.Arg("input").(map[string]any)["value"].(json.RawMessage)
	if err := checkValue(value); err != nil {
		return nil, err
	}
	if err := s.checkInterrupted(); err != nil {
		return nil, err
	}
	s.listed.Store(nil)
	changed, err := s.api.config.Store.Set(ctx, s.tenant.ID, name, value, s.key.Name, f.Selects("changed"))
	if err != nil {
		return nil, s.storeError(f, err)
	}
	return payload{changed}, nil
}

// deleteSecret resolves delete_secret. It asks the store whether the name exists only
// if changed is selected.
func deleteSecret(ctx context.Context, s *session, f *graphql.Field) (any, error) {
	name := secretName(f)
	if err := s.checkAccess(name); err != nil {
		return nil, err
	}
	changed := true
	if f.Selects("changed") {
		info, err := s.api.config.Store.Info(ctx, s.tenant.ID, name)
		if err != nil {
			return nil, s.storeError(f, err)
		}
		_, changed = info[name]
	}
	if err := s.checkInterrupted(); err != nil {
		return nil, err
	}
	s.listed.Store(nil)
	if err := s.api.config.Store.Delete(ctx, s.tenant.ID, name); err != nil {
		return nil, s.storeError(f, err)
	}
	return payload{changed}, nil
}

// secretValue resolves secret_value.
func secretValue(ctx context.Context, s *session, f *graphql.Field) (any, error) {
	name := secretName(f)
	if err := s.checkAccess(name); err != nil {
		return nil, err
	}
	if err := s.budget.check(); err != nil {
		return nil, err
	}
	value, err := s.api.config.Store.Get(ctx, s.tenant.ID, name)
	if errors.Is(err, ErrNotFound) {
		return nil, errNoValue
	}
	if err != nil {
		return nil, s.storeError(f, err)
	}
	s.budget.bytes += len(value)
	return value, nil
}
