package check

import "testing"

func TestSnakeCase(t *testing.T) {
	for key, want := range map[string]string{
		"":                 "",
		"api_key":          "api_key",
		"API_KEY":          "api_key",
		"apiKey":           "api_key",
		"ApiKey":           "api_key",
		"api-key":          "api_key",
		"Api-Key":          "api_key",
		"clientSecretID":   "client_secret_id",
		"aBcDE":            "a_bc_de",
		"SECRET_1_A":       "secret_1_a",
		"key2Value":        "key2value",
		"éKey":             "ékey",
		"ÉcoleKey":         "école_key",
		"Password\xff-Key": "password\ufffd_key",
	} {
		if got := snakeCase(key); got != want {
			t.Errorf("%q: got %q, want %q", key, got, want)
		}
	}
}
