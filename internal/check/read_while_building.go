package check

// checkBuilding reports secrets that are read while a flow is built, for which
// Prefect raises an error in every release.
func checkBuilding(s *source, report func(finding)) {
	for _, read := range s.flow.module.Building {
		report(finding{
			message: "this reads a secret while the flow is built, which fails with ValueError",
			hint:    "read it in a task, which runs with the flow; or give a task PrefectSecret(\"NAME\"), which is a task itself",
			start:   read.Start, end: read.End,
		})
	}
}
