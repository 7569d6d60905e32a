package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/check"
	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
)

// explain prints a rule's section of docs/checks.md.
func (c *Command) explain(rule string, paths []string) error {
	if err := check.FindRule(rule); err != nil {
		return fmt.Errorf("--explain: %w", err)
	}
	if len(paths) > 0 {
		return usagef("--explain RULE takes no PATH, and checks nothing")
	}
	section, ok := sectionOf(c.ChecksPage, rule)
	if !ok {
		return fmt.Errorf("--explain: this program was built without the page about %s", rule)
	}
	_, err := io.WriteString(c.Stdout, section)
	return err
}

// pageComment matches what a page does not show.
var pageComment = lazyregexp.New(`(?m)^<!--.*-->\n`)

// sectionOf returns the section of a page in Markdown that has the title.
func sectionOf(page, title string) (section string, ok bool) {
	heading := "## " + title + "\n"
	_, rest, ok := strings.Cut("\n"+page, "\n"+heading)
	text, _, _ := strings.Cut(rest, "\n## ")
	return heading + strings.TrimRight(pageComment().ReplaceAllString(text, ""), "\n") + "\n", ok
}
