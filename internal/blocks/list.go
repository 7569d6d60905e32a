package blocks

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"unicode/utf8"

	"github.com/prefect-secrets/prefect-secrets/internal/secretname"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

const (
	// pageLen is how many documents the API lists at most (PREFECT_API_DEFAULT_LIMIT).
	// That sync reads back as many values at once is its own limit, for every store.
	pageLen = 200
	// minPageLen is the length of the shortest pages of which each has something new.
	minPageLen = 2
	// fewest is how many documents a page has at least, on average, that is not shorter
	// because the documents are too large.
	fewest = 10
	// maxNames bounds a list.
	maxNames = 100_000
	// blockType is the slug of Secret blocks.
	blockType = "secret"
)

// anyOf is a filter of Prefect's.
type anyOf struct {
	Any []string `json:"any_"`
}

// filter asks for documents of Secret blocks, sorted by name.
type filter struct {
	Types struct {
		Slug anyOf `json:"slug"`
	} `json:"block_types"`
	Documents *nameFilter `json:"block_documents,omitempty"` // nil for all
	Secrets   bool        `json:"include_secrets"`
	Sort      string      `json:"sort"`
	Limit     int         `json:"limit"`
	Offset    int         `json:"offset"`
}

type nameFilter struct {
	Name anyOf `json:"name"`
}

// newFilter asks for the documents of the given names, or of all if there are none.
func newFilter(names ...string) filter {
	f := filter{Sort: "NAME_ASC", Limit: pageLen}
	f.Types.Slug.Any = []string{blockType}
	if len(names) > 0 {
		f.Documents = &nameFilter{anyOf{names}}
	}
	return f
}

// document is what a client reads of a block document. Data has a value only if the
// filter asks for it.
type document struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// check returns an error for what no server of Prefect answers: an id that is not a UUID
// must not reach a path, and an invisible name must not reach a report.
func (d document) check() error {
	switch {
	case !uuid().MatchString(d.ID):
		return invalid("the id of a block is not a UUID")
	case d.Name == "":
		return invalid("a block has no name")
	case !utf8.ValidString(d.Name):
		return invalid("the name of a block is not UTF-8")
	}
	for _, r := range d.Name {
		if secretname.IsInvisible(r) {
			return invalid("the name of a block has the invisible character %U", r)
		}
	}
	return nil
}

// filterCall returns the request for a filter. visit decodes each document of the page.
func filterCall(f filter, visit func(*json.Decoder) error) call {
	return call{method: http.MethodPost, path: "/block_documents/filter", body: f, status: http.StatusOK, read: func(dec *json.Decoder) error {
		return readPage(dec, f.Limit, visit)
	}}
}

var errNotPage = errors.New("not a list of documents")

// readPage reads a list of at most limit documents, one after the other.
func readPage(dec *json.Decoder, limit int, visit func(*json.Decoder) error) error {
	if token, err := dec.Token(); err != nil || token != json.Delim('[') {
		return errors.Join(err, errNotPage)
	}
	for n := 0; dec.More(); n++ {
		if n == limit {
			return invalid("it lists more than the requested %d blocks", limit)
		}
		if err := visit(dec); err != nil {
			return err
		}
	}
	_, err := dec.Token()
	return err
}

// ListSecrets lists the names of all Secret blocks.
func (c *Client) ListSecrets(ctx context.Context) ([]string, error) {
	all, err := c.list(ctx)
	if err != nil {
		return nil, fmt.Errorf("listing secret names: %w", err)
	}
	names := make([]string, len(all))
	for i, d := range all {
		names[i] = d.Name
	}
	c.cache.setIDs(all)
	return names, nil
}

// GetOverview lists the names of all Secret blocks, and notes which server it is. The
// server does not say what a key may do, or who wrote a block.
func (c *Client) GetOverview(ctx context.Context, _ []string) (prefect.Overview, error) {
	names, err := c.ListSecrets(ctx)
	if err != nil {
		return prefect.Overview{}, err
	}
	return prefect.Overview{Names: names, Notes: c.serverNotes(ctx)}, nil
}

// listing is a list of all documents that is under way.
type listing struct {
	client *Client
	all    []document
	seen   map[string]bool // by id
	limit  int             // of a page
	pages  int
}

// list returns all documents of Secret blocks. A page begins with the last document of
// the page before it: if it does not, something was deleted meanwhile, and documents
// have moved to pages that were read already, which are read again. The last page has
// nothing new: a server may have shorter pages than it is asked for.
func (c *Client) list(ctx context.Context) ([]document, error) {
	l := &listing{client: c, seen: map[string]bool{}, limit: pageLen}
	for offset := 0; ; {
		page, err := l.page(ctx, offset)
		switch {
		case errors.Is(err, errTooLarge) && l.limit > minPageLen:
			l.limit = max(l.limit/4, minPageLen)
		case err != nil:
			return nil, err
		case offset > 0 && (len(page) == 0 || !l.seen[page[0].ID]):
			offset = max(0, offset-l.limit+1)
		case l.add(page) == 0 && len(page) < l.limit:
			return l.all, nil
		default:
			offset += max(len(page)-1, 0)
		}
		if err := l.check(); err != nil {
			return nil, err
		}
	}
}

// check bounds the list, and how often pages are read again.
func (l *listing) check() error {
	l.pages++
	switch {
	case len(l.all) > maxNames:
		return fmt.Errorf("the store has more than %d Secret blocks, which is the limit: delete some", maxNames)
	case l.pages > 100+4*len(l.all)/min(l.limit-1, fewest):
		return errors.New("the list of blocks changes faster than it can be read: try again")
	}
	return nil
}

// add adds the documents that are not in the list yet, and returns how many these are.
func (l *listing) add(page []document) (added int) {
	for _, d := range page {
		if !l.seen[d.ID] {
			l.seen[d.ID] = true
			l.all = append(l.all, d)
			added++
		}
	}
	return added
}

// page reads the names and ids of one page.
func (l *listing) page(ctx context.Context, offset int) (page []document, err error) {
	f := newFilter()
	f.Limit, f.Offset = l.limit, offset
	err = l.client.read(ctx, filterCall(f, func(dec *json.Decoder) error {
		var d document
		if err := dec.Decode(&d); err != nil {
			return err
		}
		page = append(page, d)
		return d.check()
	}))
	if err != nil {
		return nil, err
	}
	return page, checkTwice(page)
}

// checkTwice reports a name or an id that a page has twice.
func checkTwice(page []document) error {
	seen := make(map[string]bool, 2*len(page))
	for _, d := range page {
		if seen[d.ID] || seen[d.Name] {
			return invalid("it lists a block twice")
		}
		seen[d.ID], seen[d.Name] = true, true
	}
	return nil
}
