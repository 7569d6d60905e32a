package check

import "testing"

func TestIsPlaceholder(t *testing.T) {
	for _, str := range []string{
		"<YOUR-KEY>", "xxx", "XXXX-XXXX", "changeme", "change-me", "CHANGE_ME_PLEASE", "{Slack WebHook URL}", "{api_key}", "{{ key }}", "***", "...",
		"MY SECRET VALUE", "MY_VALUE", "SLACK_WEBHOOK_URL", "your-api-key", "your_token_here", "insert-your-token", "https://hooks/<id>/<token>",
		"sk-xxxxxxxxxxxx", "ghp_xxxxxxxxxxxxxxxxxxxxxxxx", "%(password)s", "@PASSWORD@", "@@PASSWORD@@", "__PASSWORD__", "%PASSWORD%", "$(PASSWORD)",
		"#{password}", "<%= @password %>", "((db-password))", "[your key]", "op://vault/item/field", "vault:secret/data/db#password",
		"arn:aws:secretsmanager:eu-west-1:123456789012:secret:db", "projects/p/secrets/s/versions/latest", "ENC[AES256_GCM,data:x]", "TODO", "redacted", "N/A", "null",
		"https://hooks.slack.com/services/XXX/YYY/ZZZ", "https://hooks.slack.com/services/T000/B000/XXX",
	} {
		if !isPlaceholder(str) {
			t.Errorf("%s counts as a secret", str)
		}
	}
	for _, str := range []string{
		"", "x", "correct-horse", "not-a-real-key", "correct horse battery", "hunter2", "P@$$w0rd", "password", "secret", "abc", "{\"a\": \"b\"}",
		"enter-sandman-1991", "your", "Tr0<abc>ub4dor", "hunter2{abc}X9!", "over_here", "add_key", "CORRECT_HORSE", "exact", "admin123", "changes4ever", "12345",
		"https://hooks.slack.com/services/T01AB/B02CD/" + "not4real",
	} {
		if isPlaceholder(str) {
			t.Errorf("%s counts as a placeholder", str)
		}
	}
}

func TestIsPath(t *testing.T) {
	for str, want := range map[string]bool{
		"~/.ssh/id_rsa": true, "/run/secrets/db": true, "./key.pem": true, `C:\keys\id_rsa`: true, "service-account.json": true, "keys/gcp.json": true,
		"/correct-horse": false, "correct/horse": false, "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzVNhQ4": false, "": false,
	} {
		if got := isPath(str); got != want {
			t.Errorf("%s: %v", str, got)
		}
	}
}
