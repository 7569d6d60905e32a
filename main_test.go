package main

import (
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/check"
)

func TestThePageOfChecksIsEmbedded(t *testing.T) {
	for _, rule := range check.Rules() {
		if !strings.Contains(checksPage, "\n## "+rule.Name+"\n") {
			t.Errorf("the page has no section about %s", rule.Name)
		}
	}
}
