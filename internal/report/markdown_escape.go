package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/check"
	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
)

// markup escapes the characters that could leave a table cell or format text. It uses
// character references, which CommonMark does not treat as markup (0.31, 2.5), and for
// the dollar sign, which begins mathematics, the escape in GitHub's documentation.
var markup = []string{
	"&", "&amp;", "<", "&lt;", ">", "&gt;", "|", "&#124;", "\\", "&#92;", "`", "&#96;", "*", "&#42;", "_", "&#95;",
	"~", "&#126;", "[", "&#91;", "]", "&#93;", "$", "<span>$</span>",
}

// live matches the character that makes GitHub see an address, a mention, the number of
// an issue or the name of an emoji.
var live = lazyregexp.New(`(@)\w|(#)\d|(:)(?:[a-z0-9_+-]*[a-z][a-z0-9_+-]*|100|1234|[+-]1):|(:)//|(?i:www)(\.)|(?i:GH)(-)\d`)

var (
	markupEscapes = strings.NewReplacer(markup...)
	// In an element GitHub sees only addresses.
	elementEscapes = strings.NewReplacer(slices.Concat(markup, []string{":", "&#58;", ".", "&#46;", "@", "<span>@</span>"})...)
)

// escape returns text that GitHub shows as it is. It wraps in an element what GitHub
// would see otherwise, since what is copied from there has no other characters.
func escape(text string) string {
	var b strings.Builder
	for text != "" {
		m := live().FindStringSubmatchIndex(text)
		if m == nil {
			break
		}
		for at := 2; at < len(m); at += 2 {
			if from, to := m[at], m[at+1]; from >= 0 {
				b.WriteString(markupEscapes.Replace(text[:from]) + "<span>" + text[from:to] + "</span>")
				text = text[to:]
				break
			}
		}
	}
	return b.String() + markupEscapes.Replace(text)
}

// codeWords matches what Prose shows as code: an expression of GitHub's, an assignment,
// what is in quotation marks, a URL, a flag, a command of this program, a dollar sign with
// its name, a word with an underscore, one in brackets, such as [names], a file, the
// dotted name of a setting, and, as a group, the names behind a noun.
var codeWords = lazyregexp.New(`\$\{\{[^}]*}}|[\w.-]+ = "[^"\\]*"|"[^"\\]*[^"\\ ]"|[a-z]+://[^\s"]+|--[a-z][a-z-]+` +
	`|prefect-secrets (?:sync|plan|check|set|delete|names|serve|keygen|config)\b|\$[$\w.{}]*|[\w-]*\[[a-z.-]+\]|[\w.*?/-]*_[\w.*?/-]*` +
	`|[\w./-]+\.(?:toml|py|json|yml|yaml|ipynb|env)\b|\b[a-z]\w*(?:\.[A-Za-z]\w*)+` +
	`|\b(?:[Ss]ecrets?|variables?|[Ss]ets?|[Nn]ame it) ([A-Z][A-Z0-9_]*(?:(?:, | and )[A-Z][A-Z0-9_]*)*)\b|\bgoes to tenant ([\w.-]+)|\bthe input ([a-z]+-[a-z-]+)`)

// Prose escapes text so that it can neither leave its table cell nor format, link or
// mention anything. Names that it quotes become code.
func Prose(text string) string {
	text = Safe(text)
	var b strings.Builder
	at, inSyntax := 0, false
	for _, m := range codeWords().FindAllStringSubmatchIndex(text, -1) {
		from, to := m[0], m[1]
		for group := 2; group < len(m); group += 2 {
			if m[group] >= 0 {
				from, to = m[group], m[group+1]
			}
		}
		before, found := text[at:from], text[from:to]
		kept := strings.TrimRight(found, ".,:;?!)")
		inSyntax = endsInSyntax(before) || inSyntax && before == ", "
		b.WriteString(escape(before))
		switch {
		case m[2] >= 0:
			b.WriteString(capitals().ReplaceAllStringFunc(kept, code))
		case inSyntax || !strings.HasPrefix(kept, `"`):
			b.WriteString(code(kept))
		default:
			b.WriteString(code(strings.Trim(kept, `"`)))
		}
		at = from + len(kept)
	}
	b.WriteString(escape(text[at:]))
	return b.String()
}

// capitals matches each name of a list of names.
var capitals = lazyregexp.New(`[A-Z0-9_]+`)

// beforeName matches the start of a message that ends before the name it is about.
var beforeName = lazyregexp.New(`(?:^|\b(?:secret|key|setting|reads|knows?|under|named|with this) )$`)

// sentenceAbout returns a message as a sentence, in which the name that it is about, or
// that of a rule at its start, is code without quotation marks as well.
func sentenceAbout(message, name string) string {
	if word, _, _ := strings.Cut(message, " "); check.FindRule(word) == nil {
		name = word
	}
	for at := 0; name != ""; {
		i := strings.Index(message[at:], name)
		if i < 0 {
			break
		}
		from, to := at+i, at+i+len(name)
		if after := message[to:]; beforeName().MatchString(message[:from]) && (after == "" || strings.ContainsAny(after[:1], " ,:;")) {
			return ended(Prose(sentenceCase(message[:from])) + code(name) + Prose(after))
		}
		at = to
	}
	return sentence(message)
}

// endsInSyntax reports whether the quotation marks of what follows belong to it, as in
// key = "value" and ["value"].
func endsInSyntax(text string) bool {
	text = strings.TrimRight(text, " ")
	return text != "" && strings.ContainsAny(text[len(text)-1:], "=[{")
}

// sentence returns a message as a sentence of Markdown: with a capital letter, unless
// it begins with a name, and a full stop. It returns "" for an empty message.
func sentence(message string) string {
	return ended(Prose(sentenceCase(message)))
}

// sentenceCase returns text with a capital letter, unless it begins with a name.
func sentenceCase(text string) string {
	if beginsWithWord().MatchString(text) {
		return strings.ToUpper(text[:1]) + text[1:]
	}
	return text
}

// beginsWithWord matches a message that begins with a word and not with a name, a path
// or a number.
var beginsWithWord = lazyregexp.New(`^[a-z]+([-'][a-z]+)*(,? |$)`)

// ended adds a full stop, unless text is empty or has its end already.
func ended(text string) string {
	if text == "" || strings.ContainsAny(text[len(text)-1:], ".?!") || strings.HasSuffix(text, "…") {
		return text
	}
	return text + "."
}

// sentences returns each line of a message as a sentence.
func sentences(message string) []string {
	var all []string
	for line := range strings.Lines(message) {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, sentence(line))
		}
	}
	return all
}

// code returns text as code for a line or a table cell, where GitHub looks for no
// markup, link or mention. A code span cannot hold a | in a table that every parser
// reads alike, so text with one becomes an element.
func code(text string) string {
	text = Safe(text)
	if text == "" || strings.Contains(text, "|") {
		return "<code>" + elementEscapes.Replace(text) + "</code>"
	}
	fence := "`"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	if strings.HasPrefix(text, "`") || strings.HasSuffix(text, "`") || isPadded(text) {
		text = " " + text + " "
	}
	return fence + text + fence
}

// isPadded reports whether a code span would lose a space at both ends of text.
func isPadded(text string) bool {
	return strings.HasPrefix(text, " ") && strings.HasSuffix(text, " ") && strings.Trim(text, " ") != ""
}

// codes returns the first names as code.
func codes(names []string) string {
	listed := names[:min(len(names), maxNames)]
	var all []string
	for _, name := range listed {
		all = append(all, code(name))
	}
	text := strings.Join(all, ", ")
	if more := len(names) - len(listed); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
