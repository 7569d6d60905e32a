package cloud

import (
	_ "embed"
	"fmt"
	"slices"
	"sync"

	"github.com/prefect-secrets/prefect-secrets/internal/graphql"
)

// Spelling is how an API writes its fields.
type Spelling string

const (
	// Both spellings stand side by side, beside what only this API has.
	Both Spelling = ""
	// Camel is setSecret, as Prefect Core 0.5 to 0.9 ask for it.
	Camel Spelling = "camel"
	// Snake is set_secret, as Prefect Core 0.10 to 1.4 ask for it. The list of
	// names that the documentation of 0.9 shows, secret { name }, is not there.
	Snake Spelling = "snake"
)

//go:embed schema.graphql
var sdl string

// What an API of one spelling lacks: the other spelling, and what Prefect Cloud
// never had.
var (
	extensions = []string{"Query.secrets_api", "secrets_api", "success_payload.changed", "secret.updated", "secret.updated_by", "secret.version"}
	camelOnly  = []string{
		"Query.secretValue", "Query.secretNames", "Query.secret", "secret", "secret_bool_exp", "secret_order_by",
		"Mutation.setSecret", "Mutation.deleteSecret", "setSecretInput", "deleteSecretInput",
		"Mutation.switchTenant", "switchTenantInput", "Mutation.refreshToken", "refreshTokenInput", "tokenPayload",
	}
	snakeOnly = []string{
		"Query.secret_value", "Query.secret_names",
		"Mutation.set_secret", "Mutation.delete_secret", "set_secret_input", "delete_secret_input",
		"Mutation.switch_tenant", "switch_tenant_input", "Mutation.refresh_token", "refresh_token_input", "token_payload",
	}
)

// schemas are loaded once in a process; requests are told apart by their session.
var schemas = map[Spelling]func() *graphql.Schema{
	Both:  load(),
	Camel: load(slices.Concat(extensions, snakeOnly)...),
	Snake: load(slices.Concat(extensions, camelOnly)...),
}

func load(without ...string) func() *graphql.Schema {
	return sync.OnceValue(func() *graphql.Schema {
		s, err := graphql.New(graphql.Config{
			SDL: sdl, Resolvers: resolvers(), Without: without,
			Scalars: map[string]graphql.Scalar{"uuid": readUUID},
		})
		if err != nil {
			panic("cloud: schema.graphql and its resolvers disagree: " + err.Error())
		}
		return s
	})
}

func (s Spelling) schema() (*graphql.Schema, error) {
	schema, ok := schemas[s]
	if !ok {
		return nil, fmt.Errorf("unknown spelling %q: it is %q, %q, or empty for both", string(s), Camel, Snake)
	}
	return schema(), nil
}
