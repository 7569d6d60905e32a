package check

import "testing"

func TestPastedGoesByTheLooks(t *testing.T) {
	for _, text := range []string{
		"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "8fK2pQ9xLm4Vt7Zr1Wn6Bc3Y",
		"dGhpcyBpcyBhIHNlY3JldCB2YWx1ZSE1Nw==",
		"9f86d081884c7d659a2feaa0c55ad015",
		"https://discord.com/api/webhooks/1098765432109876543/aB3dE6gH9jK2mN5pQ8sT1vW4yZ7",
		"https://user:pass@example.com/", "mongodb+srv://app:pw@cluster0.example.net",
		"https://x.example.com/h?sig=8fK2pQ9xLm4Vt7Zr1Wn6Bc3Y",
		"Server=db;User=app;Password=correct-horse", "a\nb", "glpat-abcdefghij0123456789",
		"AIzaSyA-abcdefghijklmnopqrstuvwxyz01234",
		"ya29.a0AfH6SMBx8fK2pQ9xLm4Vt7Zr1Wn6Bc3Y",
	} {
		if credentialKind(text) == "" || PastedKind(text) == "" {
			t.Errorf("%.6s…: it looks like a name", text)
		}
	}
	for _, text := range []string{
		"", "DB_PASSWORD", "password", "TEAM_*", "[A-Z]*_KEY", "SHA256_OF_K8S_EC2_X509_CERT",
		"serviceAccountKeyForProduction2", "getMyKeyForTheApiOfProd",
		"team.db-2/password", "https://secrets.example.com/graphql/alpha", "http://localhost:4200",
		"embedded:store/secrets-2026.db",
	} {
		if what := credentialKind(text); what != "" {
			t.Errorf("%s looks like %s", text, what)
		}
	}
}
