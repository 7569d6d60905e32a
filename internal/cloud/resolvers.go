package cloud

import (
	"context"

	"github.com/prefect-secrets/prefect-secrets/internal/graphql"
)

// resolver resolves a field of Query or Mutation.
type resolver func(ctx context.Context, s *session, f *graphql.Field) (any, error)

// resolvers returns the resolvers of all fields, of both dialects.
func resolvers() graphql.Resolvers {
	self := anyone(func(_ context.Context, s *session, _ *graphql.Field) (any, error) { return s, nil })
	selfInList := func(_ context.Context, s *session, _ *graphql.Field) (any, error) { return []any{s}, nil }
	return graphql.Resolvers{
		"Query": {
			"secret_value": only(Runner, secretValue), "secretValue": only(Runner, secretValue),
			"secret_names": anyone(secretNames), "secretNames": anyone(secretNames),
			"secret":    anyone(secretRows),
			"tenant":    anyone(tenantRows),
			"user":      anyone(selfInList),
			"auth_info": self, "secrets_api": self,
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

// anyone returns a resolver for every role. It refuses a refresh token.
func anyone(f resolver) graphql.Resolver {
	return func(ctx context.Context, p graphql.Params) (any, error) {
		s := p.Source.(*session)
		if s.key.kind == refreshKind {
			return nil, errUnauthenticated
		}
		return f(ctx, s, p.Field)
	}
}

// only returns a resolver that refuses every other role.
func only(role Role, f resolver) graphql.Resolver {
	return anyone(func(ctx context.Context, s *session, field *graphql.Field) (any, error) {
		if s.key.Role != role {
			return nil, errForbidden
		}
		return f(ctx, s, field)
	})
}

// secretName returns the name of the secret that a field is about, or "".
func secretName(f *graphql.Field) string {
	args := f.Args
	if input, ok := args["input"].(map[string]any); ok {
		args = input
	}
	name, _ := args["name"].(string)
	return name
}
