package cloud

import (
	"context"

	"github.com/prefect-secrets/prefect-secrets/internal/graphql"
)

// apiVersion is what secrets_api { version } returns. It increases when clients can
// rely on more.
const apiVersion = 2

// apiFields resolve the fields of secrets_api: what this API is, and what the key
// may do in it.
var apiFields = map[string]graphql.Resolver{
	"version":     graphql.On(func(*session) any { return apiVersion }),
	"key":         graphql.On(func(s *session) any { return s.key.Name }),
	"role":        graphql.On(func(s *session) any { return string(s.key.Role) }),
	"tenant":      graphql.On(func(s *session) any { return s.tenant.Slug }),
	"unreachable": unreachable,
}

// unreachable returns those names that the key's patterns do not match. Each name
// counts as a row, and again for each pattern that it is compared with.
func unreachable(_ context.Context, p graphql.Params) (any, error) {
	s := p.Source.(*session)
	if err := s.budget.check(); err != nil {
		return nil, err
	}
	names, _ := p.Field.Arg("names").([]any)
	s.budget.rows += len(names) * (1 + len(s.key.Patterns))
	out := []string{}
	for _, name := range names {
		if name := name.(string); !s.key.reaches(name) {
			out = append(out, name)
			s.budget.bytes += len(name)
		}
	}
	return out, nil
}
