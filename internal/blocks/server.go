package blocks

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
)

// version is that of a server.
var version = lazyregexp.New(`^\d{1,4}\.\d{1,4}[0-9A-Za-z.+-]{0,40}$`)

// serverNotes says which server it is, and if its flows are not those of the reader.
// Whatever it answers, the names are known already: a server that does not say its
// version is not named.
func (c *Client) serverNotes(ctx context.Context) []string {
	if c.cloud {
		return []string{"the store is a workspace of Prefect Cloud"}
	}
	found := ""
	err := c.read(ctx, call{method: http.MethodGet, path: "/admin/version", status: http.StatusOK, read: func(dec *json.Decoder) error {
		return dec.Decode(&found)
	}})
	if err != nil || !version().MatchString(found) {
		return nil
	}
	notes := []string{"the store is a server of Prefect " + found}
	if major, _, _ := strings.Cut(found, "."); major != c.reader {
		notes = append(notes, fmt.Sprintf("reader is %q, but the server is of Prefect %s: check which flows read the secrets", c.reader, major))
	}
	return notes
}
