package blocks

import (
	"errors"

	"github.com/prefect-secrets/prefect-secrets/internal/pyjson"
	"github.com/prefect-secrets/prefect-secrets/internal/storekind"
	"github.com/prefect-secrets/prefect-secrets/internal/surrogate"
	"github.com/prefect-secrets/prefect-secrets/prefect"
	"github.com/prefect-secrets/prefect-secrets/sync"
)

// StoredName returns the name of a secret's block.
func (c *Client) StoredName(name string) (string, error) { return storekind.Blocks.StoredName(name) }

// StoredPattern returns the glob for the names of blocks that a glob for names matches.
func (c *Client) StoredPattern(glob string) (string, error) {
	return storekind.Blocks.StoredPattern(glob)
}

// masked is what the API shows in place of a value. It ignores a request to store it.
const masked = "********"

// CheckValue returns why flows would not get a value from a block.
func (c *Client) CheckValue(v prefect.Value) error {
	raw := v.Reveal()
	if len(raw) == 0 || raw[0] != '"' {
		return errors.New("the value is not a string")
	}
	text := v.RevealText()
	switch {
	case text == masked:
		return errors.New("the value is ********, which Prefect's server ignores: change the secret")
	case surrogate.Lone(raw):
		return errors.New("the value has an unpaired surrogate, which a block cannot hold")
	case c.reader == Reader2:
		return nil
	}
	if _, err := pyjson.Loads(text); err != nil && !errors.Is(err, pyjson.ErrNotJSON) {
		return errors.New("Prefect 3 cannot parse the value with json.loads: " + err.Error() + `; set format = "string"`)
	}
	return nil
}

// ValueRules says that every value is sent as a string: the API shows an object to
// whoever may list blocks. Flows of Prefect 3 get what json.loads makes of it.
func (c *Client) ValueRules() sync.ValueRules {
	return sync.ValueRules{StringsOnly: true, NotParsed: c.reader == Reader2}
}

// DeleteNote says what the API cannot: who uses a block.
func (c *Client) DeleteNote() string {
	return "a deployment that names a deleted block, as in {{ prefect.blocks.secret.NAME }}, will fail: search your deployments first"
}
