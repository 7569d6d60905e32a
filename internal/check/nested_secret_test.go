package check

import "testing"

func TestIsNestedSecret(t *testing.T) {
	for _, tt := range []struct {
		key, text string
		want      bool
	}{
		{"password", "x", true}, {"DBPASSWORD", "short", true}, {"clientSecret", "short", true},
		{"AccountKey", "short", true}, {"webhook_secret", "s", true},
		{"", "AKIAIOSFODNN7EXAMPLE", true}, {"note", "8fK2pQ9xLm4Vt7Zr1Wn6Bc3Y", true},
		{"id", "3f2504e0-4f89-11d3-9a0c-0305e82c3301", true},
		{"url", "postgres://app:correct@db.example.com/app", true}, {"url", "redis://:pw@h/0", true},
		{"hook", "https://hooks.slack.com/services/T0/B0/abcdefgh", true},
		{"vault", "correct-horse-battery-staple", true}, {"project", "8fK2pQ9xLm4Vt7Zr1Wn6Bc3Y", true},
		{"project_id", "acme-analytics-production", false}, {"region", "eu-central-1", false},
		{"host", "db-1.internal.example.com:5432", false},
		{"address", "db-1.internal.example.com", false},
		{"contact", "etl-runner@acme-prod.iam.gserviceaccount.com", false},
		{"token_uri", "https://oauth2.googleapis.com/token", false},
		{"v6", "2001:0db8:85a3:0000:0000:8a2e:0370:7334", false},
		{"text", "a sentence of several words", false}, {"short", "nineteen-characters", false},
		{"password", "", false},
	} {
		if got := IsNestedSecret(tt.key, tt.text); got != tt.want {
			t.Errorf("%s = %s: %v", tt.key, tt.text, got)
		}
	}
}
