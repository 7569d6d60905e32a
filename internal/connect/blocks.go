package connect

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/address"
	"github.com/prefect-secrets/prefect-secrets/internal/apikey"
	"github.com/prefect-secrets/prefect-secrets/internal/blocks"
	"github.com/prefect-secrets/prefect-secrets/internal/storekind"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// openers open a store of each kind.
var openers = map[*storekind.Kind]func(Options, chosen) (*Connection, error){
	storekind.Default: Options.openDefault,
	storekind.Blocks:  Options.openBlocks,
}

// openBlocks opens a server of Prefect 2 or 3, or a workspace of Prefect Cloud.
func (o Options) openBlocks(url chosen) (*Connection, error) {
	if o.APIURL == "" {
		return nil, ErrNoURL
	}
	if problem := address.Problem(o.APIURL); problem != "" {
		return nil, fmt.Errorf("%s: %s", url.from, problem)
	}
	key, err := o.blocksKey()
	if err != nil {
		return nil, err
	}
	transport, err := o.Transport()
	if err != nil {
		return nil, err
	}
	config := blocks.Config{URL: o.APIURL, Reader: o.reader, AllowHTTP: o.AllowHTTP, Transport: transport}
	if key.from == apikey.AuthString || strings.Contains(key.value, ":") {
		config.AuthString = key.value
	} else {
		config.Key = key.value
	}
	client, err := blocks.New(config)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", url.from, o.explainHTTP(err))
	}
	conn := &Connection{URL: o.APIURL, Store: client, Key: prefect.TextValue(key.value), Transport: transport}
	if key.value != "" {
		conn.KeyFrom = key.origin()
	}
	conn.noteIgnored(key, url)
	return conn, nil
}

// blocksKey finds the key, which may be empty for a server. No colon is in a key of
// Prefect Cloud, or in any other that is sent as Bearer (RFC 6750, 2.1): a key with one
// is a user and a password.
func (o Options) blocksKey() (chosen, error) {
	isCloud := blocks.IsCloud(o.APIURL)
	if isCloud {
		kind := *o.kind
		kind.KeyVariables = slices.DeleteFunc(slices.Clone(kind.KeyVariables), func(name string) bool { return name == apikey.AuthString })
		o.kind = &kind
	}
	key, err := o.key()
	if errors.Is(err, ErrNoKey) && !isCloud {
		return chosen{}, nil
	}
	return key, err
}
