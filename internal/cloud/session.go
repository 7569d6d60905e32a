package cloud

import (
	"context"
	"sync/atomic"

	"github.com/prefect-secrets/prefect-secrets/internal/graphql"
)

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

// failed hides an error of the store from the client, which may try again.
func (s *session) storeError(f *graphql.Field, err error) error {
	if s.api.config.OnError != nil {
		s.api.config.OnError(f.Name, err)
	}
	return errAPI
}

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

var _ graphql.Growing = (*session)(nil)

// Grow implements [graphql.Growing].
func (s *session) Grow(bytes int) error { return s.api.config.Bounds.Answer(s.ctx, bytes) }
