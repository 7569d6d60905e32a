package actions

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
)

// section is the part of one step in the comment that all steps share.
type section struct {
	key     string
	attempt attempt // that wrote it
	text    string
}

// attempt is one attempt of a run; the zero value is an unknown one. GitHub numbers the
// runs of a repository in their order.
type attempt struct{ run, number int }

func (r *Runner) attempt() attempt {
	return newAttempt(r.getenv("GITHUB_RUN_ID"), r.getenv("GITHUB_RUN_ATTEMPT"))
}

func newAttempt(run, number string) (a attempt) {
	a.run, _ = strconv.Atoi(run)
	a.number, _ = strconv.Atoi(number)
	return a
}

// compare returns -1 if a is older than b, 1 if it is newer, else 0.
func (a attempt) compare(b attempt) int {
	return cmp.Or(cmp.Compare(a.run, b.run), cmp.Compare(a.number, b.number))
}

const sectionEnd = "<!-- prefect-secrets:end -->\n"

func (s section) String() string {
	mark := "<!-- prefect-secrets:job " + s.key
	if s.attempt != (attempt{}) {
		mark += fmt.Sprintf(" %d.%d", s.attempt.run, s.attempt.number)
	}
	return mark + " -->\n" + s.text + sectionEnd
}

// marksLength returns how much of a section is not its text.
func (s section) marksLength() int { return len(s.String()) - len(s.text) }

var (
	sectionStart = lazyregexp.New(`(?m)^<!-- prefect-secrets:job (\S+)(?: (\d+)\.(\d+))? -->[ \t]*\n`)
	sectionStop  = lazyregexp.New(`(?m)^<!-- prefect-secrets:(?:end|job [^\n]*) -->`)
)

// sections reads a comment's body, which a person may have edited. A section without an
// end ends before the next one.
func sections(body string) (found []section) {
	for _, at := range sectionStart().FindAllStringSubmatchIndex(body, -1) {
		part := func(n int) string {
			if at[2*n] < 0 {
				return ""
			}
			return body[at[2*n]:at[2*n+1]]
		}
		text := body[at[1]:]
		if end := sectionStop().FindStringIndex(text); end != nil {
			text = text[:end[0]]
		} else if text != "" {
			text = strings.TrimRight(text, "\n") + "\n"
		}
		found = append(found, section{part(1), newAttempt(part(2), part(3)), text})
	}
	return found
}

func findSection(list []section, key string) (section, bool) {
	i := slices.IndexFunc(list, func(s section) bool { return s.key == key })
	if i < 0 {
		return section{}, false
	}
	return list[i], true
}

// withoutSection returns body without the section that has the key.
func withoutSection(body, key string) string {
	list := sections(body)
	if _, ok := findSection(list, key); !ok {
		return body
	}
	return joinSections(slices.DeleteFunc(list, func(s section) bool { return s.key == key }), body)
}

// withSection returns body with the document in place of the section with the key of
// own, or at the end. To fit into a comment, it cuts the longest sections, all to the
// same length.
func withSection(body string, own section, document *report.Document) string {
	list := sections(body)
	at := slices.IndexFunc(list, func(s section) bool { return s.key == own.key })
	if at < 0 {
		at, list = len(list), append(list, own)
	}
	own.text = document.String()
	list[at] = own
	note := body
	for len(list) > 1 && minLength(list) > report.MaxComment {
		list, note = withoutOldest(list, own.key), noRoom
	}
	length := sectionLength(list, report.MaxComment-len(joinSections(nil, note)))
	for i, s := range list {
		switch {
		case len(s.text) <= length:
		case s.key == own.key:
			list[i].text = document.Cut(length, elsewhere)
		default:
			list[i].text = report.ParseDocument(s.text).Cut(length, elsewhere)
		}
	}
	return joinSections(list, note)
}

// minSection is the length below which a section is not cut: it holds the heading, a
// note about what is missing, and the footer with the link to the run.
const minSection = 330

// minLength returns the length of a comment whose sections are as short as possible.
func minLength(list []section) int {
	length := len(joinSections(nil, noRoom))
	for _, s := range list {
		length += s.marksLength() + min(len(s.text), minSection)
	}
	return length
}

// withoutOldest returns the list without the section of the oldest run, which is not
// that with the key own.
func withoutOldest(list []section, own string) []section {
	oldest := -1
	for i, s := range list {
		if s.key != own && (oldest < 0 || s.attempt.compare(list[oldest].attempt) < 0) {
			oldest = i
		}
	}
	return slices.Delete(list, oldest, oldest+1)
}

// sectionLength returns to which length the longer sections must be cut for all of them
// to fit into a comment with that much room.
func sectionLength(list []section, room int) int {
	var lengths []int
	for _, s := range list {
		room -= s.marksLength()
		lengths = append(lengths, len(s.text))
	}
	slices.Sort(lengths)
	for i, length := range lengths {
		share := room / (len(lengths) - i)
		if length > share {
			return share
		}
		room -= length
	}
	return report.MaxComment
}

// noRoom ends a comment that has lost sections.
const noRoom = "_Results of older runs have no room here. Their logs have them._\n"

// joinSections returns the body with these sections, and with the note that sections are
// missing if that stands in the body before.
func joinSections(list []section, before string) string {
	var b strings.Builder
	b.WriteString(commentMark)
	for _, s := range list {
		b.WriteString(s.String())
	}
	if strings.HasSuffix(before, noRoom) {
		b.WriteString(noRoom)
	}
	return b.String()
}
