package cloud

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A field without its directives fails the load, and the error lists all of them.
func TestAFieldSaysWhatItIs(t *testing.T) {
	tests := map[string]struct{ old, new, want string }{
		"no directive": {
			`secret_names: [String!] @in(spellings: [snake]) @uses(store: true, name: false)`,
			`secret_names: [String!]`,
			"field Query.secret_names needs @in(spellings: …) " +
				"or @extension, and not both\nfield Query.secret_names needs @uses(store: …, name: …)",
		},
		"two new fields": {
			`auth_info: auth_info @in`, "one: Int @in(spellings: [camel, snake]) " +
				"two: Int @uses(store: true, name: false)\nauth_info: auth_info @in",
			"field Query.one needs @uses(store: …, name: …)\nfield Query.two needs @in(spellings: …) " +
				"or @extension, and not both\n" +
				"field Query.one has no resolver\nfield Query.two has no resolver",
		},
		"no dialect": {`user: [user!] @in(spellings: [camel, snake])`,
			`user: [user!] @in(spellings: [])`,
			"field Query.user needs @in(spellings: …) or @extension, and not both"},
		"both": {`changed: Boolean @extension`,
			`changed: Boolean @extension @in(spellings: [camel])`,
			"field success_payload.changed needs @in(spellings: …) or @extension, and not both"},
		"unknown dialect": {`user: [user!] @in(spellings: [camel, snake])`,
			`user: [user!] @in(spellings: [camel, kebab])`,
			`field Query.user is in the spelling "kebab": it is camel or snake`},
		"half of @uses": {`secrets_api: secrets_api! @extension @uses(store: false, name: false)`,
			`secrets_api: secrets_api! @extension @uses(store: false)`,
			"Argument name for directive uses cannot be null."},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(sdl, tt.old) {
				t.Fatalf("schema.graphql has no %s", tt.old)
			}
			for _, d := range []Dialect{Both, Camel, Snake} {
				_, err := load(strings.Replace(sdl, tt.old, tt.new, 1), d)
				if err == nil || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("%q: %v, want %s", d, err, tt.want)
				}
			}
		})
	}
}

func TestFieldOf(t *testing.T) {
	for name, want := range map[string]FieldInfo{
		"set_secret": {Store: true, Named: true}, "deleteSecret": {Store: true, Named: true},
		"secret_value": {Store: true, Named: true},
		"secretNames":  {Store: true}, "secret": {Store: true}, "secrets_api": {}, "tenant": {},
		"switchTenant": {}, "no_such": {},
	} {
		if diff := cmp.Diff(want, FieldOf(name)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestOwnsBothDialects(t *testing.T) {
	for _, name := range []string{
		"set_secret", "setSecret", "delete_secret", "deleteSecret", "secret", "secret_names", "secretNames",
		"secret_value", "secretValue", "tenant", "auth_info", "authInfo", "secrets_api",
	} {
		if !Owns(name) {
			t.Errorf("%s is not owned", name)
		}
	}
	for _, name := range []string{"", "hello", "__typename", "__schema", "Secret", "success"} {
		if Owns(name) {
			t.Errorf("%q is owned", name)
		}
	}
}
