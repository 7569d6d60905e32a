package cloud

import "github.com/prefect-secrets/prefect-secrets/internal/graphql"

var _ graphql.Keyed = (*session)(nil)

// changes are the fields that write one secret.
var changes = map[string]bool{"setSecret": true, "set_secret": true, "deleteSecret": true, "delete_secret": true}

// Key implements [graphql.Keyed]: writes of different secrets may go to the store
// at once. Where a fault is to happen, all is done in its turn.
func (s *session) Key(f *graphql.Field) string {
	if len(s.faults) > 0 || !changes[f.Name] {
		return ""
	}
	return secretName(f)
}

// Parallel implements [graphql.Keyed].
func (s *session) Parallel() int { return s.api.config.Parallel }
