package pysource

func (p *parser) class() suite {
	p.next++
	p.bindName()
	p.typeParameters()
	if p.is("(") {
		p.inBrackets(func() { p.argument() })
	}
	if !p.head() {
		return suite{}
	}
	inner := newScope(p.scope, classScope)
	return suite{inner, p.block}
}

// bindName binds the name after def or class.
func (p *parser) bindName() {
	if t := p.peek(); t.kind == tokName {
		p.next++
		p.scope.bind(p.textOf(t), p.binding(nil))
	}
}

func (p *parser) typeParameters() {
	if p.is("[") {
		p.inBrackets(func() { p.expr() })
	}
}

// function reads a def up to its body. Defaults and annotations belong to the scope
// around it.
func (p *parser) function() suite {
	p.next++
	p.bindName()
	p.typeParameters()
	inner := suite{newScope(p.scope, functionScope), p.newBlock()}
	if p.is("(") {
		p.inBrackets(func() { p.functionParameter(inner) })
	}
	if !p.head() {
		return suite{}
	}
	return inner
}

func (p *parser) functionParameter(inner suite) {
	t := p.peek()
	p.next++
	if t.kind != tokName {
		return
	}
	inner.scope.bind(p.textOf(t), binding{token: p.next, block: inner.block})
	if p.accept(":") {
		p.expr()
	}
	if p.accept("=") {
		p.expr()
	}
}

// declaration reads global or nonlocal names.
func (p *parser) declaration(word string) {
	p.next++
	for ; !p.atLineEnd() && !p.is(";"); p.next++ {
		if t := p.peek(); t.kind == tokName {
			p.declare(p.textOf(t), word == "global")
		}
	}
}

func (p *parser) declare(name string, global bool) {
	target := p.scope.enclosing(name)
	if global {
		for target = p.scope; target.parent != nil; {
			target = target.parent
		}
	}
	if target != nil && target != p.scope {
		p.scope.declared[name] = target
	}
}
