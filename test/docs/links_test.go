package docs

import (
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"

	"github.com/prefect-secrets/prefect-secrets/test/docs/blocks"
)

// TestLinks follows every link and picture of every page that leads to a file or a
// heading of this repository. Of those that lead elsewhere it checks the form alone.
func TestLinks(t *testing.T) {
	pages, err := blocks.Pages(root)
	if err != nil {
		t.Fatal(err)
	}
	anchors := map[string]map[string]bool{}
	links := map[string][]string{}
	for _, page := range pages {
		anchors[page], links[page] = anchorsAndLinks(readFile(t, filepath.Join(root, page)))
	}
	followed := 0
	for page, list := range links {
		for _, link := range list {
			followed++
			if problem := followLink(page, link, anchors); problem != "" {
				t.Errorf("%s: %s: %s", page, link, problem)
			}
		}
	}
	if followed < 90 {
		t.Errorf("found only %d links", followed)
	}
}

// TestLinksSeesWhatIsBroken shows followLink one link of each kind.
func TestLinksSeesWhatIsBroken(t *testing.T) {
	page := "# A `b` & c_d!\n\n## A b  c_d\n\n## Twice\n\n## Twice\n\n[x](#twice-1) ![p](no.svg)\n"
	own, links := anchorsAndLinks(page)
	if len(links) != 2 {
		t.Fatalf("links: %q", links)
	}
	anchors := map[string]map[string]bool{"README.md": own, "docs/cli.md": {"exit-codes": true}}
	for link, ok := range map[string]bool{
		"#twice": true, "#twice-1": true, "#twice-2": false, "#a-b--c_d": true, "#A-b--c_d": false,
		"docs/cli.md#exit-codes": true, "docs/cli.md#exits": false, "docs/clj.md": false, "docs": true,
		"LICENSE#L1": true, "../outside.md": false, "/README.md": false, "": false,
		"https://example.com/a": true, "http://example.com": false, "https://": false, "mailto:a@example.com": false,
	} {
		if problem := followLink("README.md", link, anchors); (problem == "") != ok {
			t.Errorf("%q: %q", link, problem)
		}
	}
}

// followLink returns what is wrong with a link, or nothing.
func followLink(page, link string, anchors map[string]map[string]bool) string {
	u, err := url.Parse(link)
	switch {
	case err != nil || link == "":
		return "not a URL"
	case u.Scheme != "" || u.Host != "":
		if u.Scheme != "https" || u.Host == "" {
			return "a link to another site must be https"
		}
		return ""
	case strings.HasPrefix(u.Path, "/"):
		return "a link within the repository must be relative"
	}
	target := page
	if u.Path != "" {
		target = path.Join(path.Dir(page), u.Path)
	}
	if strings.HasPrefix(target, "../") {
		return "it leads out of the repository"
	}
	if _, err := os.Stat(filepath.Join(root, target)); err != nil {
		return "no such file"
	}
	if own, isPage := anchors[target]; isPage && u.Fragment != "" && !own[u.Fragment] {
		return "the page has no such heading"
	}
	return ""
}

// anchorsAndLinks returns the anchors of a page's headings, as GitHub makes them, and
// the destinations of its links and pictures.
func anchorsAndLinks(page string) (anchors map[string]bool, links []string) {
	source := []byte(page)
	anchors = map[string]bool{}
	document := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(text.NewReader(source))
	_ = ast.Walk(document, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Heading:
			addAnchor(anchors, slug(headingText(n, source)))
		case *ast.Link:
			links = append(links, string(n.Destination))
		case *ast.Image:
			links = append(links, string(n.Destination))
		case *ast.AutoLink:
			links = append(links, string(n.URL(source)))
		}
		return ast.WalkContinue, nil
	})
	return anchors, links
}

func addAnchor(anchors map[string]bool, name string) {
	unique := name
	for i := 1; anchors[unique]; i++ {
		unique = name + "-" + strconv.Itoa(i)
	}
	anchors[unique] = true
}

func headingText(heading ast.Node, source []byte) string {
	var b strings.Builder
	_ = ast.Walk(heading, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if leaf, ok := n.(*ast.Text); ok && entering {
			b.Write(leaf.Segment.Value(source))
		}
		return ast.WalkContinue, nil
	})
	return b.String()
}

var notInAnchors = regexp.MustCompile(`[^\p{L}\p{N}\p{M}_\- ]`)

func slug(heading string) string {
	lower := strings.Map(unicode.ToLower, strings.TrimSpace(heading))
	return strings.ReplaceAll(notInAnchors.ReplaceAllString(lower, ""), " ", "-")
}
