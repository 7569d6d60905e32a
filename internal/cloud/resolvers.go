package cloud

import (
	"context"

	"github.com/prefect-secrets/prefect-secrets/internal/graphql"
)

// resolver resolves a field of Query or Mutation.
type resolver func(ctx context.Context, s *session, f *graphql.Field) (any, error)

// resolvers returns the resolvers of all fields, of both dialects.
func resolvers() graphql.Resolvers {
	self := anyRole(func(_ context.Context, s *session, _ *graphql.Field) (any, error) { return s, nil })
	selfInList := func(_ context.Context, s *session, _ *graphql.Field) (any, error) { return []any{s}, nil }
	return graphql.Resolvers{
		"Query": {
			"secret_value": onlyRole(Runner, secretValue), "secretValue": onlyRole(Runner, secretValue),
			"secret_names": anyRole(secretNames), "secretNames": anyRole(secretNames),
			"secret":    anyRole(secretRows),
			"tenant":    anyRole(tenantRows),
			"user":      anyRole(selfInList),
			"auth_info": self, "authInfo": self, "secrets_api": self,
		},
		"Mutation": {
			"set_secret": onlyRole(Admin, setSecret), "setSecret": onlyRole(Admin, setSecret),
			"delete_secret": onlyRole(Admin, deleteSecret), "deleteSecret": onlyRole(Admin, deleteSecret),
			"switch_tenant": anyRole(switchTenant), "switchTenant": anyRole(switchTenant),
			"refresh_token": refreshToken, "refreshToken": refreshToken,
		},
		"secret":     secretFields,
		"tenant":     tenantFields,
		"user":       {"default_membership": graphql.On(func(s *session) any { return s })},
		"membership": {"tenant_id": graphql.On(func(s *session) any { return s.key.tenants[0].ID })},
		"auth_info": {
			"tenant_id":       graphql.On(func(s *session) any { return s.tenant.ID }),
			"api_token_scope": graphql.On(tokenScope),
		},
		"authInfo":        {"apiTokenScope": graphql.On(tokenScope)},
		"secrets_api":     apiFields,
		"success_payload": payloadFields,
		"token_payload":   tokenFields("access_token", "expires_at", "refresh_token"),
		"tokenPayload":    tokenFields("accessToken", "expiresAt", "refreshToken"),
	}
}

// tokenScope returns the scope of the key in use, in the words of Prefect Cloud: an
// agent before Prefect 0.15 starts only with RUNNER.
func tokenScope(s *session) any {
	if s.key.Role == Runner {
		return "RUNNER"
	}
	return "USER"
}

// anyRole returns a resolver for every role. It refuses a refresh token.
func anyRole(f resolver) graphql.Resolver {
	return func(ctx context.Context, p graphql.Params) (any, error) {
		s := p.Source.(*session)
		if s.key.kind == refreshKind {
			return nil, errUnauthenticated
		}
		return f(ctx, s, p.Field)
	}
}

// onlyRole returns a resolver that refuses every other role.
func onlyRole(role Role, f resolver) graphql.Resolver {
	return anyRole(func(ctx context.Context, s *session, field *graphql.Field) (any, error) {
		if s.key.Role != role {
			return nil, errForbidden
		}
		return f(ctx, s, field)
	})
}

// secretName returns the name of the secret that a field is about, or "".
func secretName(f *graphql.Field) string {
	name := f.Arg("name")
	if input, ok := f.Arg("input").(map[string]any); ok {
		name = input["name"]
	}
	text, _ := name.(string)
	return text
}
