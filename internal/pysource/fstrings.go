package pysource

import "strings"

// adjacentStrings reads strings and f-strings with no operator between them.
func (p *parser) adjacentStrings() *node {
	n, first := &node{kind: nodeConcat, start: p.peek().start}, p.next
	bytes := p.isBytes()
	for {
		t := p.peek()
		if (t.kind == tokString || t.kind == tokFStart) && p.isBytes() != bytes {
			p.failHere("bytes and strings cannot be joined by writing them side by side")
			t = p.peek()
		}
		switch t.kind {
		case tokString:
			n.items = append(n.items, &node{kind: nodeString, start: t.start, end: t.end})
			p.next++
		case tokFStart:
			n.items = append(n.items, p.fString())
		default:
			n.end = p.tokens[p.next-1].end
			if bytes || p.isStatement(first) {
				return n
			}
			return p.noteText(n)
		}
	}
}

// isBytes reports whether the string that is next is one of bytes.
func (p *parser) isBytes() bool {
	prefix, _, _ := strings.Cut(p.src[p.peek().start:min(p.peek().start+2, p.peek().end)], "'")
	prefix, _, _ = strings.Cut(prefix, "\"")
	return strings.ContainsAny(prefix, "bB")
}

// fString reads an f-string.
func (p *parser) fString() *node {
	from := p.next
	n := &node{kind: nodeFString, start: p.peek().start}
	p.next++
	for {
		switch t := p.peek(); {
		case t.kind == tokFPart:
			n.items = append(n.items, &node{kind: nodeFStringPart, start: t.start, end: t.end, token: from})
			p.next++
		case p.is("{"):
			n.items = append(n.items, p.fStringField())
		default:
			if t.kind == tokFEnd {
				p.next++
			}
			n.end = p.tokens[p.next-1].end
			return n
		}
	}
}

// fStringField reads a field of an f-string. One with a conversion other than !s, or
// with a format specification, is computed.
func (p *parser) fStringField() *node {
	start := p.next
	p.next++
	value := p.yieldOrList()
	if p.is("!") && p.isAt(p.next+1, "s") && p.isAt(p.next+2, "}") { // str(), which leaves a string as it is
		p.next += 2
	}
	if p.accept("}") {
		return value
	}
	p.accept("=")
	if p.accept("!") {
		if !p.isOneOfAt(p.next, "s", "r", "a") {
			p.failHere("s, r or a is expected here")
			return p.covering(start, nodeComputed)
		}
		p.next++
	}
	if p.accept(":") {
		p.formatSpecification()
	}
	if !p.accept("}") {
		p.failHere(betweenMissing)
	}
	return p.covering(start, nodeComputed)
}

// formatSpecification reads what stands behind the colon of a field.
func (p *parser) formatSpecification() {
	for {
		switch {
		case p.peek().kind == tokFPart:
			p.next++
		case p.is("{"):
			p.fStringField()
		default:
			return
		}
	}
}
