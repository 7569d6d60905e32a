package cloud

import (
	"context"
	"errors"

	"github.com/prefect-secrets/prefect-secrets/internal/graphql"
)

// Call is one field of Query or Mutation that a client asked for. It holds no
// value.
type Call struct {
	Alias  string // the result key
	Field  string // the field's name in the client's spelling
	Tenant string // the tenant's id
	Secret string // the secret's name, empty if the field is about none
	Key    string // the name of the key
	// Err is the code of the error that the field ended with, empty for success.
	Err string
}

// CodeNotFound is the code that [Config.OnCall] gets for a read of a name that is not
// there. Clients get Apollo's INTERNAL_SERVER_ERROR, as from Prefect Cloud.
const CodeNotFound = "NOT_FOUND"

// call describes a field before its end is known.
func (s *session) call(f *graphql.Field) Call {
	return Call{Alias: f.Key, Field: f.Name, Tenant: s.tenant.ID, Secret: secretName(f), Key: s.key.Name}
}

// codeOf is what a client sees of an error as extensions.code.
func codeOf(err error) string {
	if err == nil {
		return ""
	}
	var known *graphql.Error
	if errors.As(err, &known) && known.Code != "" {
		return known.Code
	}
	return graphql.CodeInternal
}

// told tells of a field that has its outcome. An error is the client's answer in
// place of the outcome, which must not go out unseen.
func (s *session) reportCall(ctx context.Context, f *graphql.Field, code string, err error) error {
	if s.api.config.OnCall == nil {
		return nil
	}
	call := s.call(f)
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
func (a *API) reportRefused(ctx context.Context, s *session, code string) {
	if a.config.OnCall == nil {
		return
	}
	call := Call{Err: code}
	if s != nil {
		call.Key, call.Tenant = s.key.Name, s.tenant.ID
	}
	_ = a.config.OnCall(ctx, call)
}
