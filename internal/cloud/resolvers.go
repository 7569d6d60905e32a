package cloud

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/prefect-secrets/prefect-secrets/internal/graphql"
)

// Version is what secrets_api { version } answers. It grows when clients can
// count on more.
const apiVersion = 2

func readUUID(raw json.RawMessage) (any, error) {
	var id string
	if json.Unmarshal(raw, &id) != nil || !IsUUID(strings.ToLower(id)) {
		return nil, errors.New("uuid cannot represent a value that is no UUID")
	}
	return strings.ToLower(id), nil
}

// session is who asks: the root of every resolver of Query and Mutation.
type session struct {
	api *API
	// ctx is that of the work on the request.
	ctx    context.Context
	key    *key
	tenant Tenant
	// hooked is the request while a hook stands around its fields.
	hooked *Request
	// epoch is that of the API when the request began.
	epoch  int64
	budget budget
	// listed are the names that the key reaches, or nil if they are not known or a
	// write has come since. They are not changed in place.
	// Writes that go on at once forget them.
	listed   atomic.Pointer[[]string]
	reserved int // bytes that there is room for, of names
}

type resolver func(ctx context.Context, s *session, f *graphql.Field) (any, error)

func resolvers() graphql.Resolvers {
	return graphql.Resolvers{
		"Query": {
			"secret_value": only(Runner, secretValue), "secretValue": only(Runner, secretValue),
			"secret_names": anyone(secretNames), "secretNames": anyone(secretNames),
			"secret":      anyone(secretRows),
			"tenant":      anyone(tenantRows),
			"user":        anyone(func(_ context.Context, s *session, _ *graphql.Field) (any, error) { return []any{s}, nil }),
			"auth_info":   anyone(func(_ context.Context, s *session, _ *graphql.Field) (any, error) { return s, nil }),
			"secrets_api": anyone(func(_ context.Context, s *session, _ *graphql.Field) (any, error) { return s, nil }),
		},
		"Mutation": {
			"set_secret": only(Admin, setSecret), "setSecret": only(Admin, setSecret),
			"delete_secret": only(Admin, deleteSecret), "deleteSecret": only(Admin, deleteSecret),
			"switch_tenant": anyone(switchTenant), "switchTenant": anyone(switchTenant),
			"refresh_token": refreshToken, "refreshToken": refreshToken,
		},
		"secret":          secretFields,
		"tenant":          tenantFields,
		"user":            {"default_membership": graphql.On(func(s *session) any { return s })},
		"membership":      {"tenant_id": graphql.On(func(s *session) any { return s.key.tenants[0].ID })},
		"auth_info":       {"tenant_id": graphql.On(func(s *session) any { return s.tenant.ID })},
		"secrets_api":     apiFields,
		"success_payload": payloadFields,
		"token_payload":   tokenFields("access_token", "expires_at", "refresh_token"),
		"tokenPayload":    tokenFields("accessToken", "expiresAt", "refreshToken"),
	}
}

// anyone makes a resolver for every role, though not for the bearer of a token
// that only renews another.
func anyone(f resolver) graphql.Resolver {
	return func(ctx context.Context, p graphql.Params) (any, error) {
		s := p.Source.(*session)
		if s.key.kind == refreshKind {
			return nil, errUnauthenticated
		}
		return f(ctx, s, p.Field)
	}
}

// only makes a resolver that refuses every other role.
func only(role Role, f resolver) graphql.Resolver {
	return anyone(func(ctx context.Context, s *session, field *graphql.Field) (any, error) {
		if s.key.Role != role {
			return nil, errForbidden
		}
		return f(ctx, s, field)
	})
}

// payload is the source of success_payload.
type payload struct{ changed bool }

var payloadFields = map[string]graphql.Resolver{
	"success": graphql.On(func(payload) any { return true }),
	"changed": graphql.On(func(p payload) any { return p.changed }),
}

// secretName is the name that a field is about, or "".
func secretName(f *graphql.Field) string {
	args := f.Args
	if input, ok := args["input"].(map[string]any); ok {
		args = input
	}
	name, _ := args["name"].(string)
	return name
}

// reach checks a name against the limits and the key's patterns.
func (s *session) checkAccess(name string) error {
	if err := checkName(name); err != nil {
		return err
	}
	if !s.key.reaches(name) {
		return errForbidden
	}
	return nil
}

// current refuses a write of a request that was interrupted.
func (s *session) checkInterrupted() error {
	if s.epoch != s.api.epoch.Load() {
		return errAPI
	}
	return nil
}

// sawValue tells of a value that a field is to set.
func (s *session) recordValue(f *graphql.Field) {
	if s.api.config.OnValue == nil {
		return
	}
	if input, ok := f.Args["input"].(map[string]any); ok {
		if value, ok := input["value"].(json.RawMessage); ok {
			s.api.config.OnValue(secretName(f), value)
		}
	}
}

// sawVariables tells of the values in the variables of a document that was not
// prepared.
func (a *API) recordVariables(variables graphql.Variables) {
	if a.config.OnValue == nil {
		return
	}
	for _, text := range variables.Texts() {
		var input struct {
			Name  string
			Value json.RawMessage
		}
		if json.Unmarshal(text, &input) == nil && input.Value != nil {
			a.config.OnValue(input.Name, input.Value)
		}
	}
}

// failed hides an error of the store from the client, which may try again.
func (s *session) storeError(f *graphql.Field, err error) error {
	if s.api.config.OnError != nil {
		s.api.config.OnError(f.Name, err)
	}
	return errAPI
}

func setSecret(ctx context.Context, s *session, f *graphql.Field) (any, error) {
	name := secretName(f)
	if err := s.checkAccess(name); err != nil {
		return nil, err
	}
	value := f.Args["input"].(map[string]any)["value"].(json.RawMessage)
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

// deleteSecret asks whether the name exists only if changed is selected.
func deleteSecret(ctx context.Context, s *session, f *graphql.Field) (any, error) {
	name := secretName(f)
	if err := s.checkAccess(name); err != nil {
		return nil, err
	}
	existed := true
	if f.Selects("changed") {
		info, err := s.api.config.Store.Info(ctx, s.tenant.ID, name)
		if err != nil {
			return nil, s.storeError(f, err)
		}
		_, existed = info[name]
	}
	if err := s.checkInterrupted(); err != nil {
		return nil, err
	}
	s.listed.Store(nil)
	if err := s.api.config.Store.Delete(ctx, s.tenant.ID, name); err != nil {
		return nil, s.storeError(f, err)
	}
	return payload{existed}, nil
}

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

func secretNames(ctx context.Context, s *session, f *graphql.Field) (any, error) {
	names, err := s.names(ctx, f)
	s.budget.spendNames(names, 1)
	return names, err
}

// names lists what the key's patterns let it see, sorted: one listing of the store
// for all fields of a request between two writes. Nobody may change them in place.
func (s *session) names(ctx context.Context, f *graphql.Field) ([]string, error) {
	if err := s.budget.check(); err != nil {
		return nil, err
	}
	if names := s.listed.Load(); names != nil {
		return *names, nil
	}
	all, err := s.list(ctx)
	if err != nil {
		return nil, s.storeError(f, err)
	}
	names := slices.DeleteFunc(all, func(name string) bool { return !s.key.reaches(name) })
	s.listed.Store(&names)
	return names, nil
}
