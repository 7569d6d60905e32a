package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// mayFailInUse reports whether Prefect may read a setting and fail with it later.
func (s *source) mayFailInUse(v *setting) bool {
	_, used := release.UsedWith(v.name)
	return used && !s.hasDefault(v) && !(v.name == "cloud.agent.level" && isLevel(v.str))
}

// useQuestion asks what a version cannot use of a setting in a text.
type useQuestion struct {
	setting string
	version release.Version
}

// useAnswer is what a finding says about it. The message is empty if nothing is wrong.
type useAnswer struct {
	message, hint string
	severity      Severity
}

// useProblem returns a finding about what releases cannot use of what they have read. Its
// message is empty if nothing is wrong. It keeps the answer with the readings of the text.
func (s *source) useProblem(in startInput) finding {
	question := useQuestion{in.name, s.opts.Version}
	in.mu.Lock()
	answer, ok := in.uses[question]
	in.mu.Unlock()
	if !ok {
		answer = s.askUse(in)
		question.setting = strings.Clone(in.name) // the answer outlives the file
		in.mu.Lock()
		in.uses[question] = answer
		in.mu.Unlock()
	}
	f := in.finding(answer.message, answer.hint)
	f.severity = answer.severity
	return f
}

// askUse asks the releases for the answer to useProblem.
func (s *source) askUse(in startInput) (answer useAnswer) {
	kinds := s.misuses(in)
	var problems []string
	for _, m := range kinds {
		suffix, _ := s.releasesUsed(func(version release.Version) bool { return sameMisuse(in.misuse(version), m) })
		effect := m.Fails
		if m.Class != "" {
			effect = fmt.Sprintf("%s fails with %s", m.Fails, m.Class)
		}
		problems = append(problems, effect+suffix)
	}
	hint := ""
	if len(kinds) > 0 {
		hint = kinds[len(kinds)-1].Problem
	}
	answer.message, answer.hint = s.withLetters(in, strings.Join(problems, ", and "), hint)
	if len(kinds) > 0 && !slices.ContainsFunc(kinds, func(m *release.Misuse) bool { return m.Certain }) {
		answer.severity = SeverityWarning
	}
	return answer
}

// misuses returns the ways in which releases fail with a setting, oldest first. Without a
// release those of a form that is right since some release are left out.
func (s *source) misuses(in startInput) (kinds []*release.Misuse) {
	isLaterForm := in.Kind == tomlpos.Array || in.Kind == tomlpos.Integer && strings.HasSuffix(in.name, ".timeout")
	if s.opts.Version == release.Any && isLaterForm && in.misuse(release.Latest()) == nil {
		return nil
	}
	s.releasesUsed(func(version release.Version) bool {
		m := in.misuse(version)
		if m != nil && !slices.ContainsFunc(kinds, func(other *release.Misuse) bool { return sameMisuse(m, other) }) {
			kinds = append(kinds, m)
		}
		return m != nil
	})
	return kinds
}

func sameMisuse(a, b *release.Misuse) bool {
	return a != nil && b != nil && a.Fails == b.Fails && a.Class == b.Class
}

// misuse returns what fails of a release with a setting that it has read, or nil.
func (in startInput) misuse(version release.Version) *release.Misuse {
	config, err := in.readAs(version)
	if err != nil {
		return nil
	}
	return config.Misused(in.name)
}

func isLevel(str string) bool {
	return str == "DEBUG" || str == "INFO" || str == "WARNING" || str == "ERROR"
}
