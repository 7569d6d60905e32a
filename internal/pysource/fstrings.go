package pysource

// adjacentStrings reads strings and f-strings with no operator between them.
func (p *parser) adjacentStrings() *node {
	n := &node{kind: nodeConcat, start: p.peek().start}
	for {
		switch t := p.peek(); t.kind {
		case tokString:
			n.items = append(n.items, &node{kind: nodeString, start: t.start, end: t.end})
			p.next++
		case tokFStart:
			n.items = append(n.items, p.fString())
		default:
			n.end = p.tokens[p.next-1].end
			return n
		}
	}
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
	value := p.exprList()
	if p.is("!") && p.isAt(p.next+1, "s") && p.isAt(p.next+2, "}") { // str(), which leaves a string as it is
		p.next += 2
	}
	if p.accept("}") {
		return value
	}
	p.accept("=")
	if p.accept("!") {
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
