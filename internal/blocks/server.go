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

// serverNotes returns which server it is, and a warning if its major version is not the
// reader's. It asks once, and has no errors: a server whose version cannot be read gets
// no note.
func (c *Client) serverNotes(ctx context.Context) []string {
	if c.cloud {
		return []string{"the store is a workspace of Prefect Cloud"}
	}
	found := ""
	err := c.do(ctx, call{method: http.MethodGet, path: "/admin/version", status: http.StatusOK, read: func(dec *json.Decoder) error {
		return dec.Decode(&found)
	}})
	if err != nil || !version().MatchString(found) {
		return nil
	}
	notes := []string{"the server runs Prefect " + found}
	if major, _, _ := strings.Cut(found, "."); major != c.reader {
		notes = append(notes, fmt.Sprintf("reader is %q, but the server runs Prefect %[2]s: set reader = \"%[2]s\" if the flows run Prefect %[2]s", c.reader, major))
	}
	return notes
}
