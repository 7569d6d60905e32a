package pysource

func (p *parser) class() *level {
	start := p.next
	p.next++
	p.identifier(p.covering(start, nodeClass))
	p.typeParameters()
	if p.is("(") {
		p.inBrackets(func() { p.argument(); p.comprehension() })
	}
	outer := p.within(region{kind: regionClass, decorators: p.takeDecorators()})
	body := p.body()
	body.scope, body.block = newScope(p.scope, classScope), p.block
	p.region = outer
	return body
}

// takeDecorators returns the decorators of the function or class that is read.
func (p *parser) takeDecorators() []*node {
	decorators := p.level.decorators
	p.level.decorators = nil
	return decorators
}

func (p *parser) typeParameters() {
	if p.is("[") {
		p.inBrackets(p.typeParameter)
	}
}

// typeParameter reads T, T: bound, *T or **T, and its default.
func (p *parser) typeParameter() {
	p.accept("**")
	p.expr()
	if p.accept(":") {
		p.expr()
	}
	if p.accept("=") {
		p.expr()
	}
}

// function reads a def, whose first token may be async, up to its body. Defaults and
// annotations belong to the scope around it.
func (p *parser) function(first int) *level {
	f := &function{decorators: p.takeDecorators(), special: p.is("def") && p.next > first || p.scope.kind == classScope}
	p.next++
	f.name = p.textOf(p.peek())
	p.identifier(nil)
	p.scope.define(f)
	p.typeParameters()
	scope, block := newScope(p.scope, functionScope), p.newBlock()
	if !p.is("(") {
		p.failHere("the parameters are expected here, in brackets")
		return &level{scope: scope, block: block}
	}
	p.inBrackets(func() { p.functionParameter(scope, block) })
	if p.accept("->") {
		p.exprList()
	}
	outer := p.within(region{kind: regionFunction, function: f, decorators: f.decorators})
	body := p.body()
	body.scope, body.block = scope, block
	p.region = outer
	return body
}

func (p *parser) functionParameter(scope *scope, block *block) {
	if p.accept("/") || (p.accept("*") || p.accept("**")) && p.is(",") {
		return
	}
	if !p.isIdentifier() {
		p.failHere("the name of a parameter is expected here")
		return
	}
	p.next++
	scope.bind(p.textOf(p.tokens[p.next-1]), binding{token: p.next, block: block})
	if p.accept(":") {
		p.expr()
	}
	if p.accept("=") {
		p.expr()
	}
}

// declaration reads global or nonlocal names.
func (p *parser) declaration(word string) {
	for {
		p.next++
		if !p.isIdentifier() {
			p.failHere("a name is expected here")
			return
		}
		p.declare(p.textOf(p.peek()), word == "global")
		p.next++
		if !p.is(",") {
			return
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
