package sync

import "errors"

// The tests of package sync_test reach these parts by themselves.

// HasSecrets reports whether a plan of this source alone finds a secret in it.
func (s *Source) HasSecrets() bool {
	_, err := NewPlan(PlanInput{Sources: []*Source{s}})
	return !errors.Is(err, ErrEmptySource)
}
