package prefect

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
)

// Dialect is how an API spells its fields.
type Dialect string

const (
	// DialectAuto, the zero value, detects the dialect with the first query for names
	// or the first mutation that the API knows.
	DialectAuto Dialect = ""
	// DialectCamel is setSecret, the spelling of Prefect 0.5 to 0.9.
	DialectCamel Dialect = "camel"
	// DialectSnake is set_secret, the spelling of Prefect 0.10 to 1.4.
	DialectSnake Dialect = "snake"
)

// profile is what a client knows about its API.
type profile struct {
	dialect    Dialect // DialectAuto until the API has known a field
	configured bool    // the dialect is that of the ClientConfig
	changed    bool    // mutations answer whether they changed anything
	list       listing // nil until the API has answered a query for names
	noAccess   bool    // the API does not say what a key may do
}

// ownProfile is that of this project's store.
var ownProfile = profile{dialect: DialectCamel, changed: true, list: (*Client).namesOwn}

// newProfile returns what a configured dialect says about the API.
func newProfile(d Dialect) (profile, error) {
	switch d {
	case DialectAuto:
		return profile{}, nil
	case DialectCamel:
		return profile{dialect: d, list: (*Client).namesCamel, configured: true}, nil
	case DialectSnake:
		return profile{dialect: d, list: (*Client).namesSnake, configured: true}, nil
	}
	return profile{}, fmt.Errorf("unknown dialect %q: use %q, %q, or empty to detect it", string(d), DialectCamel, DialectSnake)
}

// field returns the name of a field in the API's dialect.
func (p profile) field(camel, snake string) string {
	if p.dialect == DialectSnake {
		return snake
	}
	return camel
}

// learned guards what the clients of all tenants have learned about their API, and
// counts their requests.
type learned struct {
	requests atomic.Int64

	mu         sync.Mutex
	profile    profile
	batchLimit int // how many secrets a document may have
}

func (l *learned) get() profile {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.profile
}

func (l *learned) update(change func(*profile)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	change(&l.profile)
}

func (l *learned) maxBatch() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.batchLimit
}

func (l *learned) lowerBatchLimit(limit int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.batchLimit = min(l.batchLimit, limit)
}

// listing is one query for the names.
type listing func(*Client, context.Context) ([]string, error)

// listings are tried in this order, each only if the API does not know the one
// before it. An answer to one shows what API it is.
var listings = []struct {
	ask    listing
	answer profile
}{
	{(*Client).namesOwn, profile{dialect: DialectCamel, changed: true}},
	{(*Client).namesListed, profile{}},
	{(*Client).namesSnake, profile{dialect: DialectSnake}},
	{(*Client).namesCamel, profile{dialect: DialectCamel}},
}

// names asks for the names with the query that the API is known to answer. The first
// answer decides for the client's life.
func (c *Client) names(ctx context.Context) ([]string, error) {
	if list := c.learned.get().list; list != nil {
		return list(c, ctx)
	}
	for _, l := range listings {
		names, err := l.ask(c, ctx)
		if isUnknownField(err) {
			continue
		}
		if err == nil {
			c.learned.update(func(p *profile) {
				if l.answer.dialect != DialectAuto {
					p.dialect = l.answer.dialect
				}
				p.changed, p.list = l.answer.changed, l.ask
			})
		}
		return names, err
	}
	return nil, ErrNoSecretsAPI
}

// inDialect sends a document in the API's dialect. While that is unknown it tries
// setSecret's and, if the API does not know that, set_secret's.
func (c *Client) inDialect(send func(profile) error) error {
	p := c.learned.get()
	if p.dialect != DialectAuto {
		return send(p)
	}
	for _, d := range []Dialect{DialectCamel, DialectSnake} {
		p.dialect = d
		err := send(p)
		if isUnknownField(err) {
			continue
		}
		if err == nil {
			c.learned.update(func(p *profile) { p.dialect = d })
		}
		return err
	}
	return ErrNoSecretsAPI
}

func isUnknownField(err error) bool {
	if err == nil {
		return false
	}
	var e *APIError
	return errors.As(err, &e) && e.Code == codeValidationFailed
}
