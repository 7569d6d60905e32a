package cloud

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/prefect-secrets/prefect-secrets/internal/graphql"
)

// Call is one field of Query or Mutation that a client asked for. It holds no
// value.
type Call struct {
	Alias  string // the result key
	Field  string // the field's name in the client's dialect
	Tenant string // the tenant's id
	Secret string // the secret's name; empty if the field is not about one secret
	Key    string // the name of the key
	// Err is the code of the error that the field ended with; empty means success.
	Err string
}

// codeNotFound is the code that [Config.OnCall] gets if the value to read does not
// exist. Clients get Apollo's INTERNAL_SERVER_ERROR, as from Prefect Cloud.
const codeNotFound = "NOT_FOUND"

// call describes a field whose outcome is not known yet.
func (s *session) call(f *graphql.Field) Call {
	return Call{Alias: f.Key, Field: f.Name, Tenant: s.tenant.ID, Secret: secretName(f), Key: s.key.Name}
}

// codeOf returns what a client gets as extensions.code for an error.
func codeOf(err error) string {
	if err == nil {
		return ""
	}
	var e *graphql.Error
	if errors.As(err, &e) && e.Code != "" {
		return e.Code
	}
	return graphql.CodeInternal
}

// reportCall calls [Config.OnCall] with the outcome of a field. If it returns an
// error, the client gets that error instead of the outcome, which must not go out
// unreported.
func (s *session) reportCall(ctx context.Context, f *graphql.Field, err error) error {
	if s.api.config.OnCall == nil {
		return nil
	}
	call := s.call(f)
	call.Err = codeOf(err)
	if errors.Is(err, errNoValue) {
		call.Err = codeNotFound
	}
	if s.api.config.OnCall(ctx, call) != nil {
		return errAPI
	}
	return nil
}

// reportRefused calls [Config.OnCall] for a request, or one of its documents, that
// is refused before any of its fields is resolved. If s is nil the client is
// unknown. The request is refused even if OnCall fails.
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

// recordValue calls [Config.OnValue] with the value that a field is to set.
func (s *session) recordValue(f *graphql.Field) {
	if s.api.config.OnValue == nil {
		return
	}
	if input, ok := f.Arg("input").(map[string]any); ok {
		if value, ok := input["value"].(json.RawMessage); ok {
			s.api.config.OnValue(secretName(f), value)
		}
	}
}

// recordVariableValues calls [Config.OnValue] with the values in the variables of a
// document that was not prepared.
func (a *API) recordVariableValues(variables graphql.Variables) {
	if a.config.OnValue == nil {
		return
	}
	for _, text := range variables.All() {
		var input struct {
			Name  string
			Value json.RawMessage
		}
		if json.Unmarshal(text, &input) == nil && input.Value != nil {
			a.config.OnValue(input.Name, input.Value)
		}
	}
}

// recordBodyValues reads the body of a request whose key is refused, and calls
// [Config.OnValue] with the values in it.
func (a *API) recordBodyValues(r *http.Request) {
	if a.config.OnValue == nil {
		return
	}
	if requests, reply := readRequests(r, func(int) error { return nil }); reply == nil {
		for _, request := range requests.list {
			a.recordVariableValues(request.Variables)
		}
	}
}

func (a *API) reportInvalid(message string) {
	if a.config.OnInvalid != nil {
		a.config.OnInvalid(message)
	}
}
