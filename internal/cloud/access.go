package cloud

import (
	"context"

	"github.com/prefect-secrets/prefect-secrets/internal/graphql"
)

// accessFields tell what this API is, and what the key may do in it.
var apiFields = map[string]graphql.Resolver{
	"version":     graphql.On(func(*session) any { return apiVersion }),
	"key":         graphql.On(func(s *session) any { return s.key.Name }),
	"role":        graphql.On(func(s *session) any { return string(s.key.Role) }),
	"tenant":      graphql.On(func(s *session) any { return s.tenant.Slug }),
	"unreachable": unreachable,
}

// unreachable spends a row for each name and each pattern that it is compared with.
func unreachable(_ context.Context, p graphql.Params) (any, error) {
	s := p.Source.(*session)
	if err := s.budget.check(); err != nil {
		return nil, err
	}
	names, _ := p.Field.Args["names"].([]any)
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
