package check

// checkFlowSyntax reports flow code that Python 3 cannot read, and that check therefore
// does not.
func checkFlowSyntax(s *source, report func(finding)) {
	if p := s.flow.module.Problem; p != nil {
		report(finding{
			message: "from here on this file is not read: " + p.Message, start: p.Start, end: p.End,
			hint: "which secrets it reads below is not known; see whether Python 3 runs it",
		})
	}
	for _, p := range s.flow.module.Unread {
		report(finding{
			message: "this cell is not read: " + p.Message, start: p.Start, end: p.End,
			hint: "which secrets it reads is not known; see whether Python 3 runs it",
		})
	}
}
