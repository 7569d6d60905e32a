package cloud

import (
	"context"
	"errors"

	"github.com/prefect-secrets/prefect-secrets/internal/graphql"
)

// CodeNotFound is the code that [Config.OnCall] gets for a read of a name that is not
// there. Clients get Apollo's INTERNAL_SERVER_ERROR, as from Prefect Cloud.
const CodeNotFound = "NOT_FOUND"

// told tells of a field that has its outcome. An error is the client's answer in
// place of the outcome, which must not go out unseen.
func (s *session) told(ctx context.Context, f *graphql.Field, code string, err error) error {
	if s.api.config.OnCall == nil {
		return nil
	}
	call := s.call(f).Call
	call.Err = code
	if errors.Is(err, errNoValue) {
		call.Err = CodeNotFound
	}
	if s.api.config.OnCall(ctx, call) != nil {
		return errAPI
	}
	return nil
}

// toldRefused tells of a request, or of a document of one, that came to no field.
// Who asked is unknown where s is nil. It is refused either way.
func (a *API) toldRefused(ctx context.Context, s *session, code string) {
	if a.config.OnCall == nil {
		return
	}
	call := Call{Err: code}
	if s != nil {
		call.Key, call.Tenant = s.key.Name, s.tenant.ID
	}
	_ = a.config.OnCall(ctx, call)
}
