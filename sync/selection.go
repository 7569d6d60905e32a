package sync

import (
	"fmt"
	"slices"
	"strings"
)

// ciPatterns are globs over upper-case names that CI jobs need for themselves: for
// registries of packages and images, coverage, scanners, releases, deployments and
// the forge. They are for a hint to people, so they match what a flow seldom reads. The
// names are those on the vendors' own setup pages for GitHub Actions.
var ciPatterns = []string{
	// registries of packages
	"NPM_*", "*_NPM_TOKEN", "NODE_AUTH_TOKEN", "YARN_*", "JSR_TOKEN", "PYPI_*", "*_PYPI_*", "TWINE_*", "UV_PUBLISH_*", "CARGO_REGISTRY_*", "CRATES_*",
	"RUBYGEMS_*", "GEM_HOST_*", "NUGET_*", "MAVEN_*", "OSSRH_*", "SONATYPE_*", "GRADLE_*", "COCOAPODS_*", "PACKAGIST_*", "HEX_API_KEY", "HOMEBREW_*",
	// registries of images
	"DOCKER*", "GHCR_*", "CR_PAT", "QUAY_*",
	// coverage, scanners and test services
	"CODECOV*", "COVERALLS_*", "CODACY_*", "CODECLIMATE_*", "CC_TEST_REPORTER_*", "SONAR*", "SNYK_*", "SEMGREP_*", "GITGUARDIAN_*", "FOSSA_*",
	"CHROMATIC_*", "PERCY_*", "CYPRESS_*", "BROWSERSTACK_*", "SAUCE_*", "LHCI_*", "CODSPEED_*", "PRE_COMMIT_*",
	// the forge, and bots in it
	"GH_*", "*_PAT", "PAT", "PERSONAL_ACCESS_TOKEN", "*_GITHUB_TOKEN", "RENOVATE_*", "DEPENDABOT_*", "RELEASE_*", "SEMANTIC_RELEASE_*",
	// releases and deployments
	"*DEPLOY*KEY*", "DEPLOY_TOKEN", "SSH_DEPLOY_*", "SSH_KNOWN_HOSTS", "COSIGN_*", "GPG_*", "SIGNING_*", "*_SIGNING_KEY",
	"VERCEL_*", "NETLIFY_*", "TF_API_TOKEN", "TFC_*", "PULUMI_ACCESS_TOKEN", "KUBECONFIG", "KUBE_CONFIG*", "TURBO_*", "NX_CLOUD_*",
	// another store's key
	"PREFECT_*KEY*", "PREFECT__CLOUD__*",
}

// looksLikeCI reports whether a secret is for CI itself, by its name.
func looksLikeCI(name string) bool { return firstMatch(ciPatterns, strings.ToUpper(name)) != "" }

// FirstLines returns what a reader should know before the actions: [Run.First], and, if a
// source is complete and no rule selects from it, how many secrets go where.
func (p *Plan) FirstLines() []string {
	var lines []string
	if p.first != "" {
		lines = append(lines, p.first)
	}
	if p.unselected > 0 {
		lines = append(lines, p.unselectedLine())
	}
	return lines
}

// unselected returns how many names the sources have if a source is complete and no rule
// selects from it. Otherwise it returns 0.
func (p *planner) unselected() int {
	rules := p.in.Rules
	selected := rules.Include != nil || len(rules.Exclude) > 0 || len(rules.Names) > 0
	if selected || !slices.ContainsFunc(p.in.Sources, func(s *Source) bool { return s.complete }) {
		return 0
	}
	return len(p.seen)
}

// unselectedLine says how many secrets go where without a selection, and which of them are
// probably for CI itself, by the names that an exclude matches.
func (p *Plan) unselectedLine() string {
	written, own := 0, []string(nil)
	for _, a := range p.Actions {
		if a.Kind != Create && a.Kind != Overwrite {
			continue
		}
		written++
		if looksLikeCI(a.Source) {
			own = append(own, a.Source)
		}
	}
	secrets, them := "secrets go", "them"
	if p.unselected == 1 {
		secrets, them = "secret goes", "it"
	}
	line := fmt.Sprintf("%d of %d %s to %s: no include, exclude or [names] limits %s", written, p.unselected, secrets, p.Target(), them)
	if len(own) == 0 {
		return line
	}
	slices.Sort(own)
	return line + "; these look like secrets for CI itself: " + strings.Join(own, ", ")
}
