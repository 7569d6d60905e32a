package connect

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/address"
	"github.com/prefect-secrets/prefect-secrets/internal/blocks"
	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
	"github.com/prefect-secrets/prefect-secrets/internal/storekind"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// openers open a store of each kind.
var openers = map[*storekind.Kind]func(Options, chosen) (*Connection, error){
	storekind.Default: Options.openDefault,
	storekind.Blocks:  Options.openBlocks,
}

// openBlocks opens a server of Prefect 2 or 3, or a workspace of Prefect Cloud.
func (o Options) openBlocks(where chosen) (*Connection, error) {
	if o.APIURL == "" {
		return nil, ErrNoURL
	}
	if InProcess(o.APIURL) {
		return nil, fmt.Errorf("%s: Secret blocks cannot be embedded: use the URL of a server, "+
			"such as https://prefect.example.com/api", where.from)
	}
	if problem := address.Problem(o.APIURL); problem != "" {
		return nil, fmt.Errorf("%s: %s", where.from, problem)
	}
	if isPrefect1(o.APIURL) {
		return nil, fmt.Errorf("%s: %s is a GraphQL API of Prefect 1: use the URL of the API of Prefect 2 or 3, which ends in /api, "+
			"or remove store = %q from the environment", where.from, address.Display(o.APIURL), o.kind.Name)
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
	config := blocks.Config{URL: o.APIURL, Reader: o.settings[storekind.ReaderSetting], AllowHTTP: o.AllowHTTP, Transport: transport}
	if storekind.IsAuthString(o.asKey(key.candidate)) {
		config.AuthString = key.value
	} else {
		config.Key = key.value
	}
	client, err := blocks.New(config)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", where.from, o.explainHTTP(err))
	}
	conn := &Connection{
		URL: o.APIURL, Store: client, Key: prefect.TextValue(key.value), KeyFrom: key.from, Transport: transport,
	}
	if config.AuthString != "" {
		conn.OtherKeys = append(conn.OtherKeys, prefect.TextValue(base64.StdEncoding.EncodeToString([]byte(key.value))))
	}
	conn.noteIgnored(key, where)
	return conn, nil
}

// isPrefect1 reports whether a URL is surely one of Prefect 1: of its Cloud, or of GraphQL.
func isPrefect1(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (isBelow(u.Hostname(), "prefect.io") || graphQLPath().MatchString(u.Path))
}

var graphQLPath = lazyregexp.New(`/graphql(/alpha)?/*$`)

// checkOtherCloud fails if a URL is surely one of Prefect Cloud 2 or 3.
func checkOtherCloud(from, text string) error {
	u, err := url.Parse(text)
	if err != nil || !isBelow(u.Hostname(), "prefect.cloud") {
		return nil
	}
	return fmt.Errorf("%s: %s is Prefect Cloud 2 or 3, which keeps secrets as blocks: use the URL of a GraphQL API of Prefect 1, "+
		"or set store = %q in an environment of the manifest", from, u.Hostname(), storekind.Blocks.Name)
}

// isBelow reports whether a host is a domain or below it.
func isBelow(host, domain string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	return host == domain || strings.HasSuffix(host, "."+domain)
}
