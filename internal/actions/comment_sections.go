package actions

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/prefect-secrets/prefect-secrets/internal/report"
)

// section is what one step says in the comment that all steps share.
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

// withoutSection is body without a section, as long as it has that.
func withoutSection(body, key string) string {
	list := sections(body)
	if _, ok := findSection(list, key); !ok {
		return body
	}
	return joinSections(slices.DeleteFunc(list, func(s section) bool { return s.key == key }))
}

// withSection is body with one section put in its place, or at the end. What is
// too long for a comment loses the rows at the section's end, and then the oldest
// sections of others.
func withSection(body string, own section) string {
	kept := sections(body)
	at := slices.IndexFunc(kept, func(s section) bool { return s.key == own.key })
	if at < 0 {
		at, kept = len(kept), append(kept, section{})
	}
	kept[at] = section{key: own.key}
	kept[at] = fit(own, bodyLength(kept))
	for bodyLength(kept) > report.MaxComment {
		oldest := 0
		if kept[0].key == own.key {
			oldest = 1
		}
		kept = append(kept[:oldest], kept[oldest+1:]...)
	}
	return joinSections(kept)
}

// fitted cuts a section to what others leave of a comment, but to no less than a
// quarter of it.
func fit(s section, others int) section {
	s.text = report.CutLines(s.text, max(report.MaxComment-others, report.MaxComment/4), cutNote)
	return s
}

func joinSections(list []section) string {
	body := commentMark
	for _, s := range list {
		body += s.String()
	}
	return body
}

func bodyLength(list []section) int { return utf8.RuneCountInString(joinSections(list)) }
