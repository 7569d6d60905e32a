package cloud

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/prefect-secrets/prefect-secrets/internal/graphql"
)

// session is a request with its key and tenant. It is the root of every resolver of
// Query and Mutation.
type session struct {
	api *API
	// ctx is the context that the request is executed in, from [Bounds.Begin].
	ctx    context.Context
	key    *key
	tenant Tenant
	// hooked is the request while a hook wraps its fields, else nil.
	hooked *Request
	// epoch is that of the API when the request began.
	epoch  int64
	budget budget
	// listed are the names that the key reaches. It is nil if they are not known or
	// have been written to since; concurrent writes reset it. The slice is never
	// changed in place.
	listed   atomic.Pointer[[]string]
	reserved int // bytes reserved for lists of names
}

// checkAccess checks a name against the limits and the key's patterns.
func (s *session) checkAccess(name string) error {
	if err := checkName(name); err != nil {
		return err
	}
	if !s.key.reaches(name) {
		return errForbidden
	}
	return nil
}

// checkInterrupted returns an error if the request was interrupted and must not
// write.
func (s *session) checkInterrupted() error {
	if s.epoch != s.api.epoch.Load() {
		return errAPI
	}
	return nil
}

// storeError reports an error of the store and returns the error for the client,
// which may retry. It does not report that the client went away.
func (s *session) storeError(f *graphql.Field, err error) error {
	if s.api.config.OnError != nil && !errors.Is(err, context.Canceled) {
		s.api.config.OnError(f.Name, err)
	}
	return errAPI
}

var _ graphql.Keyed = (*session)(nil)

// Key implements [graphql.Keyed]: writes of different secrets may run concurrently,
// unless the hook asks for one after another.
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
