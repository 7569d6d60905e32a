package check

import (
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
)

// isStandIn reports whether the whole value of a key is a word that stands for a secret,
// as in examples and tests: foo, secret, test-token, your_key. These count only as the
// whole value: after the colon of a URL the same words may be a real, weak password, and
// password is one everywhere.
func isStandIn(str string) bool {
	if len(str) > maxStandIn {
		return false
	}
	str = strings.TrimSpace(str)
	words := joinedWords(str)
	switch {
	case standIns[words] || (len(str) <= 2 || str[0] == '0') && blanks().MatchString(str):
		return true
	case !strings.Contains(words, "_"):
		return joinedStandIn().MatchString(words)
	}
	all := strings.Split(words, "_")
	return elsewhereWords[all[0]] && elsewhere().MatchString(words) || isMadeUp(all)
}

// maxStandIn is how many bytes a word that stands for a secret may have.
const maxStandIn = 64

// standIns are words that name the thing itself, or that only examples have.
var standIns = wordSet(`secret secrets token key apikey api_key api_token api_secret credential credentials value string
	test tests testing unittest fake mock mocked stub example dummy sample foo bar baz qux quux foobar foobaz lorem_ipsum
	injected overridden generated add_me edit_me update_me override_me enter_me provide_me`)

// joinedStandIn matches such words without a space: yourtoken, mysecret.
var joinedStandIn = lazyregexp.New(`^(your|my|test|fake|dummy|example|sample)(api)?(key|token|secret|value|credentials?)$|^your(password|passphrase|pass|pwd)$`)

// elsewhereVerbs, from, see and secret begin what elsewhere matches.
const elsewhereVerbs = `set|comes|read|taken|provided|injected|loaded|filled|managed|stored|kept|defined|supplied|passed|overridden`

var elsewhereWords = wordSet(strings.ReplaceAll(elsewhereVerbs, "|", " ") + " from see secret")

// elsewhere matches what says where the secret comes from: set_in_env, see_vault.
var elsewhere = lazyregexp.New(`^((` + elsewhereVerbs + `)_(in|by|from|via|at|with)|from|see|secret_from|secret_in)` +
	`(_(the|my|our|aws|azure|gcp|hashicorp))*_(env|environment|env_vars?|environment_variables?|vault|key_?vault|ci|cd|secrets?|secrets?_manager|secrets?_store|store|runtime|deploy|deployment|build|pipeline|keychain|` +
	`console|k8s|kubernetes|docker|github|gitlab|jenkins|ansible|terraform|helm|1password|ssm|doppler)$`)

// blanks matches what is nothing: one or two characters of punctuation, or a UUID or
// a key of zeros.
var blanks = lazyregexp.New(`^[-._?*#~/]{1,2}$|^0{8,}(-?0+)*$`)

// isMadeUp reports whether words say that they are made up, and that alone: test_token,
// fake_key_for_testing, some_value. A real password is not made of them.
func isMadeUp(words []string) bool {
	saysSo, isPassword := false, false
	for _, word := range words {
		switch {
		case madeUpWords[word]:
			saysSo = true
		case passwordWords[word]:
			isPassword = true
		case !thingWords[word]:
			return false
		}
	}
	return saysSo && (!isPassword || !personal[words[0]]) && len(words) > 1
}

var (
	madeUpWords   = wordSet(`test tests testing fake dummy mock mocked stub example sample placeholder foo bar baz qux your my the some value`)
	personal      = wordSet(`my the`) // my_password is a password
	passwordWords = wordSet(`password passwd pass pwd passphrase`)
	thingWords    = wordSet(`a an for api key token secret secrets access auth client credential credentials webhook url id name string data
		slack github gitlab aws gcp azure jira db database user admin account service value only here 1 2 3`)
)
