package cloud

import "github.com/prefect-secrets/prefect-secrets/internal/graphql"

var _ graphql.Keyed = (*session)(nil)

// Key implements [graphql.Keyed]: writes of different secrets may go to the store
// at once, unless a hook wants all in turn.
func (s *session) Key(f *graphql.Field) string {
	if s.hooked != nil && s.hooked.middleware.Sequential() || !s.api.schema.fields[f.Name].Named {
		return ""
	}
	return secretName(f)
}

// Parallel implements [graphql.Keyed].
func (s *session) Parallel() int { return s.api.config.Parallel }
