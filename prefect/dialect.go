package prefect

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// Dialect is how an API spells its fields.
type Dialect string

const (
	// DialectAuto, the zero value, finds the spelling out: by the first query for
	// names, or by the first mutation that the API knows.
	DialectAuto Dialect = ""
	// DialectCamel is setSecret, as Prefect 0.5 to 0.9 spell it.
	DialectCamel Dialect = "camel"
	// DialectSnake is set_secret, as Prefect 0.10 to 1.4 spell it.
	DialectSnake Dialect = "snake"
)

// dialect is what a client has learned of its API.
type dialect struct {
	spelling Dialect // DialectAuto until a field was known
	changed  bool    // mutations answer whether they changed anything
	list     listing // nil until a query for names was known
	given    bool    // by who made the client
	silent   bool    // the API says nothing of keys
}

// ownDialect is that of this project's store.
var ownDialect = dialect{spelling: DialectCamel, changed: true, list: (*Client).namesOwn}

// listing is one way to ask for the names, and what its answer tells.
type listing func(*Client, context.Context) ([]string, error)

// listings are tried in this order, each only if the API does not know the one
// before it.
var listings = []struct {
	ask   listing
	tells dialect
}{
	{(*Client).namesOwn, dialect{spelling: DialectCamel, changed: true}},
	{(*Client).namesListed, dialect{}},
	{(*Client).namesSnake, dialect{spelling: DialectSnake}},
	{(*Client).namesCamel, dialect{spelling: DialectCamel}},
}

func (d Dialect) known() (dialect, error) {
	switch d {
	case DialectAuto:
		return dialect{}, nil
	case DialectCamel:
		return dialect{spelling: d, list: (*Client).namesCamel, given: true}, nil
	case DialectSnake:
		return dialect{spelling: d, list: (*Client).namesSnake, given: true}, nil
	}
	return dialect{}, fmt.Errorf("unknown dialect %q: it is %q, %q, or empty to find out", string(d), DialectCamel, DialectSnake)
}

// learned guards what the client has learned.
type learned struct {
	mu    sync.Mutex
	d     dialect
	limit int // how many secrets a document may have
}

func (l *learned) documentLimit() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.limit
}

// shorten keeps documents from having more secrets than limit.
func (l *learned) shorten(limit int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.limit = min(l.limit, limit)
}

func (l *learned) get() dialect {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.d
}

func (l *learned) update(change func(*dialect)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	change(&l.d)
}

// names asks for the names in the way that the API is known to answer. The first
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
			c.learned.update(func(d *dialect) {
				if l.tells.spelling != DialectAuto {
					d.spelling = l.tells.spelling
				}
				d.changed, d.list = l.tells.changed, l.ask
			})
		}
		return names, err
	}
	return nil, ErrNoSecretsAPI
}

// inDialect sends a document that is spelt either way: as the client knows it
// to be right, else setSecret's way and, if the API does not know that,
// set_secret's.
func (c *Client) inDialect(send func(dialect) error) error {
	d := c.learned.get()
	if d.spelling != DialectAuto {
		return send(d)
	}
	for _, spelling := range []Dialect{DialectCamel, DialectSnake} {
		d.spelling = spelling
		err := send(d)
		if isUnknownField(err) {
			continue
		}
		if err == nil {
			c.learned.update(func(d *dialect) { d.spelling = spelling })
		}
		return err
	}
	return ErrNoSecretsAPI
}

func isUnknownField(err error) bool {
	var e *APIError
	return errors.As(err, &e) && e.Code == CodeValidationFailed
}
