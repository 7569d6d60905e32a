package actions

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/prefect-secrets/prefect-secrets/internal/report"
)

// section is the part of one step in the comment that all steps share.
type section struct{ key, text string }

const (
	sectionStart = "<!-- prefect-secrets:job "
	sectionEnd   = "<!-- prefect-secrets:end -->\n"
)

func (s section) String() string { return sectionStart + s.key + " -->\n" + s.text + sectionEnd }

// sections reads a comment's body.
func sections(body string) []section {
	var found []section
	for {
		_, rest, ok := strings.Cut(body, sectionStart)
		if !ok {
			return found
		}
		key, rest, ok := strings.Cut(rest, " -->\n")
		text, rest, ended := strings.Cut(rest, sectionEnd)
		if !ok || !ended {
			return found
		}
		found, body = append(found, section{key, text}), rest
	}
}

func findSection(list []section, key string) (section, bool) {
	for _, s := range list {
		if s.key == key {
			return s, true
		}
	}
	return section{}, false
}

// withoutSection returns body without the section that has the key.
func withoutSection(body, key string) string {
	list := sections(body)
	if _, ok := findSection(list, key); !ok {
		return body
	}
	return joinSections(slices.DeleteFunc(list, func(s section) bool { return s.key == key }))
}

// withSection returns body with a section in place of the one with its key, or at the
// end. To fit into a comment, it cuts the document, but to no less than a quarter of a
// comment, and then drops the oldest other sections.
func withSection(body, key string, document *report.Document) string {
	list := sections(body)
	at := slices.IndexFunc(list, func(s section) bool { return s.key == key })
	if at < 0 {
		at, list = len(list), append(list, section{})
	}
	list[at] = section{key: key}
	limit := max(report.MaxComment-bodyLength(list), report.MaxComment/4)
	list[at].text = document.Cut(limit, elsewhere)
	for bodyLength(list) > report.MaxComment {
		oldest := 0
		if list[0].key == key {
			oldest = 1
		}
		list = slices.Delete(list, oldest, oldest+1)
	}
	return joinSections(list)
}

func joinSections(list []section) string {
	body := commentMark
	for _, s := range list {
		body += s.String()
	}
	return body
}

// bodyLength returns the length of a comment with these sections, in characters.
func bodyLength(list []section) int { return utf8.RuneCountInString(joinSections(list)) }
