package cloud

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/prefect-secrets/prefect-secrets/internal/graphql"
)

// Dialect is how an API spells its fields.
type Dialect string

const (
	// Both has the fields of both dialects, and those that only this API has.
	Both Dialect = ""
	// Camel is setSecret, for Prefect Core 0.5 to 0.9.
	Camel Dialect = "camel"
	// Snake is set_secret, for Prefect Core 0.10 to 1.4. It lacks the list of names
	// that the documentation of 0.9 shows, secret { name }.
	Snake Dialect = "snake"
)

//go:embed schema.graphql
var sdl string

// schema is schema.graphql as clients of one dialect see it, and what it says about
// its fields.
type schema struct {
	*graphql.Schema
	fields map[string]FieldInfo
}

// schemas are loaded once in a process and shared by all APIs.
var schemas = map[Dialect]func() (*schema, error){
	Both: loadOnce(Both), Camel: loadOnce(Camel), Snake: loadOnce(Snake),
}

func loadOnce(d Dialect) func() (*schema, error) {
	return sync.OnceValues(func() (*schema, error) { return load(sdl, d) })
}

func load(sdl string, d Dialect) (*schema, error) {
	fields := map[string]FieldInfo{}
	s, err := graphql.New(graphql.Config{
		SDL: sdl, Resolvers: resolvers(), Scalars: map[string]graphql.Scalar{"uuid": readUUID, "UUID": readUUID},
		Synonyms: map[string]string{"UUID": "uuid"},
		Include: func(f graphql.SDLField) (bool, error) {
			if f.Root {
				fields[f.Name] = fieldInfo(f)
			}
			return d.includes(f), checkDirectives(f)
		},
	})
	if err != nil {
		return nil, fmt.Errorf("schema.graphql: %w", err)
	}
	return &schema{s, fields}, nil
}

func (d Dialect) schema() (*schema, error) {
	load, ok := schemas[d]
	if !ok {
		return nil, fmt.Errorf("unknown spelling %q: use %q, %q, or empty for both", string(d), Camel, Snake)
	}
	return load()
}

// readUUID reads the scalars uuid, as Hasura calls it in queries, and UUID, as
// PrefectHQ/server calls it in mutations.
func readUUID(raw json.RawMessage) (any, error) {
	var id string
	if json.Unmarshal(raw, &id) != nil || !IsUUID(strings.ToLower(id)) {
		return nil, errors.New("uuid cannot represent a value that is not a UUID")
	}
	return strings.ToLower(id), nil
}
