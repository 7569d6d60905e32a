package connect

import (
	"errors"
	"fmt"

	"github.com/prefect-secrets/prefect-secrets/internal/address"
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
	o.cloud = blocks.IsCloud(o.APIURL)
	key, err := o.key()
	if errors.Is(err, ErrNoKey) && !o.cloud { // a server may need none
		key, err = foreignIn(err), nil
	}
	if err != nil {
		return nil, err
	}
	transport, err := o.Transport()
	if err != nil {
		return nil, err
	}
	config := blocks.Config{URL: o.APIURL, Reader: o.reader, AllowHTTP: o.AllowHTTP, Transport: transport}
	if storekind.IsAuthString(o.asKey(key.candidate)) {
		config.AuthString = key.value
	} else {
		config.Key = key.value
	}
	client, err := blocks.New(config)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", url.from, o.explainHTTP(err))
	}
	conn := &Connection{
		URL: o.APIURL, Store: client, Key: prefect.TextValue(key.value), KeyFrom: key.from, Transport: transport,
	}
	conn.noteIgnored(key, url)
	return conn, nil
}
