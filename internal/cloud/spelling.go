package cloud

import (
	_ "embed"
	"fmt"
	"sync"

	"github.com/prefect-secrets/prefect-secrets/internal/graphql"
)

// Spelling is how an API writes its fields.
type Dialect string

const (
	// Both spellings stand side by side, beside what only this API has.
	Both Dialect = ""
	// Camel is setSecret, as Prefect Core 0.5 to 0.9 ask for it.
	Camel Dialect = "camel"
	// Snake is set_secret, as Prefect Core 0.10 to 1.4 ask for it. The list of
	// names that the documentation of 0.9 shows, secret { name }, is not there.
	Snake Dialect = "snake"
)

//go:embed schema.graphql
var sdl string

// schema is schema.graphql as clients of one spelling see it, and what it says of its
// fields beside.
type schema struct {
	*graphql.Schema
	fields map[string]Field
}

// schemas are loaded once in a process; requests are told apart by their session.
var schemas = map[Dialect]func() (*schema, error){
	Both: loadOnce(Both), Camel: loadOnce(Camel), Snake: loadOnce(Snake),
}

func loadOnce(spelling Dialect) func() (*schema, error) {
	return sync.OnceValues(func() (*schema, error) { return load(sdl, spelling) })
}

func load(sdl string, spelling Dialect) (*schema, error) {
	fields := map[string]Field{}
	s, err := graphql.New(graphql.Config{
		SDL: sdl, Resolvers: resolvers(), Scalars: map[string]graphql.Scalar{"uuid": readUUID},
		Include: func(f graphql.SDLField) (bool, error) {
			if f.Root {
				fields[f.Name] = fieldOf(f)
			}
			return spelling.includes(f), checkDirectives(f)
		},
	})
	if err != nil {
		return nil, fmt.Errorf("schema.graphql: %w", err)
	}
	return &schema{s, fields}, nil
}

func (s Dialect) schema() (*schema, error) {
	load, ok := schemas[s]
	if !ok {
		return nil, fmt.Errorf("unknown spelling %q: it is %q, %q, or empty for both", string(s), Camel, Snake)
	}
	return load()
}
