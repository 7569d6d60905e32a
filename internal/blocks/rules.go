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

// CheckValue returns why no block can hold a value so that a flow gets it.
func (c *Client) CheckValue(v prefect.Value) error {
	raw := v.Reveal()
	if len(raw) == 0 || raw[0] != '"' {
		return errors.New("the value is not a string")
	}
	text := v.RevealText()
	switch {
	case text == masked:
		return errors.New("the value is eight asterisks, which a server of Prefect takes for a hidden value and ignores")
	case surrogate.Lone(raw):
		return errors.New("the value has half of a surrogate pair, which no block can hold")
	case c.reader == Reader2:
		return nil
	}
	if _, err := pyjson.Loads(text); err != nil && !errors.Is(err, pyjson.ErrNotJSON) {
		return errors.New("json.loads, which Prefect 3 runs on it, fails: " + err.Error())
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
	return "a deployment may name a block that is deleted, as in {{ prefect.blocks.secret.NAME }}, and would fail: the API does not say which do"
}
