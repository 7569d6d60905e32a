package cloud

import "testing"

func TestOwnsBothSpellings(t *testing.T) {
	for _, name := range []string{
		"set_secret", "setSecret", "delete_secret", "deleteSecret", "secret", "secret_names", "secretNames",
		"secret_value", "secretValue", "tenant", "auth_info", "secrets_api",
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
