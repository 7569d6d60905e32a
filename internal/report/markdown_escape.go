package report

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// markup escapes the characters that could leave a table cell or format text. It uses
// character references, which CommonMark does not treat as markup (0.31, 2.5), and for
// the dollar sign, which begins mathematics, the escape in GitHub's documentation.
var markup = []string{
	"&", "&amp;", "<", "&lt;", ">", "&gt;", "|", "&#124;", "\\", "&#92;", "`", "&#96;", "*", "&#42;", "_", "&#95;",
	"~", "&#126;", "[", "&#91;", "]", "&#93;", "$", "<span>$</span>",
}

// breaks puts a zero-width space into addresses, mentions, numbers of issues and names
// of emoji, so that GitHub does not see them.
var breaks = []string{
	"@", "@\u200b", "#", "#\u200b", ": ", ": ", ":", ":\u200b", "www.", "www\u200b.", "GH-", "GH\u200b-",
}

var (
	proseEscapes = strings.NewReplacer(slices.Concat(markup, breaks)...)
	// In an element only an @ needs a zero-width space.
	elementEscapes = strings.NewReplacer(slices.Concat(markup, []string{":", "&#58;", ".", "&#46;", "@", "@\u200b"})...)
)

// codeWords matches what Prose shows as code: an expression of GitHub's, what is in
// quotation marks, a URL, a flag, a word with an underscore, and one in brackets, such as
// [names].
var codeWords = regexp.MustCompile(`\$\{\{[^}]*}}|"[^"\\]*[^"\\ ]"|[a-z]+://[^\s"]+|--[a-z][a-z-]+|[\w-]*\[[a-z.-]+\]|[\w.*?/-]*_[\w.*?/-]*`)

// Prose escapes text so that it can neither leave its table cell nor format, link or
// mention anything. Names that it quotes become code.
func Prose(text string) string {
	text = Safe(text)
	var b strings.Builder
	at, inSyntax := 0, false
	for _, word := range codeWords.FindAllStringIndex(text, -1) {
		before, found := text[at:word[0]], text[word[0]:word[1]]
		kept := strings.TrimRight(found, ".,:;?!)")
		inSyntax = endsInSyntax(before) || inSyntax && before == ", "
		if b.WriteString(proseEscapes.Replace(before)); inSyntax {
			b.WriteString(code(kept))
		} else {
			b.WriteString(code(strings.Trim(kept, `"`)))
		}
		at = word[0] + len(kept)
	}
	b.WriteString(proseEscapes.Replace(text[at:]))
	return b.String()
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
	if beginsWithWord.MatchString(text) {
		return strings.ToUpper(text[:1]) + text[1:]
	}
	return text
}

// beginsWithWord matches a message that begins with a word and not with a name, a path
// or a number.
var beginsWithWord = regexp.MustCompile(`^[a-z]+([-'][a-z]+)*(,? |$)`)

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
